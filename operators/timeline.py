"""A subject's score through time: the stretches between its facts, and the moments at which a band is left."""

from bisect import bisect_left, bisect_right

from operators.bands import Bounds, Room, first_outside, last_outside
from operators.card import Card
from operators.stretch import Stretch
from state.ledger import Ledger
from state.shares import skimmed
from state.subject import Facts, Subject
from state.touch import HASH_BITS, TILE_MS, last_touch, tile_of

DAY = 86_400_000

HORIZON = 3_650 * DAY
"""How far ahead anybody looks (ms): ten years."""


class Timeline:
    """One subject under one scorecard. Scores are tenths, moments ms."""

    def __init__(self, card: Card, subject: Subject) -> None:
        self.card = card
        self._subject = subject

    def stretch(self, start: int) -> Stretch:
        """The facts as of `start`."""
        return Stretch(self.card, self._subject, start)

    def recent(self) -> Subject:
        """The subject with no more of its facts than a score needs."""
        return Subject(self._subject.id, skimmed(self._subject.sources, self.card.wanted))

    def glimpse(self, recent: Subject, now: int) -> Stretch:
        """The facts as of `now`, from what is `recent`."""
        stretch = Stretch(self.card, recent, now)
        return self.stretch(now) if stretch.seen.later else stretch

    def changes(self, after: int) -> list[int]:
        """The moments later than `after` at which a fact enters, a trait grows too old, or an exclusion ends."""
        return sorted({change for change in self._moments(after) if change > after})

    def next_change(self, stretch: Stretch, after: int) -> int | None:
        """The first of the `changes` that can matter, for a moment in `stretch`."""
        if stretch.seen.later or stretch.profile.later:
            return min([change for change in self._moments(after) if change > after], default=None)
        return self.card.next_ending(stretch.seen, stretch.profile, after)

    def _moments(self, after: int) -> list[int]:
        found: list[int] = []
        for facts in self._subject.sources.values():
            found += self._ageing(facts)
            if facts.ledger.last_at > after:
                found.append(facts.ledger.last_at)
                found += [tile * TILE_MS for tile in facts.ledger.tiles]
                found += [touch >> HASH_BITS for known in facts.ledger.touches.values() for touch in known]
        return found

    def _ageing(self, facts: Facts) -> list[int]:
        """When a source's traits enter and grow too old, and when its touches stop excluding."""
        card, traits, touches = self.card, facts.traits, facts.ledger.touches
        found = [(t >> HASH_BITS) + window for signal, window in card.windows for t in touches.get(signal, ())]
        if traits:
            found += [traits[name][0] for name in card.attributes if name in traits]
            found += [traits[name][0] + age for name, age in card.ages if name in traits]
        return found

    def band(self, stretch: Stretch, now: int, score: int) -> int:
        """The band at `now`, in `stretch`, where the score is `score`."""
        bands = self.card.bands
        for band in bands.lingering(score):
            if self._was_entered(stretch, now, bands.grey(band)):
                return band
        return bands.reached(score)

    def _was_entered(self, stretch: Stretch, now: int, grey: Room) -> bool:
        """Whether the score was more recently above the grey scores than below; not if it never was above."""
        latest = self.last_change(now)
        if latest is None:
            return stretch.score(now) >= grey.below
        entered = _was_above(stretch.bounds, latest, now, grey)
        if entered is not None:
            return entered
        changes = self.changes(-1)
        del changes[bisect_right(changes, latest) :]
        return not self.leaps_below(stretch, changes, now, grey) and self.walks_above(stretch, changes, now, grey)

    def leaps_below(self, stretch: Stretch, changes: list[int], end: int, grey: Room) -> bool:
        """Whether bounds over ever more changes at once tell that the score was last outside below `grey`.

        They go back from `end`, in `stretch`. True is sure, False says nothing: then every change has to be looked at.
        """
        left, leap = len(changes), DAY
        if not self.card.leaves_nothing_out(stretch.seen):
            return False
        while left and stretch.score(end) >= grey.least:
            furthest = end - min(leap, self.card.half_life)
            first = bisect_left(changes, max(furthest, stretch.profile.since(self.card.ages)))
            if first < left - 1 and stretch.most_since(changes[first]) < grey.below:
                left, leap = first, 2 * leap
            else:
                left, leap = left - 1, DAY
                entered = _was_above(stretch.bounds, changes[left], end, grey)
                if entered is not None:
                    return not entered
            end = changes[left] - 1
            stretch = self.stretch(end)
        return stretch.score(end) < grey.below

    def walks_above(self, stretch: Stretch, changes: list[int], end: int, grey: Room) -> bool:
        """Whether the score up to `end`, in `stretch`, was last outside above `grey`: stretch by stretch."""
        for change in reversed(changes):
            entered = _was_above(stretch.bounds, change, end, grey)
            if entered is not None:
                return entered
            end = change - 1
            stretch = self.stretch(end)
        return stretch.score(end) >= grey.below

    def last_change(self, until: int) -> int | None:
        """The last of all `changes` that is no later than `until`."""
        found: list[int] = []
        for facts in self._subject.sources.values():
            found += self._ageing(facts)
            found += _last_of(facts.ledger, until)
        return max([change for change in found if 0 <= change <= until], default=None)

    def next_outside(self, stretch: Stretch, now: int, room: Room) -> int | None:
        """The first moment after `now`, in `stretch` or after it, at which the score is outside `room`.

        None if that is beyond the horizon.
        """
        start, last = now + 1, now + HORIZON
        for change in [change for change in self.changes(now) if change <= last]:
            found = first_outside(stretch.bounds, start, change - 1, room)
            if found is not None:
                return found
            start, stretch = change, self.stretch(change)
        return first_outside(stretch.bounds, start, last, room)


def _last_of(ledger: Ledger, until: int) -> list[int]:
    """The last activity of a ledger by `until` (ms), among earlier ones."""
    if ledger.last_at <= until:
        return [ledger.last_at]
    tiles, last = ledger.tiles, last_touch(until)
    found = [known[place - 1] >> HASH_BITS for known in ledger.touches.values() if (place := bisect_right(known, last))]
    return [*found, tiles[place - 1] * TILE_MS] if (place := bisect_right(tiles, tile_of(until))) else found


def _was_above(bounds: Bounds, start: int, end: int, grey: Room) -> bool | None:
    """Whether the score was above `grey` when last outside it in start..end (ms); None if it was inside throughout.

    Searches only when the score can have been on both sides of `grey` within the time.
    """
    low, high = bounds(start, end)
    if grey.holds(low, high):
        return None
    first, last = bounds(start, start)[0], bounds(end, end)[0]
    if low >= grey.least and max(first, last) >= grey.below:
        return True
    if high < grey.below and min(first, last) < grey.least:
        return False
    found = last_outside(bounds, start, end, grey)
    return None if found is None else bounds(found, found)[0] >= grey.below
