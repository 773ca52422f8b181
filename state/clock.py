"""What time it is for scoring: the wall clock, or the log's own time."""

import time
from typing import Protocol


def wall_clock() -> int:
    """What time it is, in ms."""
    return time.time_ns() // 1_000_000


class Clock(Protocol):
    """Asked for `now`, in ms; told how far the log has come."""

    def __call__(self) -> int:
        """Now, in ms."""

    def reach(self, at: int) -> None:
        """The log has come to `at`, in ms."""


class WallClock:
    """Production: now is now, wherever the log is."""

    def __call__(self) -> int:
        """See `Clock`."""
        return wall_clock()

    def reach(self, at: int) -> None:
        """See `Clock`; the wall clock does not mind."""


class LogClock:
    """Replay and time-lapse: now is the latest time that the log has come to. It never goes back."""

    def __init__(self, now: int = 0) -> None:
        self._now = now

    def __call__(self) -> int:
        """See `Clock`."""
        return self._now

    def reach(self, at: int) -> None:
        """See `Clock`."""
        self._now = max(self._now, at)
