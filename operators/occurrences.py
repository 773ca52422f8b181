"""Occurrences: when, in a subject's facts, what a rule listens for happened.

A pattern finds them in what is seen of a subject, one ledger per person (a contact is one). `times` is what the
score needs, one ascending list per person that has any, and quick; `occurrences` is what the receipt needs, one list
per ledger, with the touches behind each. Both are pure functions of the facts and know nothing of now.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from operators.view import Seen
from state.ledger import Ledger
from state.touch import HASH_BITS, TILE_MS

TILE = TILE_MS << HASH_BITS
"""What a touch is divided by to get its tile."""


class Occurrence(NamedTuple):
    """It happened at `at` (ms), and these touches show it."""

    at: int
    touches: tuple[int, ...] = ()


class Pattern(Protocol):
    """What finds the occurrences of one rule."""

    @property
    def wanted(self) -> Collection[str]:
        """The signals whose touches it looks at."""

    def times(self, seen: Seen, /) -> list[list[int]]:
        """When it happened, ascending, per person it happened to."""

    def occurrences(self, seen: Seen, /) -> list[list[Occurrence]]:
        """The same with the touches behind, per ledger; one list of one for what takes several people."""


class EveryTouch:
    """The `limit` most recent touches of a signal, per person."""

    def __init__(self, signal: str, limit: int) -> None:
        self.signal = signal
        self.limit = limit
        self.wanted = (signal,)

    def times(self, seen: Seen) -> list[list[int]]:
        limit, touched = self.limit, seen.touches.get(self.signal, ())
        if limit == 1:
            return [[one[-1] >> HASH_BITS] for one in touched]
        return [[touch >> HASH_BITS for touch in one[-limit:]] for one in touched]

    def occurrences(self, seen: Seen) -> list[list[Occurrence]]:
        recent = [ledger.touches.get(self.signal, [])[-self.limit :] for ledger in seen.ledgers]
        return [[Occurrence(touch >> HASH_BITS, (touch,)) for touch in touches] for touches in recent]


class Return:
    """The start of each visit that began at most `within` (ms) after the end of the one before, per person.

    A visit starts and ends with its tiles, so that touches that are no longer kept cannot move it.
    """

    def __init__(self, within: int, limit: int) -> None:
        self.wanted: Collection[str] = ()
        self._furthest = within // TILE_MS + 1
        self._limit = limit

    def times(self, seen: Seen) -> list[list[int]]:
        return [times for ledger in seen.ledgers if len(ledger.tiles) > 1 and (times := self._starts(ledger.tiles))]

    def occurrences(self, seen: Seen) -> list[list[Occurrence]]:
        found = []
        for ledger in seen.ledgers:
            visits = _touches_of_visits(ledger)
            found.append([Occurrence(start, visits.get(start // TILE_MS, ())) for start in self._starts(ledger.tiles)])
        return found

    def _starts(self, tiles: list[int]) -> list[int]:
        furthest, limit = self._furthest, self._limit
        starts: list[int] = []
        for place in range(len(tiles) - 1, 0, -1):
            if 1 < tiles[place] - tiles[place - 1] <= furthest:
                starts.append(tiles[place] * TILE_MS)
                if len(starts) == limit:
                    break
        return starts[::-1]


class Combo:
    """When a visit had reached `distinct` of the signals, per person.

    `keep` holds the signals, each with how many of its touches are looked at.
    """

    def __init__(self, keep: Mapping[str, int], distinct: int, limit: int) -> None:
        self._keep = keep
        self.wanted = self._signals = frozenset(keep)
        self._distinct = distinct
        self._limit = limit

    def times(self, seen: Seen) -> list[list[int]]:
        if len(self._signals.intersection(seen.touches)) < self._distinct:
            return []
        each = [[firsts[-1] >> HASH_BITS for firsts in self._reached(ledger)] for ledger in seen.ledgers]
        return [times for times in each if times]

    def occurrences(self, seen: Seen) -> list[list[Occurrence]]:
        each = [self._reached(ledger) for ledger in seen.ledgers]
        return [[Occurrence(firsts[-1] >> HASH_BITS, tuple(firsts)) for firsts in one] for one in each]

    def _reached(self, ledger: Ledger) -> list[list[int]]:
        """For each visit that had so many of the signals, the first touches of those that came first (ascending)."""
        met = self._signals.intersection(ledger.touches)
        if len(met) < self._distinct:
            return []
        known = [ledger.touches[signal][-self._keep[signal] :] for signal in met]
        found: list[list[int]] = []
        for start, end in _visits_latest_first(ledger.tiles):
            firsts = [one[place] for one in known if one[-1] >= start and one[place := bisect_left(one, start)] < end]
            if len(firsts) >= self._distinct:
                found.append(sorted(firsts)[: self._distinct])
                if len(found) == self._limit:
                    break
        return found[::-1]


class NthTouch:
    """The n-th most recent touch of a signal, whoever made it: since then there have been n."""

    def __init__(self, signal: str, n: int) -> None:
        self.wanted = (signal,)
        self._signal = signal
        self._n = n

    def times(self, seen: Seen) -> list[list[int]]:
        touched, n = seen.touches.get(self._signal, ()), self._n
        if len(touched) == 1:
            [one] = touched
            return [[one[-n] >> HASH_BITS]] if len(one) >= n else []
        return _times(self.occurrences(seen))

    def occurrences(self, seen: Seen) -> list[list[Occurrence]]:
        touches = seen.touches.get(self._signal, [])
        known = touches[0] if len(touches) == 1 else sorted({touch for one in touches for touch in one})
        recent = _most_recent(known, self._n)
        return [[Occurrence(recent[0] >> HASH_BITS, recent)]] if recent else []


class NthPerson:
    """When the n-th most recent person last touched one of the signals: since then n have been active."""

    def __init__(self, signals: Collection[str], n: int) -> None:
        self.wanted = self._signals = frozenset(signals)
        self._n = n

    def times(self, seen: Seen) -> list[list[int]]:
        return _times(self.occurrences(seen)) if seen.persons.count(True) >= self._n else []

    def occurrences(self, seen: Seen) -> list[list[Occurrence]]:
        people = _most_recent(_latest(seen, self._signals), self._n)
        return [[Occurrence(people[0] >> HASH_BITS, people)]] if people else []


class Coverage:
    """Since when `distinct` of the signals have been touched, and one of them by each of `people` persons."""

    def __init__(self, signals: Collection[str], distinct: int, people: int) -> None:
        self.wanted = self._signals = frozenset(signals)
        self._distinct = distinct
        self._people = people

    def times(self, seen: Seen) -> list[list[int]]:
        if seen.persons.count(True) < self._people or len(self._signals.intersection(seen.touches)) < self._distinct:
            return []
        return _times(self.occurrences(seen))

    def occurrences(self, seen: Seen) -> list[list[Occurrence]]:
        each = [touches.get for touches in _touches_of_people(seen)]
        rows = [[known[-1] if (known := get(signal)) else 0 for signal in self._signals] for get in each]
        people = _most_recent([touch for row in rows if (touch := max(row))], self._people)
        covered = _most_recent([touch for column in zip(*rows, strict=True) if (touch := max(column))], self._distinct)
        if not people or not covered:
            return []
        return [[Occurrence(min(people[0], covered[0]) >> HASH_BITS, tuple(sorted({*people, *covered})))]]


class LastActivity:
    """The latest activity, whoever was active; known to the event, or to the tile as of a past moment."""

    wanted: Collection[str] = ()

    def times(self, seen: Seen) -> list[list[int]]:
        return [[seen.until]] if seen.until else []

    def occurrences(self, seen: Seen) -> list[list[Occurrence]]:
        return [[Occurrence(until)] for [until] in self.times(seen)]


class Once:
    """No matter when: what does not depend on time."""

    wanted: Collection[str] = ()

    def times(self, _seen: Seen, /) -> list[list[int]]:
        return [[0]]

    def occurrences(self, _seen: Seen, /) -> list[list[Occurrence]]:
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


def _visits_latest_first(tiles: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The bounds of each visit as touches: the first that can lie in it, and the first that can lie after it."""
    end = len(tiles) - 1
    for place in range(end, -1, -1):
        if not place or tiles[place] - tiles[place - 1] > 1:
            yield tiles[place] * TILE, (tiles[end] + 1) * TILE
            end = place - 1


