"""Records as versioned bytes: one version byte, then msgpack. The same facts give the same bytes."""

from typing import Generic, TypeVar

import msgspec

VERSION = b"\x01"

Record = TypeVar("Record")

_encoder = msgspec.msgpack.Encoder(order="deterministic")


class UnknownVersion(Exception):
    """A stored record was written by a version of leadstream that this one cannot read."""


def encode(record: object) -> bytes:
    """The canonical bytes of a record: dictionaries are sorted by key, so equal facts are equal bytes."""
    return VERSION + _encoder.encode(record)


class Decoder(Generic[Record]):
    """Reads records of one type back from their bytes."""

    def __init__(self, record_type: type[Record]) -> None:
        self._decoder = msgspec.msgpack.Decoder(record_type)

    def decode(self, stored: bytes) -> Record:
        """Read one record; raises `UnknownVersion` for bytes of another version."""
        if stored[:1] != VERSION:
            raise UnknownVersion(f"a record has version {stored[:1].hex() or 'none'}; this leadstream reads 01")
        return self._decoder.decode(memoryview(stored)[1:])
