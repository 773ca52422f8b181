"""Quick ways to what the commonest terms are worth, without a list of their occurrences.

Each comes to the very tenths that `Worth.at` makes of `Term.times`.
"""

from math import copysign, exp2, fsum, inf

from operators.occurrences import EveryTouch, Once, Pattern
from operators.terms import FOREVER, Quick, Worth
from operators.view import Seen
from state.touch import HASH_BITS


def quick_of(pattern: Pattern, worth: Worth) -> Quick | None:
    """The quick way for a term with this pattern and worth; None if there is none."""
    if isinstance(pattern, Once) and not worth.moves:
        always = worth.at([[0]], 0)
        return lambda seen, now: always  # noqa: ARG005  it does not matter what and when
    if isinstance(pattern, EveryTouch) and worth.half_life and worth.reach == FOREVER:
        return _cooling(pattern, worth)
    return None


def _cooling(pattern: EveryTouch, worth: Worth) -> Quick:
    """For touches of a signal that lose half of their points with every half-life."""
    signal, limit = pattern.signal, pattern.limit
    points, half_life, cap, together = worth.points, worth.half_life, worth.cap, worth.share == inf
    alone = min(cap, worth.share)

    def quick(seen: Seen, now: int) -> int:
        known, bound = seen.touches[signal], cap
        if len(known) == 1:
            one, bound = known[0], alone
            if limit == 1 or len(one) == 1:
                left = exp2(((one[-1] >> HASH_BITS) - now) / half_life)
            else:
                left = fsum([exp2(((touch >> HASH_BITS) - now) / half_life) for touch in one[-limit:]])
        elif together:
            left = fsum([exp2(((touch >> HASH_BITS) - now) / half_life) for one in known for touch in one[-limit:]])
        else:
            return worth.at(pattern.times(seen), now)
        whole = points * left
        return round(whole if -bound <= whole <= bound else copysign(bound, whole))

    return quick
