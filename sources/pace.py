"""Reading a log in time-lapse: a line is given only when the log's own time has reached it."""

import msgspec

from state.batch import Batch, BatchReader
from state.moment import milliseconds

DAY_MS = 86_400_000

# So far ahead is a broken clock, not a quiet year: such a line is not waited for.
FAR_AHEAD_MS = 366 * DAY_MS


class Pace(msgspec.Struct, frozen=True):
    """`speed` log-milliseconds pass per wall-millisecond; at `start_wall_ms` it is `start_log_ms` in the log.

    >>> day_a_second = Pace(speed=86_400, start_wall_ms=1_000_000, start_log_ms=0)
    >>> day_a_second.log_time(1_002_000) == 2 * DAY_MS
    True
    """

    speed: float
    start_wall_ms: int
    start_log_ms: int

    def log_time(self, wall_ms: int) -> int:
        """The log's time, in milliseconds UTC, when the wall clock shows `wall_ms`."""
        return self.start_log_ms + int((wall_ms - self.start_wall_ms) * self.speed)

    def due(self, event_ms: int, wall_ms: int) -> bool:
        """Whether the log's time has reached the event, or the event is too far ahead to be waited for."""
        ahead = event_ms - self.log_time(wall_ms)
        return ahead <= 0 or ahead > FAR_AHEAD_MS

    def count_due(self, lines: list[bytes], wall_ms: int) -> int:
        """How many lines come before the first that is not due. A line without a readable time is due."""
        for count, line in enumerate(lines):
            event_ms = event_time(line)
            if event_ms is not None and not self.due(event_ms, wall_ms):
                return count
        return len(lines)


class PacedReader:
    """What `reader` reads, each line when it is due."""

    def __init__(self, reader: BatchReader, pace: Pace) -> None:
        self._reader = reader
        self._pace = pace
        self._held: Batch | None = None

    @property
    def at_end(self) -> bool:
        """Every line was given, and none will ever come."""
        return self._held is None and self._reader.at_end

    def read(self, wall_ms: int, max_lines: int = 5000) -> Batch | None:
        """The next lines that are due when the wall clock shows `wall_ms`; None: none yet."""
        held = self._held or self._reader.read(max_lines)
        if held is None:
            return None
        count = self._pace.count_due(held.lines, wall_ms)
        if count == 0:
            due, self._held = None, held
        elif count == len(held.lines):
            due, self._held = held, None
        else:
            due, self._held = held.split(count)
        return due

    def close(self) -> None:
        """Close the reader."""
        self._reader.close()


class Timed(msgspec.Struct, gc=False):
    """All of an event that the pace needs; the rest of the line is skipped, not decoded."""

    timestamp: str | int | float | None = None


DECODER = msgspec.json.Decoder(Timed)


def event_time(line: bytes) -> int | None:
    """When the event happened, in milliseconds UTC; None when the line does not say so plainly.

    >>> event_time(b'{"event": "a", "timestamp": "2026-06-12T08:00:00Z", "properties": {"timestamp": 1}}')
    1781251200000
    >>> event_time(b'{"timestamp": 1781251200}'), event_time(b'{"timestamp": "soon"}')
    (1781251200000, None)
    """
    try:
        timestamp = DECODER.decode(line).timestamp
        return None if timestamp is None else milliseconds(timestamp)
    except (ValueError, RecursionError, OverflowError):
        return None


def first_time(lines: list[bytes]) -> int | None:
    """The first time that the lines tell, for a pace to begin at."""
    return next((at for line in lines if (at := event_time(line)) is not None), None)
