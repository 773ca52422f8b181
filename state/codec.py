"""Records as versioned bytes: one version byte, then msgpack. The same facts give the same bytes.

Ledgers are stored more tightly than they are kept: a signal's touches as eight bytes each (little-endian), tiles as the
first one and then the steps between neighbours, and the latest event's time as ms from the start of the last tile.
"""

from collections.abc import Callable
from functools import cache
from itertools import accumulate
from operator import sub
from struct import Struct
from typing import Any, Generic, TypeVar

import msgspec

from state.ledger import Ledger
from state.links import Links
from state.subject import Facts, Source, Standing, Subject
from state.touch import TILE_MS
from state.traits import Traits

VERSION = b"\x01"

Record = TypeVar("Record", Source, Subject)

_encoder = msgspec.msgpack.Encoder(order="deterministic")


class UnknownVersion(Exception):
    """A stored record was written by a version of leadstream that this one cannot read."""


class StoredFacts(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`Facts`, its ledger with it."""

    touches: dict[str, bytes]
    steps: list[int]
    since_tile: int
    traits: Traits
    groups: Links


class StoredSource(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`Source`."""

    id: str
    facts: StoredFacts
    links: Links
    known: dict[str, Links]
    followers: dict[str, int]


class StoredSubject(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`Subject`; a source that is the subject's own id is stored as `""`."""

    id: str
    sources: dict[str, StoredFacts]
    standing: Standing | None


class CorrectedSubject(StoredSubject, array_like=True, frozen=True, gc=False):
    """`Subject` of which somebody corrected the identity; most were not, and need not say so."""

    corrected: int = 0


def canonical(value: object) -> bytes:
    """The bytes of a value; dictionaries are sorted by key, so equal values are equal bytes."""
    return _encoder.encode(value)


def encode(record: Source | Subject) -> bytes:
    """The canonical bytes of a record."""
    if isinstance(record, Source):
        facts = _stored(record.facts)
        return VERSION + canonical(StoredSource(record.id, facts, record.links, record.known, record.followers))
    sources = {"" if source == record.id else source: _stored(facts) for source, facts in record.sources.items()}
    if record.corrected:
        return VERSION + canonical(CorrectedSubject(record.id, sources, record.standing, record.corrected))
    return VERSION + canonical(StoredSubject(record.id, sources, record.standing))


class Decoder(Generic[Record]):
    """Reads records of one type back from their bytes."""

    def __init__(self, record_type: type[Record]) -> None:
        self._read: Callable[[memoryview], Record] = _READERS[record_type]

    def decode(self, stored: bytes) -> Record:
        """Read one record; raises `UnknownVersion` for bytes of another version."""
        if stored[:1] != VERSION:
            raise UnknownVersion(f"a record has version {stored[:1].hex() or 'none'}; this leadstream reads 01")
        return self._read(memoryview(stored)[1:])


def _source(stored: memoryview) -> Source:
    read = _stored_source.decode(stored)
    return Source(read.id, _facts(read.facts), read.links, read.known, read.followers)


def _subject(stored: memoryview) -> Subject:
    read = _stored_subject.decode(stored)
    sources = {source or read.id: _facts(facts) for source, facts in read.sources.items()}
    return Subject(read.id, sources, read.standing, read.corrected)


_stored_source = msgspec.msgpack.Decoder(StoredSource)
_stored_subject = msgspec.msgpack.Decoder(CorrectedSubject)
_READERS: dict[type, Callable[[memoryview], Any]] = {Source: _source, Subject: _subject}


def _stored(facts: Facts) -> StoredFacts:
    ledger = facts.ledger
    tiles = ledger.tiles
    touches = {signal: _eight_bytes_each(len(known)).pack(*known) for signal, known in ledger.touches.items()}
    steps = tiles if len(tiles) < 2 else [tiles[0], *map(sub, tiles[1:], tiles)]
    since_tile = ledger.last_at - TILE_MS * tiles[-1] if tiles else ledger.last_at
    return StoredFacts(touches, steps, since_tile, facts.traits, facts.groups)


def _facts(read: StoredFacts) -> Facts:
    touches = {signal: [*_eight_bytes_each(len(known) // 8).unpack(known)] for signal, known in read.touches.items()}
    tiles = read.steps if len(read.steps) < 2 else [*accumulate(read.steps)]
    last_at = read.since_tile + TILE_MS * tiles[-1] if tiles else read.since_tile
    return Facts(Ledger(touches, tiles, last_at), read.traits, read.groups)


@cache
def _eight_bytes_each(count: int) -> Struct:
    """How so many touches are packed; to make it takes longer than to use it."""
    return Struct(f"<{count}Q")
