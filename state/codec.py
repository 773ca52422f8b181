"""Records as versioned bytes: one version byte, then msgpack. The same facts give the same bytes."""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Generic, TypeVar

import msgspec

from state.ids import is_visitor
from state.links import Links
from state.shares import Shares
from state.stored import ReadFacts, StoredFacts, canonical, facts_of, stored
from state.subject import Facts, Source, Standing, Subject

TIGHT, PLAIN = b"\x01", b"\x02"
"""Versions: with facts as `state.stored` has them, and a source as it is kept."""

Record = TypeVar("Record", Source, Subject)


class UnknownVersion(Exception):
    """A stored record was written by a version of leadstream that this one cannot read."""


class TightSource(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A source that was stored tightly: one of whose events none named a user agent ends before the agents."""

    id: str
    facts: ReadFacts
    links: Links
    known: dict[str, Links]
    followers: dict[str, int]
    agents: dict[str, ReadFacts] = {}


class StoredSubject(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`Subject`; a source that is the subject's own id is stored as `""`."""

    id: str
    sources: Mapping[str, msgspec.Raw | StoredFacts]
    standing: Standing | None


class ReadSubject(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A stored subject of any form, the shares left as they are."""

    id: str
    sources: dict[str, msgspec.Raw]
    standing: Standing | None
    corrected: int = 0
    withheld: dict[str, msgspec.Raw] = {}
    judged: dict[str, Links] = {}


class CorrectedSubject(StoredSubject, array_like=True, frozen=True, gc=False):
    """`Subject` of which somebody corrected the identity; most were not, and need not say so."""

    corrected: int = 0


class JudgedSubject(CorrectedSubject, array_like=True, frozen=True, gc=False):
    """`Subject` with something withheld, or a shard's verdicts; few are."""

    withheld: Mapping[str, msgspec.Raw | StoredFacts] = {}
    judged: dict[str, Links] = {}


def encode(record: Source | Subject) -> bytes:
    """The canonical bytes of a record. Visitors come and go most, and few of them stay: what is known of one is stored
    as it is kept, which is quicker. All else is stored tightly.
    """
    if isinstance(record, Subject):
        return TIGHT + canonical(_stored_subject(record))
    return PLAIN + canonical(record) if is_visitor(record.id) else TIGHT + canonical(_stored_source(record))


def _stored_source(record: Source) -> tuple[object, ...]:
    whole = record.id, stored(record.facts), record.links, record.known, record.followers
    if record.agents:
        return *whole, {agent: stored(Facts(ledger)) for agent, ledger in record.agents.items()}
    return whole


def _stored_subject(record: Subject) -> StoredSubject:
    sources = _shares(record, record.sources)
    if record.withheld or record.judged:
        withheld = _shares(record, record.withheld)
        return JudgedSubject(record.id, sources, record.standing, record.corrected, withheld, record.judged)
    if record.corrected:
        return CorrectedSubject(record.id, sources, record.standing, record.corrected)
    return StoredSubject(record.id, sources, record.standing)


def _shares(subject: Subject, held: Mapping[str, Facts]) -> dict[str, msgspec.Raw | StoredFacts]:
    """What is stored of a subject's sources."""
    shares: dict[str, msgspec.Raw | StoredFacts] = (
        held.stored() if isinstance(held, Shares) else {source: stored(facts) for source, facts in held.items()}
    )
    if subject.id in shares:
        shares[""] = shares.pop(subject.id)
    return shares


class Decoder(Generic[Record]):
    """Reads records of one type back from their bytes."""

    def __init__(self, record_type: type[Record]) -> None:
        self._readers: dict[bytes, Callable[[bytes], Record]] = _READERS[record_type]

    def decode(self, stored: bytes) -> Record:
        """Read one record; raises `UnknownVersion` for bytes of a version that is none of ours."""
        read = self._readers.get(stored[:1])
        if read is None:
            ours = " and ".join(sorted(version.hex() for version in self._readers))
            raise UnknownVersion(f"a record has version {stored[:1].hex() or 'none'}; this leadstream reads {ours}")
        return read(stored)


def _source(stored: bytes) -> Source:
    return _sources.decode(stored[1:])


def _tight_source(stored: bytes) -> Source:
    read = _tight_sources.decode(stored[1:])
    agents = {agent: facts_of(facts).ledger for agent, facts in read.agents.items()}
    return Source(read.id, facts_of(read.facts), read.links, read.known, read.followers, agents)


def _subject(stored: bytes) -> Subject:
    read = _subjects.decode(memoryview(stored)[1:])
    return Subject(
        read.id, _told(read, read.sources), read.standing, read.corrected, _told(read, read.withheld), read.judged
    )


def _told(read: ReadSubject, shares: dict[str, msgspec.Raw]) -> MutableMapping[str, Facts]:
    if not shares:
        return {}
    return Shares({source or read.id: packed for source, packed in shares.items()} if "" in shares else shares)


_sources = msgspec.msgpack.Decoder(Source)
_tight_sources = msgspec.msgpack.Decoder(TightSource)
_subjects = msgspec.msgpack.Decoder(ReadSubject)
_READERS: dict[type, dict[bytes, Callable[[bytes], Any]]] = {
    Source: {PLAIN: _source, TIGHT: _tight_source},
    Subject: {TIGHT: _subject},
}