def _touches_of_visits(ledger: Ledger) -> dict[int | None, tuple[int, ...]]:
    """The first tile of a visit -> all touches known of the visit; those of visits long past are under None."""
    visit_of = visit_starts(ledger.tiles).get
    visits: dict[int | None, tuple[int, ...]] = {}
    for touch in {touch for known in ledger.touches.values() for touch in known}:
        start = visit_of(touch // TILE)
        visits[start] = (*visits.get(start, ()), touch)
    return visits


def _latest(seen: Seen, signals: Collection[str]) -> list[int]:
    """For each person who touched any of the signals, the latest touch."""
    people = _touches_of_people(seen)
    latest = [[known[-1] for signal, known in touches.items() if signal in signals] for touches in people]
    return [max(one) for one in latest if one]


def _touches_of_people(seen: Seen) -> list[dict[str, list[int]]]:
    return [ledger.touches for ledger, person in zip(seen.ledgers, seen.persons, strict=True) if person]


def _most_recent(touches: Collection[int], n: int) -> tuple[int, ...]:
    """The n latest, ascending; nothing when there are fewer."""
    return tuple(sorted(touches)[-n:]) if len(touches) >= n else ()


def _times(found: list[list[Occurrence]]) -> list[list[int]]:
    return [[occurrence.at for occurrence in one] for one in found if one]
