"""Occurrences: when, in a subject's facts, what a rule listens for happened.

A pattern finds them in the parts of a subject, one part per person (a contact is one part). `times` is what the
score needs, one ascending list per person that has any; `occurrences` is what the receipt needs, one list per part,
with the touches behind each. Both are pure functions of the facts and know nothing of now.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from operators.view import Part
from state.touch import HASH_BITS, TILE_MS

TILE = TILE_MS << HASH_BITS
"""What a touch is divided by to get its tile."""


class Occurrence(NamedTuple):
    """It happened at `at` (ms), and these touches show it."""

    at: int
    touches: tuple[int, ...] = ()


class Pattern(Protocol):
    """What finds the occurrences of one rule."""

    def times(self, parts: Sequence[Part], /) -> list[list[int]]:
        """When it happened, ascending, per person it happened to."""

    def occurrences(self, parts: Sequence[Part], /) -> list[list[Occurrence]]:
        """The same with the touches behind, per part; one list of one for what takes several people."""


class EveryTouch:
    """The `limit` most recent touches of a signal, per person."""

    def __init__(self, signal: str, limit: int) -> None:
        self._signal = signal
        self._limit = limit

    def times(self, parts: Sequence[Part]) -> list[list[int]]:
        found = []
        for part in parts:
            touches = part.touches.get(self._signal)
            if touches:
                found.append([touch >> HASH_BITS for touch in touches[-self._limit :]])
        return found

    def occurrences(self, parts: Sequence[Part]) -> list[list[Occurrence]]:
        recent = [part.touches.get(self._signal, [])[-self._limit :] for part in parts]
        return [[Occurrence(touch >> HASH_BITS, (touch,)) for touch in touches] for touches in recent]


class Return:
    """The start of each visit that began at most `within` (ms) after the end of the one before, per person.

    A visit starts and ends with its tiles, so that touches that are no longer kept cannot move it.
    """

    def __init__(self, within: int, limit: int) -> None:
        self._furthest = within // TILE_MS + 1
        self._limit = limit

    def times(self, parts: Sequence[Part]) -> list[list[int]]:
        return [times for part in parts if (times := self._starts(part.tiles))]

    def occurrences(self, parts: Sequence[Part]) -> list[list[Occurrence]]:
        found = []
        for part in parts:
            visits = _touches_of_visits(part)
            found.append([Occurrence(start, visits.get(start // TILE_MS, ())) for start in self._starts(part.tiles)])
        return found

    def _starts(self, tiles: list[int]) -> list[int]:
        furthest = self._furthest
        starts = [tile * TILE_MS for before, tile in pairwise(tiles) if 1 < tile - before <= furthest]
        return starts[-self._limit :]


class Combo:
    """When a visit had reached `distinct` of the signals, per person.

    `keep` holds the signals, each with how many of its touches are looked at.
    """

    def __init__(self, keep: Mapping[str, int], distinct: int, limit: int) -> None:
        self._keep = keep
        self._distinct = distinct
        self._limit = limit

    def times(self, parts: Sequence[Part]) -> list[list[int]]:
        return _times(self.occurrences(parts))

    def occurrences(self, parts: Sequence[Part]) -> list[list[Occurrence]]:
        return [self._of(part) for part in parts]

    def _of(self, part: Part) -> list[Occurrence]:
        met = [signal for signal in self._keep if signal in part.touches]
        if len(met) < self._distinct:
            return []
        visit_of = visit_starts(part.tiles).get
        visits: dict[int | None, list[int]] = {}
        for signal in met:
            latest_first = part.touches[signal][: -self._keep[signal] - 1 : -1]
            for start, first in {visit_of(touch // TILE): touch for touch in latest_first}.items():
                visits.setdefault(start, []).append(first)
        visits.pop(None, None)
        reached = sorted(
            sorted(firsts)[: self._distinct] for firsts in visits.values() if len(firsts) >= self._distinct
        )
        return [Occurrence(firsts[-1] >> HASH_BITS, tuple(firsts)) for firsts in reached[-self._limit :]]


class NthTouch:
    """The n-th most recent touch of a signal, whoever made it: since then there have been n."""

    def __init__(self, signal: str, n: int) -> None:
        self._signal = signal
        self._n = n

    def times(self, parts: Sequence[Part]) -> list[list[int]]:
        return _times(self.occurrences(parts))

    def occurrences(self, parts: Sequence[Part]) -> list[list[Occurrence]]:
        touches = [part.touches[self._signal] for part in parts if self._signal in part.touches]
        known = touches[0] if len(touches) == 1 else sorted({touch for one in touches for touch in one})
        recent = _most_recent(known, self._n)
        return [[Occurrence(recent[0] >> HASH_BITS, recent)]] if recent else []


class NthPerson:
    """When the n-th most recent person last touched one of the signals: since then n have been active."""

    def __init__(self, signals: Collection[str], n: int) -> None:
        self._signals = frozenset(signals)
        self._n = n

    def times(self, parts: Sequence[Part]) -> list[list[int]]:
        return _times(self.occurrences(parts))

    def occurrences(self, parts: Sequence[Part]) -> list[list[Occurrence]]:
        by_person = _latest(parts, self._signals)
        people = _most_recent([max(latest)[0] for latest in by_person], self._n)
        return [[Occurrence(people[0] >> HASH_BITS, people)]] if people else []


class Coverage:
    """Since when `distinct` of the signals have been touched, and one of them by each of `people` persons."""

    def __init__(self, signals: Collection[str], distinct: int, people: int) -> None:
        self._signals = frozenset(signals)
        self._distinct = distinct
        self._people = people

    def times(self, parts: Sequence[Part]) -> list[list[int]]:
        return _times(self.occurrences(parts))

    def occurrences(self, parts: Sequence[Part]) -> list[list[Occurrence]]:
        by_person = _latest(parts, self._signals)
        people = _most_recent([max(latest)[0] for latest in by_person], self._people)
        by_signal = {signal: touch for touch, signal in sorted(one for latest in by_person for one in latest)}
        covered = _most_recent(by_signal.values(), self._distinct)
        if not people or not covered:
            return []
        return [[Occurrence(min(people[0], covered[0]) >> HASH_BITS, tuple(sorted({*people, *covered})))]]


class LastActivity:
    """The latest activity, whoever was active; known to the event, or to the tile as of a past moment."""

    def times(self, parts: Sequence[Part]) -> list[list[int]]:
        until = max([part.until for part in parts], default=0)
        return [[until]] if until else []

    def occurrences(self, parts: Sequence[Part]) -> list[list[Occurrence]]:
        return [[Occurrence(until)] for [until] in self.times(parts)]


class Once:
    """No matter when: what does not depend on time."""

    def times(self, _parts: Sequence[Part], /) -> list[list[int]]:
        return [[0]]

    def occurrences(self, _parts: Sequence[Part], /) -> list[list[Occurrence]]:
        return [[Occurrence(0)]]


def visit_starts(tiles: Sequence[int]) -> dict[int, int]:
    """For each tile the tile that its visit started with.

    >>> visit_starts([10, 11, 20])
    {10: 10, 11: 10, 20: 20}
    """
    starts: dict[int, int] = {}
    for tile in tiles:
        starts[tile] = starts.get(tile - 1, tile)
    return starts


def _touches_of_visits(part: Part) -> dict[int | None, tuple[int, ...]]:
    """The first tile of a visit -> all touches known of the visit; those of visits long past are under None."""
    visit_of = visit_starts(part.tiles).get
    visits: dict[int | None, tuple[int, ...]] = {}
    for touch in {touch for known in part.touches.values() for touch in known}:
        start = visit_of(touch // TILE)
        visits[start] = (*visits.get(start, ()), touch)
    return visits


def _latest(parts: Sequence[Part], signals: Collection[str]) -> list[list[tuple[int, str]]]:
    """For each person who touched any of the signals, the latest touch of each with the signal."""
    people = [part.touches.items() for part in parts if part.person]
    latest = [[(known[-1], signal) for signal, known in touches if signal in signals] for touches in people]
    return [one for one in latest if one]


def _most_recent(touches: Collection[int], n: int) -> tuple[int, ...]:
    """The n latest, ascending; nothing when there are fewer."""
    return tuple(sorted(touches)[-n:]) if len(touches) >= n else ()


def _times(found: list[list[Occurrence]]) -> list[list[int]]:
    return [[occurrence.at for occurrence in one] for one in found if one]
