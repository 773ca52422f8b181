"""Whoever is erased: after a replay of the log everything is as if their events had never been."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest
from hypothesis import event as note
from hypothesis import example, given, settings

from flows.erase_person import Person, person_of
from flows.erase_records import Gone, RecordsErasing
from flows.erased import Erased
from flows.exits import NotFound
from flows.reading import Reading
from operators.by_agent import whole
from operators.identify import owners
from state import ledger, links, traits
from state.clock import LogClock
from state.codec import Decoder
from state.domains import account_domain
from state.event import Counts, Event
from state.memory import MemoryStore
from state.retention import Retention
from state.store import Commit, Kind
from state.subject import Source, Subject
from tests.property.identity_run import (
    KEEP,
    LIMITS,
    MODEL,
    SCORING,
    AtOnce,
    IdentityParts,
    Subjects,
    event_of,
    share_of,
)
from tests.property.naive_facts import Deed, Fact, Said
from tests.property.naive_identity import History
from tests.property.test_identity_machine import (
    ALL,
    BOUNDS,
    BY_AGENTS,
    EMAILS,
    EVENTS,
    EVENTS_AND_MERGES,
    JUDGED,
    MINUTE,
    START,
    Story,
)

WORDS = {"e": "email", "c": "crm", "u": "user", "a": "visitor"}
WHO = [*EMAILS, "c:1", "u:1", "u:2", "a:1", "a:2", "a:3"]
Sources = dict[str, tuple[object, object, object, object]]


@pytest.fixture(autouse=True, scope="module")
def small_bounds() -> Iterator[None]:
    """So that a dozen facts overflow what is kept, and what is at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "KEEP_TILES", BOUNDS.tiles)
        patch.setattr(links, "KEEP_TIMES", BOUNDS.times)
        patch.setattr(traits, "KEEP_TRAITS", BOUNDS.traits)
        yield


class CutOffError(Exception):
    """The process that writes has died."""


class CutStore(MemoryStore):
    """Takes so many more writes, then no more; None: all."""

    writes: int | None = None

    def commit(self, commit: Commit) -> None:
        self._count()
        super().commit(commit)

    def forget(self, kind: Kind, shard: int, ids: Sequence[str]) -> int:
        self._count()
        return super().forget(kind, shard, ids)

    def _count(self) -> None:
        if self.writes is not None:
            self.writes -= 1
            if self.writes < 0:
                raise CutOffError


class Namespace:
    """A store in memory, and the log that is read into it."""

    def __init__(self) -> None:
        self.store = CutStore(3)
        self.parts = IdentityParts(self.store, MODEL, SCORING, Retention(KEEP), LogClock(), LIMITS)

    def read(self, events: list[Event]) -> None:
        """As a flow does, in small batches, without those who were erased."""
        stages, erased = AtOnce(self.parts), Erased(self.store)
        for start in range(0, len(events), 3):
            used, _, _ = erased.drop(events[start : start + 3], [], Counts())
            stages.see(used)
            stages.commit()

    def erase(self, key: str, writes: int) -> Person:
        """Erase, cut off after so many writes, and once more to the end."""
        self.store.writes = writes
        person = self._begin(key)
        with suppress(CutOffError):
            self._erase(person)
        self.store.writes = None
        assert self._erase(self._begin(key)).left == 0
        return person

    def _begin(self, key: str) -> Person:
        person = person_of(self.store.scan, Reading(self.store, MODEL, SCORING), Erased(self.store), key)
        self.store.bury(person.ids)
        return person

    def _erase(self, person: Person) -> Gone:
        return RecordsErasing(self.store, self.store.scan, self.parts, person).run()

    def sources(self) -> Sources:
        """What every source's record says, and whose it is."""
        kinds: tuple[Kind, ...] = ("known", "visitor")
        decoder = Decoder(Source)
        found = [decoder.decode(stored) for kind in kinds for stored in self.store.scan(kind)]
        return {one.id: (share_of(whole(one, KEEP)), one.links, one.followers, owners(one, 2)) for one in found}

    def subjects(self) -> Subjects:
        """Everybody who has something."""
        kinds: tuple[Kind, ...] = ("contact", "account")
        decoder = Decoder(Subject)
        found = [decoder.decode(stored) for kind in kinds for stored in self.store.scan(kind)]
        return {one.id: {id_: share_of(facts) for id_, facts in one.sources.items()} for one in found if one.sources}


