"""Weightings: what many scorecards that listen for the same make of it, as arrays.

A *weighting* is a scorecard that differs from the model's only in what its rules are worth: points, decay (half-life,
linear, cliff), window, limit, cap, share, the delay of inactivity; and in the caps of groups and the clamp. What a rule
listens for (signals, conditions, how many and how near) is fixed: a scorecard that differs there finds other
occurrences, and is another model with features of its own.
"""

from collections.abc import Callable, Hashable, Sequence
from math import inf
from operator import attrgetter
from typing import NamedTuple, get_args

import msgspec
import numpy as np

from config.model import AnyRule, Exclusion, Fit, Inactivity, Model, Scorecard, Weighed
from operators.features import Floats, Whole
from operators.rules import GROUPS, group_of
from operators.terms import FOREVER, tenths, worth_of

FREE = {"points", "half_life", "linear", "cliff", "window", "limit", "cap", "share", "after"}
"""What may differ between weightings."""


FIXED: dict[type[AnyRule], Callable[[AnyRule], object]] = {
    rule: attrgetter(*(key for key in rule.__struct_fields__ if key not in FREE)) for rule in get_args(AnyRule)
}
"""What may not, by type of rule."""


class Shape(NamedTuple):
    """What turns ages into an amount of whole occurrences: all times in ms, `limit` per person."""

    half_life: int
    linear: int
    reach: int
    limit: int
    after: int


class Column(msgspec.Struct, frozen=True):
    """One rule under all weightings, which give it a few *worths*: `which` is each weighting's place among them.

    Of each worth there are `shape` (its place in `shapes`), points, cap and share (tenths). `apart`: each person's
    points stay within `share`; where a weighting does not have it so, points are 0.
    """

    rule: int
    apart: bool
    shapes: tuple[Shape, ...]
    shape: Whole
    points: Floats
    cap: Floats
    share: Floats
    which: Whole


class Group(NamedTuple):
    """The rules of a group, and under each weighting the most that they come to together (tenths)."""

    columns: tuple[Column, ...]
    cap: Floats


class Sheet(NamedTuple):
    """All weightings: groups, and the clamp of each (tenths)."""

    groups: tuple[Group, ...]
    least: Floats
    most: Floats


def sheet_of(model: Model, base: Scorecard, weightings: Sequence[Scorecard]) -> Sheet:
    """All weightings of a scorecard; raises `ValueError` for one that is none."""
    for weighting in weightings:
        require_weighting(base, weighting)
    columns: dict[str, list[Column]] = {group: [] for group in GROUPS}
    for place, rule in enumerate(base.rules):
        if not isinstance(rule, Exclusion):
            columns[group_of(rule, model)] += _columns(place, [one.rules[place] for one in weightings])
    groups = [
        Group(tuple(columns[group]), _whole_tenths([weighting.caps.get(group, inf) for weighting in weightings]))
        for group in GROUPS
        if columns[group]
    ]
    least = _whole_tenths([weighting.min for weighting in weightings])
    return Sheet(tuple(groups), least, _whole_tenths([weighting.max for weighting in weightings]))


def _whole_tenths(points: Sequence[float]) -> Floats:
    return np.round([tenths(one) for one in points])


def require_weighting(base: Scorecard, weighting: Scorecard) -> None:
    """Raise `ValueError` if a scorecard differs from another in more than what rules are worth."""
    if len(base.rules) != len(weighting.rules):
        raise ValueError(f"{len(weighting.rules)} rules instead of {len(base.rules)}")
    for rule, weighed in zip(base.rules, weighting.rules, strict=True):
        if rule is not weighed and _fixed(rule) != _fixed(weighed):
            raise ValueError(f"rule {weighed.name!r} differs from {rule.name!r} in more than what it is worth")


def _fixed(rule: AnyRule) -> object:
    return type(rule), FIXED[type(rule)](rule)


def shape_of(rule: AnyRule) -> Shape:
    """The shape of a rule; of those that have no decay, window or limit one that takes nothing away."""
    if isinstance(rule, Inactivity):
        return Shape(0, 0, FOREVER, FOREVER, rule.after)
    if not isinstance(rule, Weighed):
        return Shape(0, 0, FOREVER, FOREVER, 0)
    reach = min(rule.window or FOREVER, rule.linear or FOREVER, rule.cliff or FOREVER)
    return Shape(rule.half_life or 0, rule.linear or 0, reach, rule.limit or FOREVER, 0)


def _columns(place: int, rules: Sequence[AnyRule]) -> list[Column]:
    """The columns of a rule: those weightings that bound a person's share, and those that do not."""
    worths = [
        (shape_of(rule), worth.points, worth.cap, worth.share)
        for rule in rules
        if isinstance(rule, Weighed | Inactivity | Fit)
        for worth in [worth_of(rule)]
    ]
    return [_column(place, apart, worths) for apart in (False, True) if any((one[3] < inf) == apart for one in worths)]


def _column(place: int, apart: bool, worths: Sequence[tuple[Shape, float, float, float]]) -> Column:
    distinct = list(dict.fromkeys(worths))
    shapes = list(dict.fromkeys(shape for shape, _, _, _ in distinct))
    points, cap, share = (np.array([worth[part] for worth in distinct]) for part in (1, 2, 3))
    return Column(
        place,
        apart,
        tuple(shapes),
        _places([shape for shape, _, _, _ in distinct], shapes),
        np.where((share < inf) == apart, points, 0.0),
        cap,
        share,
        _places(worths, distinct),
    )


def _places(values: Sequence[Hashable], among: Sequence[Hashable]) -> Whole:
    number = {value: number for number, value in enumerate(among)}
    return np.array([number[value] for value in values], np.int64)
