"""One shard's records of one kind, at hand: a bounded cache that knows what is dirty."""

from collections.abc import Collection, Iterable
from typing import Generic

from state.codec import Decoder, Record, encode
from state.store import Commit, Kind, Records
from state.subject import Source, Subject

CACHED = 500
"""Facts that a shelf keeps at hand between epochs: a source's own, and of a subject those of each source. Beyond it all
but the half as many that came last are let go.
"""
FULL = 500
"""Changed records that may wait for the end of the epoch; a stage that has more commits at once."""


class Shelf(Generic[Record]):
    """Reads records in batches, hands them out for changing, and commits what was changed."""

    def __init__(self, store: Records, kind: Kind, shard: int, record_type: type[Record]) -> None:
        self.kind = kind
        self.shard = shard
        self._store = store
        self._make: type[Record] = record_type
        self._decoder: Decoder[Record] = Decoder(record_type)
        self._held: dict[str, Record] = {}
        self._absent: set[str] = set()
        self.dirty: dict[str, Record] = {}

    def fetch(self, ids: Iterable[str]) -> None:
        """Bring records near: one read for all that are not."""
        held = self._held
        new = [id_ for id_ in ids if id_ not in held]
        missing = [id_ for id_ in dict.fromkeys(new) if id_ not in self._absent] if new else ()
        if not missing:
            return
        for id_, stored in zip(missing, self._store.read(self.kind, self.shard, missing), strict=True):
            if stored is None:
                self._absent.add(id_)
            else:
                self._held[id_] = self._decoder.decode(stored)

    @property
    def full(self) -> bool:
        """Whether more is dirty than should wait for the end of the epoch: memory must not grow with its length."""
        return len(self.dirty) > FULL

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

    def due(self, now: int, most: int) -> list[Record]:
        """The records whose timers have come."""
        found = (self._decoder.decode(stored) for stored in self._store.due(self.kind, self.shard, now, most))
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
        """Write what is dirty, as one step, and let go of what is too much to hold. For the rest see `Commit`."""
        if self.dirty:
            records = {id_: encode(record) for id_, record in self.dirty.items()}
            self._store.commit(
                Commit(self.kind, self.shard, records, timers or {}, outbox or {}, fleeting, lifetime_ms)
            )
            self.dirty.clear()
        self._absent.clear()
        if sum([_facts_of(record) for record in self._held.values()]) > CACHED:
            self._held = _newest(self._held, CACHED // 2)


def _newest(held: dict[str, Record], facts: int) -> dict[str, Record]:
    """As many of the records that came last as hold no more than so many facts."""
    kept = []
    for id_, record in reversed(held.items()):
        facts -= _facts_of(record)
        if facts < 0:
            break
        kept.append((id_, record))
    return dict(reversed(kept))


def _facts_of(record: Source | Subject) -> int:
    return 1 if isinstance(record, Source) else len(record.sources) or 1
