"""A heartbeat for the stages that wait for time to pass: timers come due without any event."""

from state.clock import wall_clock
from state.parcel import Parcel, Stage

EVERY_MS = 100
TIMED: tuple[Stage, ...] = ("contact", "account")


class Ticks:
    """Empty parcels for all shards: another worker's ticks may have ended with its logs.

    They come with what is read, not from a source of their own: Bytewax ends an epoch of a source when its time is up
    and reads on when all sources have; two of them drift apart, and each turns in a loop until the other is there.
    """

    def __init__(self, shards: int) -> None:
        self._parcels = [Parcel(stage, shard, []) for stage in TIMED for shard in range(shards)]
        self._next = 0

    def due(self) -> list[Parcel]:
        """A wake-up for every shard, once per `EVERY_MS` and at once the first time."""
        now = wall_clock()
        if now < self._next:
            return []
        self._next = now + EVERY_MS
        return self._parcels
