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
    """Empty parcels for all shards: another worker's ticks may have ended with its logs.

    They come once at least, also where there is nothing to read.
    """

    def __init__(self, shards: int, heartbeat: Heartbeat) -> None:
        self._parcels = [Parcel(stage, shard, []) for stage in TIMED for shard in range(shards)]
        self._heartbeat = heartbeat
        self._next = wall_clock()
        self._given = False

    def next_batch(self) -> list[Parcel]:
        """One wake-up for every shard."""
        if self._heartbeat.stopped and self._given:
            raise StopIteration
        self._given = True
        self._next = wall_clock() + EVERY_MS
        return self._parcels

    def next_awake(self) -> datetime:
        """Within every epoch, else the whole flow would wait."""
        return datetime.fromtimestamp(self._next / 1000, UTC)


class Ticks(DynamicSource[Parcel]):
    """Wakes every shard of the timed stages, from each of the workers."""

    def __init__(self, shards: int, heartbeat: Heartbeat) -> None:
        self._shards = shards
        self._heartbeat = heartbeat

    def build(self, step_id: str, worker_index: int, worker_count: int) -> TickPartition:  # noqa: ARG002  Bytewax's signature
        """The same for all."""
        return TickPartition(self._shards, self._heartbeat)
