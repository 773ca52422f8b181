"""A look: what all terms come to at one moment, which is the strongest, and how soon that can change.

It says what `Stretch.weigh` says and no more, in one pass, and most terms need no list of occurrences for it: nearly
all evaluations are looks.
"""

import msgspec

from operators.bands import Room
from operators.explain import strongest
from operators.rules import GROUPS
from operators.stretch import Stretch
from operators.terms import FOREVER, Term


class Look(msgspec.Struct, gc=False):
    """A score at `now` (ms), in tenths. `top` is the term that adds most.

    `moving` terms can change with time: at most at these rates (tenths per ms), and not at a blow before `step` (ms).
    """

    now: int
    weighed: list[tuple[Term, int]] = []
    total: int = 0
    top: Term | None = None
    moving: int = 0
    rising: float = 0.0
    falling: float = 0.0
    step: int = FOREVER

    def rule(self, lowest: bool) -> str:
        """The rule that is the top reason, in the lowest band or above it; nothing when there is none."""
        if self.top or not lowest:
            return self.top.rule if self.top else ""
        taken = strongest(self.weighed, lowest)
        return taken[0].rule if taken else ""

    def calm_until(self, room: Room) -> float:
        """A moment (ms) before which the score cannot leave `room`: `now` itself says nothing, a later one is sure."""
        slack = self.moving  # rounding: each term may jump by a tenth
        down, up = self.total - room.least - slack, room.below - 1 - self.total - slack
        if down < 0 or up < 0:
            return self.now
        fallen = self.now + down / self.falling if self.falling else FOREVER
        risen = self.now + up / self.rising if self.rising else FOREVER
        return min(self.step, fallen, risen)


def look_at(stretch: Stretch, now: int) -> Look:
    """The look at `now` (ms), in `stretch`."""
    if stretch.excluded:
        return Look(now)
    seen, points, rates, step = stretch.seen, [0] * len(GROUPS), [0.0, 0.0], FOREVER
    weighed, moving, most, top = [], 0, 0, None
    for term, times in stretch.found:
        if term.quick:
            tenths = term.quick(seen, now)
            rate = (abs(tenths) + 1) * term.loss
            if term.steps and seen.until + term.worth.after > now:  # of the quick ones only silence: it begins, once
                step = min(step, seen.until + term.worth.after)
        else:
            tenths = term.worth.at(times, now)
            rate = term.worth.rate(times, tenths) if term.worth.fade else (abs(tenths) + 1) * term.loss
            if term.steps:
                step = min(step, term.worth.next_step(times, now))
        if term.moves:
            rates[term.falls] += rate
            moving += 1
        points[term.group] += tenths
        weighed.append((term, tenths))
        if tenths > most or (top and tenths == most and term.order < top.order):
            top, most = term, tenths
    total = stretch.scores[now, now] = stretch.card.total(points)
    rising, falling = rates
    return Look(now, weighed, total, top, moving, rising, falling, step)
