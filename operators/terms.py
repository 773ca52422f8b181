"""Terms: what a rule's occurrences are worth at a moment.

Points are whole tenths per term, so that what is printed adds up. Between two facts a term only falls or only rises
with time: decay, windows and cliffs take points towards 0, inactivity steps away from it, and caps, sums and
rounding keep that order. Sums are exact (`fsum`), so the order of people and touches does not matter.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import chain
from math import copysign, exp2, fsum, inf, log

import msgspec

from config.model import Fit, Inactivity, Weighed
from operators.occurrences import Occurrence, Pattern
from operators.view import Seen

Decay = Callable[[list[int], int], float]
"""How many whole occurrences these (ms, ascending) amount to at a moment (ms)."""

FOREVER = 1 << 62

Quick = Callable[[Seen, int], int]
"""Whole tenths of a point that a term is worth at a moment (ms), from what is seen of a subject."""


def tenths(points: float) -> float:
    """Points in tenths, without what binary fractions add.

    >>> tenths(1.1)
    11.0
    """
    return round(points * 10, 6)


def halving(half_life: int) -> Decay:
    """Half as much after every half-life: 2 ** (-age / half_life).

    >>> halving(1000)([0, 1000], 2000)
    0.75
    """

    def left(times: list[int], now: int) -> float:
        if len(times) == 1:  # by far the commonest
            return exp2((times[0] - now) / half_life)
        return fsum([exp2((at - now) / half_life) for at in times])

    return left


def fading(life: int) -> Decay:
    """Evenly less until nothing is left after a life: 1 - age / life.

    >>> fading(1000)([500, 1000], 1250)
    1.0
    """
    return lambda times, now: fsum([1 - (now - at) / life for at in times])


def lasting(times: list[int], now: int) -> float:  # noqa: ARG001  a decay that looks at no clock
    """No decay.

    >>> lasting([0, 1000], 2000)
    2.0
    """
    return float(len(times))


def starting(after: int) -> Decay:
    """Nothing before `after` (ms) has passed, everything from then on: the reverse of a cliff.

    >>> starting(1000)([500], 1499), starting(1000)([500], 1500)
    (0.0, 1.0)
    """
    return lambda times, now: float(bisect_right(times, now - after))


class Worth(msgspec.Struct, frozen=True, gc=False):
    """What occurrences are worth: tenths of a point each, times their decay while younger than `reach` (ms).

    `share` (tenths) bounds what one person adds, `cap` the whole. `half_life` (ms) is that of the decay, if it has
    one, `fade` the share of all points that it can take per ms; `after` (ms) is when what starts later starts.
    """

    points: float
    decay: Decay = lasting
    reach: int = FOREVER
    cap: float = inf
    share: float = inf
    half_life: int = 0
    fade: float = 0.0
    after: int = 0

    @property
    def moves(self) -> bool:
        """Whether it changes with time."""
        return self.decay is not lasting or self.reach < FOREVER

    def at(self, times: Sequence[list[int]], now: int) -> int:
        """Whole tenths of a point at `now` (ms) for these occurrences, a list per person."""
        if len(times) == 1:
            whole = self._of_person(times[0], now)
        else:
            whole = fsum([self._of_person(one, now) for one in times])
        cap = self.cap
        return round(whole if -cap <= whole <= cap else copysign(cap, whole))

    def _of_person(self, times: list[int], now: int) -> float:
        oldest, share = now - self.reach, self.share
        if times[0] <= oldest:
            times = times[bisect_right(times, oldest) :]
        points = self.points * self.decay(times, now)
        return points if -share <= points <= share else copysign(share, points)

    def rate(self, times: Sequence[list[int]], tenths: int) -> float:
        """The most that it moves from now on, in tenths per ms, if it is worth so much now and no step comes."""
        if self.fade:
            return abs(self.points) * self.fade * sum([len(one) for one in times])
        return (abs(tenths) + 1) * self.loss

    @property
    def loss(self) -> float:
        """The share of what is left that decay can take, per ms."""
        return log(2) / self.half_life if self.half_life else 0.0

    @property
    def steps(self) -> bool:
        """Whether occurrences start or stop to count at a blow."""
        return self.after > 0 or self.reach < FOREVER

    def next_step(self, times: Sequence[list[int]], now: int) -> int:
        """When one of these does next (ms), later than `now`."""
        span = self.after or self.reach
        old = now - span
        steps = [one[bisect_right(one, old)] + span for one in times if one[-1] > old]
        return min(steps, default=FOREVER)

    def counted(self, found: Sequence[list[Occurrence]], now: int) -> list[list[Occurrence]]:
        """The occurrences that are not too old to count."""
        oldest = now - self.reach
        return [[occurrence for occurrence in one if occurrence.at > oldest] for one in found]


class Term(msgspec.Struct, frozen=True, gc=False):
    """One rule, compiled. `order` is its place in the model.

    `moves`, `falls` and `steps` say what time does to its points: anything, taking towards less, and at a blow;
    `loss` is what of them it can take per ms. `quick` comes to its worth without `times`, for many.
    """

    rule: str
    order: int
    group: int
    words: str
    pattern: Pattern
    worth: Worth
    moves: bool
    falls: bool
    steps: bool
    loss: float
    quick: Quick | None

    def times(self, seen: Seen) -> list[list[int]]:
        """When what it listens for happened (ms, ascending): a list per person if one person's share is bounded."""
        found = self.pattern.times(seen)
        if len(found) > 1 and self.worth.share == inf:
            return [sorted(chain.from_iterable(found))]
        return found


def worth_of(rule: Weighed | Inactivity | Fit) -> Worth:
    """What one occurrence of a rule is worth."""
    points = tenths(rule.points)
    if isinstance(rule, Inactivity):
        return Worth(points, starting(rule.after), after=rule.after)
    if isinstance(rule, Fit):
        return Worth(points)
    cap, share = (inf if bound is None else abs(tenths(bound)) for bound in (rule.cap, rule.share))
    return Worth(
        points,
        _decay_of(rule),
        min(rule.window or FOREVER, rule.linear or FOREVER, rule.cliff or FOREVER),
        cap,
        share,
        rule.half_life or 0,
        1 / rule.linear if rule.linear else 0.0,
    )


def _decay_of(rule: Weighed) -> Decay:
    if rule.half_life:
        return halving(rule.half_life)
    return fading(rule.linear) if rule.linear else lasting
