"""Which HubSpot company a domain is: asked of the search, and remembered."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sinks.hubspot.answers import Found, Problem, Result
from sinks.hubspot.batches import halves
from sinks.hubspot.client import Call, Client
from sinks.hubspot.pauses import Pause

SEARCH = "/crm/v3/objects/companies/search"
SCOPE = "crm.objects.companies.read"
SEARCHES_PER_S = 4  # HubSpot allows 4 to 5 for all apps of an account, and sends no headers with a search
PAGE = 200
LARGEST_QUERY = 2_500  # characters of domains; HubSpot refuses a search whose body is over 3,000
REMEMBERED = 50_000
ABSENT_S = 300.0

ABSENT = ""


class CompanyIds:
    """Remembers the ids of the last 50,000 domains, and for five minutes that a domain has none."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def get(self, domain: str) -> str | None:
        """The company's id, `ABSENT`, or None when the search must be asked."""
        id_, until = self._known.get(domain, (None, 0.0))
        if id_ is None or until <= self._clock():
            return None
        self._known.move_to_end(domain)
        return id_

    def remember(self, domain: str, id_: str) -> None:
        """Keep what the search, or a create call, said."""
        self._known[domain] = (id_, self._clock() + ABSENT_S if id_ == ABSENT else float("inf"))
        self._known.move_to_end(domain)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, domain: str) -> None:
        """Ask the search again."""
        self._known.pop(domain, None)


class Search:
    """Looks companies up by domain, four calls a second at most; it never waits but raises `Pause`."""

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._recent: deque[float] = deque(maxlen=SEARCHES_PER_S)

    def find(self, domains: Sequence[str]) -> Iterator[tuple[str, str | Problem]]:
        """Each domain with its company's id, `ABSENT`, or HubSpot's problem with the domain.

        Of several companies with one domain it is always the oldest, the one with the smallest id.
        """
        waiting = list(domains)
        while waiting:
            chunk = query(waiting)
            answer = self._ask(chunk)
            if isinstance(answer, Problem):
                yield from self._find_culprits(chunk, answer)
                found = dict.fromkeys(chunk, ABSENT)
            else:
                found = among(chunk, answer.results)
                yield from found.items()
            waiting = [domain for domain in waiting if domain not in found]

    def _ask(self, domains: Sequence[str]) -> Found | Problem:
        now = self._clock()
        if len(self._recent) == SEARCHES_PER_S and now < self._recent[0] + 1:
            raise Pause(self._recent[0] + 1 - now, "HubSpot's search takes 4 calls a second")
        self._recent.append(now)
        return self._client.ask(Call("POST", SEARCH, SCOPE, search_body(domains)), Found)

    def _find_culprits(self, domains: Sequence[str], problem: Problem) -> Iterator[tuple[str, str | Problem]]:
        if len(domains) == 1:
            yield domains[0], problem
            return
        for half in halves(domains):
            yield from self.find(half)


def query(domains: Sequence[str]) -> list[str]:
    """As many of the domains, from the first, as one search takes: 100, and not too long together.

    >>> len(query(["acme.com"] * 300)), len(query(["a" * 200 + ".com"] * 50))
    (100, 12)
    """
    room = LARGEST_QUERY
    taken: list[str] = []
    for domain in islice(domains, 100):
        room -= len(domain) + 3
        if room < 0 and taken:
            break
        taken.append(domain)
    return taken


def search_body(domains: Sequence[str]) -> dict[str, object]:
    """All companies with one of these domains, the oldest first."""
    condition = {"propertyName": "domain", "operator": "IN", "values": domains}
    return {
        "filterGroups": [{"filters": [condition]}],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "properties": ["domain"],
        "limit": PAGE,
    }


def among(domains: Sequence[str], results: Sequence[Result]) -> dict[str, str]:
    """What a page of results says of these domains; of those behind a full page nothing yet.

    >>> among(["a.com", "b.com"], [Result("7", properties={"domain": "a.com"})])
    {'a.com': '7', 'b.com': ''}
    >>> among(["a.com", "b.com"], [Result("7", properties={"domain": "a.com"})] * 200)
    {'a.com': '7'}
    """
    ids = oldest(results)
    found = {domain: ids[domain] for domain in domains if domain in ids}
    full = len(results) >= PAGE and found
    return found if full else dict.fromkeys(domains, ABSENT) | found


def oldest(results: Sequence[Result]) -> dict[str, str]:
    """Domain -> the smallest id among the results.

    >>> oldest([Result(id_, properties={"domain": "Acme.com"}) for id_ in ("20", "3")])
    {'acme.com': '3'}
    """
    ids: dict[str, str] = {}
    for result in results:
        domain = (result.properties.get("domain") or "").lower()
        ids[domain] = min(ids.get(domain, result.id), result.id, key=lambda id_: (len(id_), id_))
    return ids
