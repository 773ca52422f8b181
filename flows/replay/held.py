"""One stage's records in memory for the whole of a replay: those at hand as records, the others as bytes."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Generic

from state.codec import Decoder, Record, encode
from state.memory import MemoryStore
from state.shelf import Shelf
from state.store import Kind

AT_HAND = 60_000
"""Records of a stage that stay decoded; of more, those that came first are packed, to a seventh of the memory."""


class Held(Shelf[Record], Generic[Record]):
    """A shelf without a store behind it. What was changed is `dirty` until somebody clears it."""

    def __init__(self, kind: Kind, record_type: type[Any]) -> None:
        # `type[Any]`: mypy cannot tell that the record type here is the one of the class
        super().__init__(MemoryStore(1), kind, 0, record_type)
        self._unpack: Callable[[bytes], Record] = Decoder(record_type).decode
        self._packed: dict[str, bytes] = {}

    def fetch(self, ids: Iterable[str]) -> None:
        """See `Shelf`."""
        held, packed = self._held, self._packed
        for id_ in ids:
            if id_ not in held and id_ in packed:
                held[id_] = self._unpack(packed.pop(id_))

    def search(self, words: Collection[bytes]) -> list[Record]:
        """See `Shelf`."""
        self.fetch([id_ for id_, packed in self._packed.items() if any(word in packed for word in words)])
        return list(self._held.values())

    def put(self, record: Record) -> None:
        """Set a record."""
        self._packed.pop(record.id, None)
        self._held[record.id] = record

    @property
    def full(self) -> bool:
        """Never: nothing waits here to be written."""
        return False

    def pack(self) -> None:
        """Pack what came first, so that memory grows with packed records only."""
        surplus = len(self._held) - AT_HAND
        for id_ in list(self._held)[: max(surplus, 0)]:
            self._packed[id_] = encode(self._held.pop(id_))

    def __len__(self) -> int:
        return len(self._held) + len(self._packed)

    def __iter__(self) -> Iterator[Record]:
        """All records, in no order; not to be changed."""
        yield from list(self._held.values())
        yield from map(self._unpack, list(self._packed.values()))
