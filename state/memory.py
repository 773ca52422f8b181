"""A store in this process's memory: for replays and tests."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha1
from heapq import nsmallest
from secrets import token_bytes, token_hex

from state.ids import shard_of
from state.keys import Keys
from state.rewind import remember
from state.store import Activation, Checkpoint, Commit, Kind, Position, Waiting

Shard = tuple[Kind, int]


class MemoryStore:
    """Keeps the bytes a Redis would keep, so that what is read is never what is being changed."""

    def __init__(self, shards: int = 16) -> None:
        self.shards = shards
        self.incarnation = token_hex(8)
        self.generation = 0
        self.records: dict[Shard, dict[str, bytes]] = {}
        self._timers: dict[Shard, dict[str, int]] = {}
        self._outbox: dict[Shard, dict[str, int]] = {}
        self._told: dict[tuple[str, Kind, int], dict[str, bytes]] = {}
        self._checkpoints: dict[str, list[Checkpoint]] = {}
        self._clock: int | None = None
        self._notes: dict[str, bytes] = {}
        self._decided: dict[str, str] = {}
        self._keys = Keys("memory", token_bytes())
        self._tombstones: set[bytes] = set()
        self._activations: list[Activation] = []
        self._model_files: dict[str, bytes] = {}
        self._reviewed = ""

    def read(self, kind: Kind, shard: int, ids: Sequence[str]) -> list[bytes | None]:
        """See `Records`."""
        records = self.records.get((kind, shard), {})
        return [records.get(id_) for id_ in ids]

    def commit(self, commit: Commit) -> None:
        """See `Records`."""
        at = (commit.kind, commit.shard)
        self.mark(commit.kind, commit.shard, commit.outbox)
        timers = self._timers.setdefault(at, {})
        for id_, when in commit.timers.items():
            timers.pop(id_, None)
            if when is not None:
                timers[id_] = when
        self.records.setdefault(at, {}).update(commit.records)

    def due(self, kind: Kind, shard: int, now: int, most: int) -> list[bytes]:
        """See `Records`."""
        timers = self._timers.get((kind, shard), {})
        ids = nsmallest(most, ((when, id_) for id_, when in timers.items() if when <= now))
        records = self.records.get((kind, shard), {})
        return [records[id_] for _, id_ in ids if id_ in records]

    def next_due(self, kind: Kind, shard: int) -> int | None:
        """See `Records`."""
        return min(self._timers.get((kind, shard), {}).values(), default=None)

    def scan(self, kind: Kind, shard: int | None = None) -> Iterator[bytes]:
        """See `Records`."""
        for (of_kind, of_shard), records in list(self.records.items()):
            if of_kind == kind and shard in (None, of_shard):
                yield from list(records.values())

    def waiting(self, kind: Kind, most: int) -> list[Waiting]:
        """See `Outbox`."""
        self._forget_marks_without_records(kind)
        boxes = [(shard, box) for (of_kind, shard), box in self._outbox.items() if of_kind == kind]
        first = nsmallest(most, ((urgency, id_, shard) for shard, box in boxes for id_, urgency in box.items()))
        found = [(self.read(kind, shard, [id_])[0], urgency) for urgency, id_, shard in first]
        return [Waiting(record, urgency, _token(record)) for record, urgency in found if record is not None]

    def _forget_marks_without_records(self, kind: Kind) -> None:
        for (of_kind, shard), box in self._outbox.items():
            if of_kind == kind:
                for id_ in box.keys() - self.records.get((kind, shard), {}).keys():
                    del box[id_]

    def mark(self, kind: Kind, shard: int, marks: Mapping[str, int]) -> None:
        """See `Outbox`."""
        outbox = self._outbox.setdefault((kind, shard), {})
        for id_, urgency in marks.items():
            outbox[id_] = min(urgency, outbox.get(id_, urgency))

    def settle(self, kind: Kind, shard: int, settled: Mapping[str, bytes]) -> int:
        """See `Outbox`."""
        records, outbox = self.records.get((kind, shard), {}), self._outbox.get((kind, shard), {})
        gone = [
            id_
            for id_, token in settled.items()
            if id_ in outbox and (id_ not in records or _token(records[id_]) == token)
        ]
        for id_ in gone:
            del outbox[id_]
        return len(gone)

    def depth(self, kind: Kind) -> int:
        """See `Outbox`."""
        return sum(len(box) for (of_kind, _), box in self._outbox.items() if of_kind == kind)

    def depths(self, kind: Kind, edges: Sequence[int]) -> list[int]:
        """See `Outbox`."""
        depths = [0] * (len(edges) + 1)
        for (of_kind, _), box in self._outbox.items():
            for urgency in box.values() if of_kind == kind else ():
                depths[bisect_right(edges, urgency)] += 1
        return depths

    def told(self, sink: str, kind: Kind, shard: int, ids: Sequence[str]) -> list[bytes | None]:
        """See `Outbox`."""
        told = self._told.get((sink, kind, shard), {})
        return [told.get(id_) for id_ in ids]

    def tell(self, sink: str, kind: Kind, shard: int, told: Mapping[str, bytes]) -> None:
        """See `Outbox`."""
        self._told.setdefault((sink, kind, shard), {}).update(told)

    def open(self) -> None:
        """See `Run`; nobody else can hold this store."""

    def join(self) -> None:
        """See `Run`; there is no other process."""

    def decide(self, question: str, answer: str) -> None:
        """See `Run`."""
        self._decided[question] = answer

    def decided(self, question: str) -> str | None:
        """See `Run`."""
        return self._decided.get(question)

    def renew(self) -> None:
        """See `Run`."""

    def stay(self) -> None:
        """See `Run`."""

    def close(self) -> None:
        """See `Run`."""

    def hold(self, role: str) -> None:
        """See `Run`."""

    def release(self, role: str) -> None:
        """See `Run`."""

    def save(self, positions: Mapping[str, Position], at: int) -> None:
        """See `Run`."""
        self.rewind({partition: Checkpoint(at, position) for partition, position in positions.items()})

    def rewind(self, to: Mapping[str, Checkpoint]) -> None:
        """See `Run`."""
        for partition, point in to.items():
            self._checkpoints[partition] = remember(self._checkpoints.get(partition, []), point)

    def note(self, name: str, value: bytes) -> None:
        """See `Run`."""
        self._notes[name] = value

    def noted(self, name: str) -> bytes | None:
        """See `Run`."""
        return self._notes.get(name)

    def settle_in(self) -> None:
        """See `Run`; nothing can go missing here."""

    def start_over(self) -> None:
        """See `Run`."""
        self._checkpoints.clear()
        self._clock = None

    def loses_ms(self) -> int:
        """See `Run`."""
        return 0

    def checkpoints(self) -> dict[str, list[Checkpoint]]:
        """See `Run`."""
        return {partition: kept[:] for partition, kept in self._checkpoints.items()}

    def advance_clock(self, now: int) -> int:
        """See `Run`."""
        self._clock = max(now, self._clock or 0)
        return self._clock

    def stop_clock(self) -> None:
        """See `Run`."""
        self._clock = None

    def clock(self) -> int | None:
        """See `Run`."""
        return self._clock

    def forget(self, kind: Kind, shard: int, ids: Sequence[str]) -> int:
        """See `Erasing`."""
        for of_shard in (self._timers, self._outbox):
            for id_ in ids:
                of_shard.get((kind, shard), {}).pop(id_, None)
        records = self.records.get((kind, shard), {})
        return sum(records.pop(id_, None) is not None for id_ in ids)

    def sinks(self) -> list[str]:
        """See `Erasing`."""
        return sorted({sink for (sink, _, _), told in self._told.items() if told})

    def untell(self, sink: str, kind: Kind, shard: int, ids: Sequence[str]) -> int:
        """See `Erasing`."""
        told = self._told.get((sink, kind, shard), {})
        return sum(told.pop(id_, None) is not None for id_ in ids)

    def tombstone(self, id_: str) -> bytes:
        """See `Erasing`."""
        return self._keys.digest(id_)

    def bury(self, ids: Iterable[str]) -> None:
        """See `Erasing`."""
        self._tombstones.update(map(self.tombstone, ids))

    def tombstones(self) -> frozenset[bytes]:
        """See `Erasing`."""
        return frozenset(self._tombstones)

    def activate(self, activation: Activation, file: bytes) -> None:
        """See `Models`."""
        if activation.digest:
            self._model_files[activation.digest] = file
        self._activations.append(activation)

    def count_activations(self) -> int:
        """See `Models`."""
        return len(self._activations)

    def activations(self) -> list[Activation]:
        """See `Models`."""
        return self._activations[:]

    def model_files(self) -> dict[str, bytes]:
        """See `Models`."""
        return dict(self._model_files)

    def reviewed_under(self) -> str:
        """See `Models`."""
        return self._reviewed

    def set_reviewed(self, digest: str) -> None:
        """See `Models`."""
        self._reviewed = digest

    def review(self, at: int, per_s: int, but: str) -> int:
        """See `Models`."""
        count = 0
        for (kind, shard), records in self.records.items():
            timers = self._timers.setdefault((kind, shard), {})
            for id_ in records if kind in {"contact", "account"} else ():
                if id_ != but:
                    when = at + count * 1000 // per_s
                    timers[id_] = min(timers.get(id_, when), when)
                    count += 1
        return count

    def find(self, kind: Kind, id_: str) -> bytes | None:
        """One record by its id, whatever its shard."""
        return self.read(kind, shard_of(id_, self.shards), [id_])[0]


def _token(record: bytes) -> bytes:
    return sha1(record, usedforsecurity=False).hexdigest().encode()
