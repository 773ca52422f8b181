"""One shard's records of one kind, at hand until the next commit: a bounded cache that knows what is dirty."""

from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import Generic

from state.codec import Decoder, Record, encode
from state.measures import Lookups
from state.store import Commit, Kind, Records

FULL: dict[Kind, int] = {"known": 200, "visitor": 400, "contact": 500, "account": 180}
"""Changed records, parked ones too, that may wait for the end of the epoch; a stage that has more commits at once.

A bundle says of a source what it has to say at once, so sources need not wait for more. Subjects are evaluated when
they are committed, which costs most: they had better wait.
"""


class Shelf(Generic[Record]):
    """Reads records in batches, hands them out for changing until they are parked or committed, commits what changed.

    Nothing stays at hand beyond a commit: a shard's batch asks the store for somebody nearly always, so that to keep
    the others would save no question, and takes memory.
    """

    def __init__(
        self, store: Records, kind: Kind, shard: int, record_type: type[Record], lookups: Lookups | None = None
    ) -> None:
        """`lookups` counts what is asked for, and what of it was not at hand."""
        self.kind = kind
        self.shard = shard
        self._store = store
        self._lookups = lookups or Lookups()
        self._make: type[Record] = record_type
        self._decode: Callable[[bytes], Record] = Decoder(record_type).decode
        self._held: dict[str, Record] = {}
        self._absent: set[str] = set()
        self.dirty: dict[str, Record] = {}
        self._parked: dict[str, bytes] = {}

    def fetch(self, ids: Collection[str]) -> None:
        """Bring records near: one read for all that are not."""
        held, absent = self._held, self._absent
        self._lookups.asked += len(ids)
        if self._parked:
            self._bring_back(ids)
        missing = [id_ for id_ in ids if id_ not in held and id_ not in absent]
        if missing:
            self._read(list(dict.fromkeys(missing)))

    def _read(self, missing: list[str]) -> None:
        self._lookups.read += len(missing)
        for id_, stored in zip(missing, self._store.read(self.kind, self.shard, missing), strict=True):
            if stored is None:
                self._absent.add(id_)
            else:
                self._held[id_] = self._decode(stored)

    @property
    def full(self) -> bool:
        """Whether more is dirty than should wait for the end of the epoch: memory must not grow with its length."""
        return len(self.dirty) + len(self._parked) > FULL[self.kind]

    def park(self) -> None:
        """Have what is dirty wait as stored bytes, a quarter of the memory, and let go of all records."""
        self._parked |= {id_: encode(record) for id_, record in self.dirty.items()}
        self._let_go()

    def unpark(self, most: int) -> bool:
        """Have at hand again what was parked, so many records of it. False if there was none."""
        some = [*islice(self._parked, most)]
        self._bring_back(some)
        return bool(some)

    def _bring_back(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            stored = self._parked.pop(id_, None)
            if stored is not None:
                self.dirty[id_] = self._held[id_] = self._decode(stored)

    def find(self, id_: str) -> Record | None:
        """The record, if there is one. `fetch` it first."""
        return self._held.get(id_)

    def take(self, id_: str) -> Record:
        """The record, a new one if there is none. `fetch` it first."""
        record = self._held.get(id_)
        if record is None:
            record = self._held[id_] = self._make(id_)
            self._absent.discard(id_)
        return record

    def search(self, words: Collection[bytes]) -> list[Record]:
        """All records of the shard that may hold one of these words, as they are now; it reads the whole shard."""
        self._bring_back([*self._parked])
        stored = (one for one in self._store.scan(self.kind, self.shard) if any(word in one for word in words))
        found = {record.id: record for record in map(self._decode, stored)} | self.dirty
        return [self._held.setdefault(id_, record) for id_, record in found.items()]

    def due(self, now: int, most: int) -> list[Record]:
        """The records whose timers have come."""
        found: list[Record] = list(map(self._decode, self._store.due(self.kind, self.shard, now, most)))
        self._bring_back([record.id for record in found])
        return [self._held.setdefault(record.id, record) for record in found]

    def next_due(self) -> int | None:
        """When the earliest timer comes (ms)."""
        return self._store.next_due(self.kind, self.shard)

    def commit(
        self,
        timers: dict[str, int | None] | None = None,
        outbox: dict[str, int] | None = None,
        fleeting: Collection[str] = (),
        lifetime_ms: int = 0,
    ) -> None:
        """Write what is dirty, as one step, and let go of all records. For the rest see `Commit`."""
        if self.dirty:
            records = {id_: encode(record) for id_, record in self.dirty.items()}
            self._store.commit(
                Commit(self.kind, self.shard, records, timers or {}, outbox or {}, fleeting, lifetime_ms)
            )
        self._let_go()

    def _let_go(self) -> None:
        self.dirty.clear()
        self._held.clear()
        self._absent.clear()
