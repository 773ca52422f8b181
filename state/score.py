"""What an evaluation says: a score, its receipt, and its reasons."""

import msgspec


class Line(msgspec.Struct, frozen=True, gc=False):
    """What one rule contributed, in points with one decimal, with the touches behind it (ascending).

    Caps, the clamp and an exclusion are lines of their own, with the touches left out.
    """

    rule: str
    points: float
    touches: tuple[int, ...] = ()
    words: str = ""
    group: str = ""


class BandChange(msgspec.Struct, frozen=True, gc=False):
    """The band that a subject moves to at `at` (ms) if nothing happens before."""

    at: int
    band: str


class Score(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A subject's score as of `at` (ms). Points have one decimal; `total` is the sum of `lines`, in tenths.

    `behaviour` and `fit` are what the groups contribute, after their caps but before the clamp and any exclusion;
    `excluded` is the rule that holds the score at 0. `reasons` are the strongest in words, strongest first.
    `last_intent` are the words of the latest touch of high intent, at `last_intent_at` (ms).
    """

    at: int
    total: float
    behaviour: float
    fit: float
    band: str
    lines: tuple[Line, ...]
    reasons: tuple[str, ...]
    last_intent: str = ""
    last_intent_at: int | None = None
    next_change: BandChange | None = None
    excluded: str = ""


class Glance(msgspec.Struct, frozen=True, gc=False):
    """A score at a glance: tenths of a point, the band's place from the lowest (0), the top reason's rule.

    `until` is the latest activity that counts (ms), `wake` is when to look again (ms), None for never. Nothing that
    visitors did for an account was before `visitors_since` (ms); None without visitors.
    """

    tenths: int
    band: int
    reason: str
    wake: int | None = None
    until: int = 0
    visitors_since: int | None = None
