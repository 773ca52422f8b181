"""A heartbeat for the stages that wait for time to pass: timers come due without any event."""

from datetime import UTC, datetime

from bytewax.inputs import DynamicSource, StatelessSourcePartition

from state.clock import wall_clock
from state.parcel import Parcel, Stage

EVERY_MS = 100
TIMED: tuple[Stage, ...] = ("contact", "account")


class Heartbeat:
    """Whether the ticks go on."""

    def __init__(self) -> None:
        self.stopped = False


class TickPartition(StatelessSourcePartition[Parcel]):
    """Empty parcels for this worker's part of the shards."""

    def __init__(self, shards: range, heartbeat: Heartbeat) -> None:
        self._parcels = [Parcel(stage, shard, []) for stage in TIMED for shard in shards]
        self._heartbeat = heartbeat
        self._next = wall_clock()

    def next_batch(self) -> list[Parcel]:
        """One wake-up for every shard."""
        if self._heartbeat.stopped:
            raise StopIteration
        self._next = wall_clock() + EVERY_MS
        return self._parcels

    def next_awake(self) -> datetime:
        """Within every epoch, else the whole flow would wait."""
        return datetime.fromtimestamp(self._next / 1000, UTC)


class Ticks(DynamicSource[Parcel]):
    """Wakes every shard of the timed stages, from one of the workers."""

    def __init__(self, shards: int, heartbeat: Heartbeat) -> None:
        self._shards = shards
        self._heartbeat = heartbeat

    def build(self, step_id: str, worker_index: int, worker_count: int) -> TickPartition:  # noqa: ARG002  Bytewax's signature
        """This worker's part."""
        return TickPartition(range(worker_index, self._shards, worker_count), self._heartbeat)
