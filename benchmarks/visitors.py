"""Who comes: visitors, the people behind some of them, and the companies they work for."""

from dataclasses import dataclass
from random import Random

import msgspec

ACCOUNTS = 20_000
FLATTEN = 10  # Zipf-Mandelbrot's q: the hottest account has about 1.3 % of the visitors
RECENT_SESSIONS = 30_000  # who returns is drawn from these, so memory does not grow with the log
NEW_VISITOR = 0.5  # of sessions; the rest return, the busy ones most (Yule's process: a heavy tail)
FIRST_VISITORS = 200  # nobody returns before these have come, or the first would come for ever
FREE_MAIL = 0.12
SECOND_DEVICE = 0.15
DOMAIN_KNOWN = 0.3  # visitors whose company the site knows before they say who they are
FIRST_NAMES = ("ann", "ben", "chloe", "dev", "eva", "finn", "grace", "hugo", "ines", "jon")
LAST_NAMES = ("adler", "brandt", "cruz", "diaz", "evans", "fischer", "garcia", "hansen", "ito", "jones")
TITLES = ("VP Sales", "Head of IT", "RevOps Manager", "Engineer", "CFO", "Student")


@dataclass(slots=True)
class Person:
    """Somebody with an e-mail; `user_id` comes with a trial."""

    email: str
    contact_id: str
    domain: str
    traits: msgspec.Raw
    user_id: str | None = None


@dataclass(slots=True)
class Visitor:
    """One browser."""

    anonymous_id: str
    domain: str
    domain_known: bool
    person: Person | None = None


class Population:
    """Draws visitors and people from `random`; holds only those of the most recent sessions."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._recent: list[Visitor] = []
        self._sessions = 0
        self._people = 0
        self._known: list[Person] = []

    def visit(self) -> Visitor:
        """The visitor of the next session: new, or one of the recent sessions' again."""
        recent = self._recent
        if len(recent) < FIRST_VISITORS or self._random.random() < NEW_VISITOR:
            visitor = self._newcomer()
        else:
            visitor = recent[int(self._random.random() * len(recent))]
        if len(recent) < RECENT_SESSIONS:
            recent.append(visitor)
        else:
            recent[self._sessions % RECENT_SESSIONS] = visitor
        self._sessions += 1
        return visitor

    def identify(self, visitor: Visitor) -> Person:
        """Say who the visitor is: mostly somebody new, sometimes a known person's second device."""
        if self._known and self._random.random() < SECOND_DEVICE:
            person = self._known[int(self._random.random() * len(self._known))]
        else:
            person = self._new_person(visitor.domain)
        visitor.person = person
        return person

    def _newcomer(self) -> Visitor:
        random = self._random
        bits = f"{random.getrandbits(128):032x}"
        anonymous_id = f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}"
        return Visitor(anonymous_id, account(random), random.random() < DOMAIN_KNOWN)

    def _new_person(self, work_domain: str) -> Person:
        random = self._random
        number = self._people
        self._people += 1
        domain = "gmail.com" if random.random() < FREE_MAIL else work_domain
        first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
        traits = {
            "firstName": first.title(),
            "lastName": last.title(),
            "title": random.choice(TITLES),
            "employees": int(10 ** random.uniform(0.5, 4)),
        }
        encoded = msgspec.Raw(msgspec.json.encode(traits))
        person = Person(f"{first}.{last}.{number}@{domain}", str(70_000_000 + number), domain, encoded)
        self._remember(person)
        return person

    def _remember(self, person: Person) -> None:
        if len(self._known) < RECENT_SESSIONS:
            self._known.append(person)
        else:
            self._known[(self._people - 1) % RECENT_SESSIONS] = person


def account(random: Random) -> str:
    """The domain of a company: p(rank) is proportional to 1 / (rank + FLATTEN), by the inverse of its sum."""
    rank = int(FLATTEN * ((ACCOUNTS + FLATTEN) / FLATTEN) ** random.random()) - FLATTEN
    return f"acme-{rank}.{('com', 'io', 'de', 'co.uk')[rank % 4]}"
