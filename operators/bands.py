"""Bands: named ranges of scores with hysteresis, and the search for the moment a score leaves one.

Hysteresis needs no memory. A band is on when the score is at its `enter` or above; and, from there down to its
`leave`, when looking back the score was last that high more recently than it was last below `leave`. The band of a
moment is the highest that is on. All scores here are tenths.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from config.model import Band
from operators.terms import tenths

Bounds = Callable[[int, int], tuple[int, int]]
"""The least and the most that a score can be from one moment to another (ms, both included)."""


class Room(NamedTuple):
    """The scores from `least` up to, not including, `below`."""

    least: float
    below: float

    def holds(self, low: int, high: int) -> bool:
        """Whether all scores from `low` to `high` are inside."""
        return self.least <= low and high < self.below


class Bands:
    """The bands of a scorecard, from the lowest, which is always on, to the highest."""

    def __init__(self, bands: Sequence[Band]) -> None:
        self.names = tuple(band.name for band in bands)
        self._enter = (-inf, *(tenths(band.enter) for band in bands[1:]), inf)
        self._leave = (-inf, *(tenths(band.leave) for band in bands[1:]))
        self._least_to_linger = [min((*self._leave[band + 1 :], inf)) for band in range(len(bands))]
        self._rooms = tuple(map(Room, self._leave, self._enter[1:]))

    def reached(self, score: int) -> int:
        """The highest band whose `enter` this score reaches."""
        return bisect_right(self._enter, score) - 1

    def lingering(self, score: int) -> list[int]:
        """The higher bands, from the highest, that this score neither enters nor leaves: the past decides."""
        reached, leave = self.reached(score), self._leave
        if score < self._least_to_linger[reached]:
            return []
        return [band for band in range(len(leave) - 1, reached, -1) if score >= leave[band]]

    def grey(self, band: int) -> Room:
        """The scores that neither enter nor leave a band."""
        return Room(self._leave[band], self._enter[band])

    def room(self, band: int) -> Room:
        """The scores at which a subject of this band stays in it."""
        return self._rooms[band]


def first_outside(bounds: Bounds, start: int, end: int, room: Room) -> int | None:
    """The first moment in start..end (ms) at which the score is outside `room`; None when there is none.

    Branch and bound: a stretch whose bounds stay inside is passed over whole, any other is halved until it is two
    neighbouring moments. Bounds must be exact for a single moment.
    """
    if start > end:
        return None
    if not room.holds(*bounds(start, start)):
        return start
    waiting = [(start, end)]
    while waiting:  # all before the last in the list, and its first moment, are inside
        start, end = waiting.pop()
        if room.holds(*bounds(start, end)):
            continue
        if end - start > 1:
            middle = (start + end) // 2
            waiting += [(middle, end), (start, middle)]
        elif not room.holds(*bounds(end, end)):
            return end
    return None


def last_outside(bounds: Bounds, start: int, end: int, room: Room) -> int | None:
    """The last moment in start..end (ms) at which the score is outside `room`; None when there is none."""

    def reversed_bounds(first: int, last: int) -> tuple[int, int]:
        return bounds(-last, -first)

    found = first_outside(reversed_bounds, -end, -start, room)
    return None if found is None else -found
