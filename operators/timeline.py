"""A subject's score through time: the stretches between its facts, and the moments at which a band is left."""

from bisect import bisect_right

from operators.bands import Room, first_outside, last_outside
from operators.card import Card
from operators.stretch import Stretch
from state.subject import Facts, Subject
from state.touch import HASH_BITS, TILE_MS

HORIZON = 3_650 * 86_400_000
"""How far ahead anybody looks (ms): ten years."""


class Timeline:
    """One subject under one scorecard. Scores are tenths, moments ms."""

    def __init__(self, card: Card, subject: Subject) -> None:
        self.card = card
        self._subject = subject

    def stretch(self, start: int) -> Stretch:
        """The facts as of `start`."""
        return Stretch(self.card, self._subject, start)

    def changes(self, after: int) -> list[int]:
        """The moments later than `after` at which a fact enters, a trait grows too old, or an exclusion ends."""
        return sorted({change for change in self._moments(after) if change > after})

    def next_change(self, after: int) -> int | None:
        """The first of the `changes`."""
        return min([change for change in self._moments(after) if change > after], default=None)

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
        said = [traits[name][0] for name in card.attributes if name in traits]
        old = [traits[name][0] + age for name, age in card.ages if name in traits]
        over = [(t >> HASH_BITS) + window for signal, window in card.windows for t in touches.get(signal, ())]
        return said + old + over

    def band(self, now: int, score: int) -> int:
        """The band at `now`, where the score is `score`."""
        bands = self.card.bands
        past = (band for band in bands.lingering(score) if self._was_entered(now, bands.grey(band)))
        return next(past, bands.reached(score))

    def _was_entered(self, now: int, grey: Room) -> bool:
        """Whether the score was more recently above the grey scores than below; not if it never was above."""
        changes = self.changes(-1)
        end = now
        for change in reversed(changes[: bisect_right(changes, now)]):
            stretch = self.stretch(change)
            low, high = stretch.bounds(change, end)
            if low >= grey.least and stretch.score(change) >= grey.below:
                return True  # never below in this stretch, and above where it begins: spares the search
            if not grey.holds(low, high):
                found = last_outside(stretch.bounds, change, end, grey)
                if found is not None:
                    return stretch.score(found) >= grey.below
            end = change - 1
        return self.stretch(end).score(end) >= grey.below

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
