"""Quick ways to what the commonest terms are worth, without a list of their occurrences.

Each comes to the very tenths that `Worth.at` makes of `Term.times`.
"""

from math import copysign, exp2, fsum, inf

from operators.occurrences import EveryTouch, LastActivity, Once, Pattern
from operators.terms import FOREVER, Quick, Worth
from operators.view import Seen
from state.touch import HASH_BITS


def quick_of(pattern: Pattern, worth: Worth) -> Quick | None:
    """The quick way for a term with this pattern and worth; None if there is none."""
    if isinstance(pattern, Once):
        always = worth.at([[0]], 0)
        return lambda seen, now: always  # noqa: ARG005  it does not matter what and when
    if isinstance(pattern, LastActivity):
        after, whole = worth.after, worth.at([[0]], worth.after)
        return lambda seen, now: whole if 0 < seen.until <= now - after else 0
    if isinstance(pattern, EveryTouch) and worth.half_life and worth.reach == FOREVER:
        return _cooling(pattern, worth)
    return None


def _cooling(pattern: EveryTouch, worth: Worth) -> Quick:
    """For touches of a signal that lose half of their points with every half-life."""
    signal, limit = pattern.signal, pattern.limit
    points, half_life, cap, share = worth.points, worth.half_life, worth.cap, worth.share
    bound = min(cap, share)

    def of_one(touches: list[int], now: int) -> float:
        if limit == 1 or len(touches) == 1:
            whole = points * exp2(((touches[-1] >> HASH_BITS) - now) / half_life)
        else:
            whole = points * fsum([exp2(((touch >> HASH_BITS) - now) / half_life) for touch in touches[-limit:]])
        return whole if -share <= whole <= share else copysign(share, whole)

    def quick(seen: Seen, now: int) -> int:
        known = seen.touches[signal]
        if len(known) == 1:
            touches = known[0]
            if limit == 1 or len(touches) == 1:  # by far the commonest
                whole = points * exp2(((touches[-1] >> HASH_BITS) - now) / half_life)
                if -bound <= whole <= bound:
                    return round(whole)
            whole = of_one(touches, now)
        elif share < inf:
            whole = fsum([of_one(touches, now) for touches in known])
        else:
            recent = [touch >> HASH_BITS for touches in known for touch in touches[-limit:]]
            whole = points * fsum([exp2((at - now) / half_life) for at in recent])
        return round(whole if -cap <= whole <= cap else copysign(cap, whole))

    return quick
