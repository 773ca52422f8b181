"""Records as versioned bytes: one version byte, then msgpack. The same facts give the same bytes.

Tiles are stored as the first one and then the steps between neighbours: a byte or two each instead of five.
"""

from collections.abc import Iterable
from itertools import accumulate
from operator import sub
from typing import Generic, TypeVar

import msgspec

from state.ledger import Ledger
from state.subject import Facts, Source, Subject

VERSION = b"\x01"

Record = TypeVar("Record", Source, Subject)

_encoder = msgspec.msgpack.Encoder(order="deterministic")


class UnknownVersion(Exception):
    """A stored record was written by a version of leadstream that this one cannot read."""


def canonical(value: object) -> bytes:
    """The bytes of a value; dictionaries are sorted by key, so equal values are equal bytes."""
    return _encoder.encode(value)


def encode(record: Source | Subject) -> bytes:
    """The canonical bytes of a record."""
    if isinstance(record, Source):
        packed: Source | Subject = Source(
            record.id, _packed(record.facts), record.links, record.known, record.followers
        )
    else:
        parts = {source: _packed(facts) for source, facts in record.sources.items()}
        packed = Subject(record.id, parts, record.standing)
    return VERSION + canonical(packed)


class Decoder(Generic[Record]):
    """Reads records of one type back from their bytes."""

    def __init__(self, record_type: type[Record]) -> None:
        self._decoder: msgspec.msgpack.Decoder[Record] = msgspec.msgpack.Decoder(record_type)

    def decode(self, stored: bytes) -> Record:
        """Read one record; raises `UnknownVersion` for bytes of another version."""
        if stored[:1] != VERSION:
            raise UnknownVersion(f"a record has version {stored[:1].hex() or 'none'}; this leadstream reads 01")
        record = self._decoder.decode(memoryview(stored)[1:])
        for facts in _facts_of(record):
            facts.ledger.tiles = list(accumulate(facts.ledger.tiles))
        return record


def _packed(facts: Facts) -> Facts:
    ledger = facts.ledger
    tiles = ledger.tiles
    steps = [*tiles[:1], *map(sub, tiles[1:], tiles)]
    return Facts(Ledger(ledger.touches, steps, ledger.last_at), facts.traits, facts.groups)


def _facts_of(record: Source | Subject) -> Iterable[Facts]:
    return (record.facts,) if isinstance(record, Source) else record.sources.values()
