"""Who is meant: all ids of one person, and whom else they have met."""

import re
from collections.abc import Callable, Collection, Iterator

import msgspec

from flows.erase_mentions import spelled
from flows.erased import Erased
from flows.exits import NotFound, Problem
from flows.find import candidates, find
from flows.reading import Reading
from operators.identify import NOBODY, owners, resolve
from operators.verdicts import EVERYONE
from state import links
from state.codec import Decoder
from state.ids import bare, is_visitor
from state.links import MARK
from state.store import KINDS, Kind
from state.subject import Source, Subject

MANY = 40
"""Beyond so many ids it is quicker to read every record than to search its bytes for each."""

Scan = Callable[[Kind], Iterator[bytes]]
"""Every record of a kind; see `state.store.Records`."""

_sources = Decoder(Source)
_subjects = Decoder(Subject)


class Shared:
    """The touches of events that name an id of the person and one of somebody else.

    Where a list of touches is cut off, everything within it may be one.
    """

    def __init__(self) -> None:
        self._touches: set[int] = set()
        self._spans: list[tuple[int, int]] = []

    def add(self, touches: list[int]) -> None:
        """Events that name both."""
        self._touches.update(touches)
        if len(touches) > links.KEEP_TIMES:
            self._spans.append((touches[0], touches[-1]))

    def has(self, touch: int) -> bool:
        """Whether this can be such an event."""
        return touch in self._touches or any(first <= touch <= last for first, last in self._spans)

    def meets(self, touches: list[int]) -> bool:
        """Whether such an event can be behind these links."""
        cut_off = len(touches) > links.KEEP_TIMES
        return any(map(self.has, touches)) or (cut_off and any(touches[0] < t < touches[-1] for t in self._touches))


class Person(msgspec.Struct, frozen=True):
    """All that is erased, and what goes with it for having been mixed with it.

    `ids` are the person's own, `met` known ids of somebody else that were named together with one of these (they
    keep what links them to others), `devices` visitors of several people. If the erasure was `begun` before, `ids` are
    only what is left.
    """

    ids: frozenset[str]
    met: frozenset[str]
    shared: Shared
    devices: frozenset[str]
    begun: bool = False


def person_of(scan: Scan, reading: Reading, erased: Erased, key: str) -> Person:
    """The person that a key means, also one whose erasure was begun. Raises `NotFound`, and `Problem` for a company."""
    begun = {id_ for id_ in candidates(key) if erased.is_erased(id_)}
    if begun:
        found = _with_company(scan, reading, frozenset(begun | _remains(scan, erased)))
        return msgspec.structs.replace(found, begun=True)
    return _with_company(scan, reading, frozenset(_own_ids(scan, reading, key)))


def _own_ids(scan: Scan, reading: Reading, key: str) -> set[str]:
    """Every known id that is the same contact, and the visitors that are nobody else."""
    try:
        contact = find(reading, key).id
    except NotFound:
        return {_lone_visitor(reading, key)}
    if contact[0] == "d":
        raise Problem(f"{bare(contact)} is a company; erase takes a person: an e-mail, or user:ID, crm:ID, visitor:ID")
    known = {contact} | {one.id for one in sources_of(scan, "known", {contact}) if owners(one, 1)[0].owner == contact}
    return known | {one.id for one in sources_of(scan, "visitor", known) if _people(one) and _people(one) <= known}


def _lone_visitor(reading: Reading, key: str) -> str:
    """A visitor that nobody is known for. Raises `NotFound`."""
    for id_ in candidates(key):
        if is_visitor(id_) and (source := reading.source(id_)) is not None and not _people(source):
            return id_
    raise NotFound(f"nothing is known under {key!r}; try an e-mail, or user:ID, crm:ID, visitor:ID")


def _people(visitor: Source) -> set[str]:
    """Everybody that a visitor ever was."""
    return {resolve(target, visitor.known) for target in visitor.links if target and target == whom(target)}


def _with_company(scan: Scan, reading: Reading, ids: frozenset[str]) -> Person:
    met: set[str] = set()
    shared = Shared()
    own = (reading.source(id_) for id_ in ids if not is_visitor(id_))
    links_of_own = [(target, touches) for source in own if source for target, touches in source.links.items()]
    for target, touches in links_of_own:
        if target and target == whom(target) and target not in ids:
            met.add(target)
            shared.add(touches)
    visitors = sources_of(scan, "visitor", ids | met)
    devices = frozenset(one.id for one in visitors if one.id not in ids and _was_with(one, ids, met, shared))
    return Person(ids, frozenset(met), shared, devices)


def _was_with(visitor: Source, ids: Collection[str], met: Collection[str], shared: Shared) -> bool:
    """Whether some of what a visitor did may be from events that name the person."""
    return any(target in ids or (target in met and shared.meets(touches)) for target, touches in visitor.links.items())


def _remains(scan: Scan, erased: Erased) -> set[str]:
    """The tombstoned ids that records still name."""
    return {
        id_ for kind in KINDS for stored in scan(kind) for id_ in ids_of(decoded(kind, stored)) if erased.is_erased(id_)
    }


def decoded(kind: Kind, stored: bytes) -> Source | Subject:
    """A record of any kind from its bytes."""
    return _sources.decode(stored) if kind in {"known", "visitor"} else _subjects.decode(stored)


def ids_of(record: Source | Subject) -> Iterator[str]:
    """Every id that a record names, its own included."""
    yield record.id
    if isinstance(record, Subject):
        yield from record.told
        return
    yield from map(whom, record.links)
    yield from record.followers
    for id_, known in record.known.items():
        yield id_
        yield from map(whom, known)


def whom(target: str) -> str:
    """The id that a link is about, also one that takes back; `NOBODY` if it is about none.

    >>> whom("u:1"), whom("!u:1"), whom("!*"), whom("")
    ('u:1', 'u:1', '', '')
    """
    id_ = target.lstrip(MARK)
    return id_ if id_[1:2] == ":" else NOBODY


def sources_of(scan: Scan, kind: Kind, ids: Collection[str]) -> Iterator[Source]:
    """The known ids or visitors whose records may name one of these ids."""
    may_name = search(ids)
    found = (_sources.decode(stored) for stored in scan(kind) if may_name(stored))
    return (source for source in found if source.id != EVERYONE)


def subjects_of(scan: Scan, kind: Kind, ids: Collection[str]) -> Iterator[Subject]:
    """The contacts or accounts whose records may name one of these ids."""
    may_name = search(ids)
    return (_subjects.decode(stored) for stored in scan(kind) if may_name(stored))


def search(ids: Collection[str]) -> Callable[[bytes], bool]:
    """A test of a record's bytes that none fails which names one of these ids, also in the text of a trait."""
    if not ids or len(ids) > MANY:
        return lambda _: bool(ids)
    any_of = re.compile(b"|".join(re.escape(_needle(id_)) for id_ in sorted(ids))).search
    return lambda stored: any_of(stored.lower()) is not None


def _needle(id_: str) -> bytes:
    return (bare(id_) if spelled([id_]) else id_).encode().lower()
