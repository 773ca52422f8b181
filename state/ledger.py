"""The ledger: what is remembered of a source's activity, as facts that only join."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

import msgspec

from state.touch import HASH_BITS, TILE_MS, first_touch, tile_of

KEEP_TILES = 64
TILE_TOUCHES = TILE_MS << HASH_BITS
"""A tile, as touches count."""


class Keep(dict[str, int]):
    """How many touches a ledger keeps per signal; 20 for a signal that the model does not name.

    >>> Keep(pricing_viewed=50)["pricing_viewed"], Keep()["docs_viewed"]
    (50, 20)
    """

    def __missing__(self, signal: str) -> int:
        return 20


class Deed(Protocol):
    """What is recorded of an event."""

    @property
    def touch(self) -> int:
        """When, and which."""

    @property
    def signals(self) -> Iterable[str]:
        """What it is a touch of."""


class _Deed(NamedTuple):
    touch: int
    signals: Iterable[str]


class Ledger(msgspec.Struct, array_like=True, gc=False):
    """Signal -> the most recent touches (ascending), the most recent tiles (ascending), the latest event time.

    Joining is union, then keeping the most recent; it is commutative, associative and idempotent for one `Keep`,
    so duplicates, replays and any order of arrival end in the same ledger.
    """

    touches: dict[str, list[int]] = {}
    tiles: list[int] = []
    last_at: int = 0

    def record(self, touch: int, signals: Iterable[str], keep: Mapping[str, int]) -> bool:
        """Join one event: a touch of each of `signals`, and the activity itself. True if that changed anything."""
        return self.record_all((_Deed(touch, signals),), keep)

    def record_all(self, deeds: Iterable[Deed], keep: Mapping[str, int]) -> bool:
        """Join events, as `record` does; those of a batch are often many."""
        changed = False
        of_signal, tiles = self.touches, self.tiles
        newest = begins = ends = 0
        for deed in deeds:
            touch = deed.touch
            if touch > newest:
                newest = touch
            if not begins <= touch < ends:  # not in the tile of the deed before
                tile = (touch >> HASH_BITS) // TILE_MS
                begins = tile * TILE_TOUCHES
                ends = begins + TILE_TOUCHES
                changed |= _add(tiles, tile, KEEP_TILES)
            for signal in deed.signals:
                known = of_signal.get(signal)
                if known is None:
                    of_signal[signal] = [touch]
                elif touch > known[-1] and len(known) < keep[signal]:
                    known.append(touch)
                elif not _add(known, touch, keep[signal]):
                    continue
                changed = True
        before, self.last_at = self.last_at, max(self.last_at, newest >> HASH_BITS)
        return changed or self.last_at > before

    def join(self, other: "Ledger", keep: Mapping[str, int]) -> bool:
        """Join another ledger into this one. True if that changed anything."""
        if not self.last_at:
            return self._begin(other, keep)
        changed = other.last_at > self.last_at
        if changed:
            self.last_at = other.last_at
        for tile in other.tiles:
            changed |= _add(self.tiles, tile, KEEP_TILES)
        for signal, touches in other.touches.items():
            known = self.touches.get(signal)
            if known is None:
                self.touches[signal] = touches[-keep[signal] :]
                changed = True
            else:
                for touch in touches:
                    changed |= _add(known, touch, keep[signal])
        return changed

    def _begin(self, other: "Ledger", keep: Mapping[str, int]) -> bool:
        """Join what is the first of all."""
        self.touches = {signal: touches[-keep[signal] :] for signal, touches in other.touches.items()}
        self.tiles = other.tiles[:]
        self.last_at = other.last_at
        return other.last_at > 0

    def between(self, start: int, end: int) -> "Ledger":
        """The part that lies in `start <= at < end` (ms). A tile on an edge belongs to both sides.

        The latest event time of a part that ends before the ledger's own is the latest that its touches and
        tiles still tell. Past the ledger's own there is nothing.
        """
        if start > self.last_at:
            return Ledger()
        first, after = first_touch(start), first_touch(end)
        touches = {
            signal: part
            for signal, all_ in self.touches.items()
            if (part := all_[bisect_left(all_, first) : bisect_left(all_, after)])
        }
        tiles = self.tiles[bisect_left(self.tiles, tile_of(start)) : bisect_right(self.tiles, tile_of(end - 1))]
        return Ledger(touches, tiles, self._latest(end, touches, tiles))

    def _latest(self, end: int, touches: dict[str, list[int]], tiles: list[int]) -> int:
        if self.last_at < end:
            return self.last_at
        told = [part[-1] >> HASH_BITS for part in touches.values()]
        if tiles:
            told.append(min((tiles[-1] + 1) * TILE_MS - 1, end - 1))
        return max(told, default=0)

    def __bool__(self) -> bool:
        return self.last_at > 0

    def copy(self) -> "Ledger":
        """An independent ledger with the same facts."""
        touches = {}
        for signal, known in self.touches.items():  # a comprehension costs more than most ledgers hold
            touches[signal] = known[:]
        return Ledger(touches, self.tiles[:], self.last_at)


def _add(known: list[int], value: int, keep: int) -> bool:
    """Insert into an ascending list without duplicates that keeps its largest; most values are the newest."""
    if not known or value > known[-1]:
        known.append(value)
    elif value == known[-1] or value in known or (len(known) >= keep and value < known[0]):
        return False
    else:
        insort(known, value)
    if len(known) > keep:
        del known[:-keep]
    return True