def names(fact: Fact, person: Person) -> bool:
    if isinstance(fact, Deed):
        return not person.ids.isdisjoint({fact.anonymous, fact.email, fact.crm, fact.user})
    return fact.source in person.ids or (isinstance(fact, Said) and fact.target in person.ids)


def holds(story: Story) -> None:
    """The law: erase anybody, die in the middle, erase to the end, then read the log again."""
    placed, number = story
    facts = [fact for _, fact in placed]
    id_ = WHO[number % len(WHO)]
    full = Namespace()
    full.read([event_of(fact) for fact in facts])
    try:
        person = full.erase(f"{WORDS[id_[0]]}:{id_[2:]}", number // len(WHO) % 12)
    except NotFound:
        return
    note(f"met {len(person.met)}, devices {len(person.devices)}, ids {len(person.ids)}")
    full.read([event_of(fact) for fact in facts])
    others = [fact for fact in facts if not names(fact, person)]
    assert full.subjects() == History(others, BOUNDS, account_domain).subjects()
    never = Namespace()
    never.read([event_of(fact) for fact in others])
    assert full.sources() == never.sources()


ANN, CID, _ = EMAILS


def told(*facts: Fact) -> Story:
    """A log in which u:1 was Cid's before it was Ann's; Ann is erased."""
    return [(0, fact) for fact in (*facts, Deed(at(90), user="u:1", email=ANN))], 9 * 11


def at(minute: int) -> int:
    return (START + minute * MINUTE) << 20


WHO_LOSES_AN_OWNER = told(
    Deed(at(0), user="u:1", crm="c:1", email=CID),
    Deed(at(1), ("pricing",), crm="c:1"),
)
MORE_EVENTS_IN_COMMON_THAN_ARE_REMEMBERED = told(
    *(Deed(at(minute), ("docs",), "a:1" if minute == 1 else "", user="u:1", email=CID) for minute in range(5)),
)
MORE_VISITS_THAN_ARE_REMEMBERED = told(
    *(Deed(at(minute), ("pricing",), "a:1", email=CID) for minute in (0, 2, 3, 4)),
    Deed(at(1), ("docs",), "a:1", user="u:1", email=CID),
)
ROOM_FOR_ANOTHER_VISITOR = told(
    Deed(at(0), ("docs",), "a:1", user="u:1", email=CID),
    *(Deed(at(minute), ("docs",), f"a:{minute + 1}", email=CID) for minute in range(1, 4)),
)


@example(WHO_LOSES_AN_OWNER)
@example(MORE_EVENTS_IN_COMMON_THAN_ARE_REMEMBERED)
@example(MORE_VISITS_THAN_ARE_REMEMBERED)
@example(ROOM_FOR_ANOTHER_VISITOR)
@settings(max_examples=5 * settings().max_examples)
@given(EVENTS | EVENTS_AND_MERGES | ALL | JUDGED | BY_AGENTS)
def test_erase_then_replay_equals_never_seen(story: Story) -> None:
    holds(story)


def test_who_was_met_keeps_followers_that_have_other_reasons_to_follow() -> None:
    events, number = told(Deed(at(0), user="u:1", crm="c:1", email=CID), Deed(at(1), crm="c:1", email=CID))
    space = Namespace()
    space.read([event_of(fact) for _, fact in events])
    space.erase("email:ann@acme.com", number)
    assert space.sources()[CID][2] == {"c:1": at(1)}
