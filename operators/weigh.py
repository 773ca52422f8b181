"""Weigh: the scores of many subjects under many weightings of one model, at once.

A *weighting* is a scorecard that differs from the model's only in what its rules are worth: points, decay (half-life,
linear, cliff), window, limit, cap, share, the delay of inactivity; and in the caps of groups and the clamp. What a rule
listens for (signals, conditions, how many and how near) is fixed: a scorecard that differs there finds other
occurrences, and is another model with features of its own.

Scores are those of `evaluate`, to the tenth: each rule is rounded as it is there, and sums are as exact. Doubles of
another library can differ in their last bit; that shows only where a rule's points lie on the middle of a tenth.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from operator import attrgetter
from typing import NamedTuple, Protocol, get_args

import msgspec
import numpy as np

from config.model import AnyRule, Exclusion, Fit, Inactivity, Model, Scorecard, Weighed
from operators.features import Block, Feature, Floats, Whole, gather, unlimited
from operators.rules import GROUPS, group_of
from operators.terms import FOREVER, tenths, worth_of
from state.ledger import Keep
from state.subject import Subject

AT_ONCE = 64
"""Weightings that a block of subjects is weighed under together."""

IN_WORK = 8
"""Blocks that are weighed at a time, in one thread or several."""

FREE = {"points", "half_life", "linear", "cliff", "window", "limit", "cap", "share", "after"}
"""What may differ between weightings."""


FIXED: dict[type[AnyRule], Callable[[AnyRule], object]] = {
    rule: attrgetter(*(key for key in rule.__struct_fields__ if key not in FREE)) for rule in get_args(AnyRule)
}
"""What may not, by type of rule."""


class Each(Protocol):
    """Does the same with each block, like `map`."""

    def __call__(self, weigh: Callable[[Block], Floats], blocks: list[Block], /) -> Iterable[Floats]:
        """The results in the order of the blocks."""


class Shape(NamedTuple):
    """What turns ages into an amount of whole occurrences: all times in ms, `limit` per person."""

    half_life: int
    linear: int
    reach: int
    limit: int
    after: int


class _Column(msgspec.Struct, frozen=True):
    """One rule under all weightings; `which` is each weighting's place in `shapes`. Points are tenths.

    `apart`: each person's points stay within `share`; where a weighting does not have it so, points are 0.
    """

    rule: int
    apart: bool
    shapes: tuple[Shape, ...]
    which: Whole
    points: Floats
    cap: Floats
    share: Floats


class _Group(NamedTuple):
    """The rules of a group, and under each weighting the most that they come to together (tenths)."""

    columns: tuple[_Column, ...]
    cap: Floats


class _Sheet(NamedTuple):
    """All weightings: groups, and the clamp of each (tenths)."""

    groups: tuple[_Group, ...]
    least: Floats
    most: Floats


class Weigher:
    """The features of many subjects of one kind, to be weighed as often as wanted."""

    def __init__(self, model: Model, scorecard: Scorecard, keep: Keep, subjects: Iterable[tuple[Subject, int]]) -> None:
        """`scorecard` is one of the model's two; each subject comes with the moment (ms) as of which it is seen."""
        self._model = model
        self._base = scorecard
        self._blocks = list(gather(unlimited(model, scorecard, keep), len(scorecard.rules), subjects))
        self.count = sum(block.count for block in self._blocks)

    def scores(self, weightings: Sequence[Scorecard], each: Each = map) -> Floats:
        """Points, a row per subject in the order they came, a column per weighting.

        Raises `ValueError` for a scorecard that is no weighting of the model's. `each` is `map`, or one that uses
        several threads.
        """
        whole = np.empty((self.count, len(weightings)))
        for start, scores in self.by_block(weightings, each):
            whole[start : start + len(scores)] = scores
        return whole

    def by_block(self, weightings: Sequence[Scorecard], each: Each = map) -> Iterator[tuple[int, Floats]]:
        """The same, some subjects at a time, each with the row of the first: for many of both."""
        sheet = self._sheet(weightings)
        for first in range(0, len(self._blocks), IN_WORK):
            blocks = self._blocks[first : first + IN_WORK]
            scores = each(lambda block: _weighed(block, sheet), blocks)
            yield from zip([block.start for block in blocks], scores, strict=True)

    def amounts(self, scorecard: Scorecard) -> Floats:
        """How many whole occurrences each rule comes to under one weighting: a row per subject, a column per rule.

        Before points, share and cap; 0 for exclusions.
        """
        amounts = np.zeros((self.count, len(scorecard.rules)))
        for block in self._blocks:
            for rule, feature in enumerate(block.features):
                if feature is not None:
                    shape = shape_of(scorecard.rules[rule])
                    amounts[block.start + feature.rows, rule] = _amounts(feature, (shape,), apart=False)[:, 0]
        return amounts

    def _sheet(self, weightings: Sequence[Scorecard]) -> _Sheet:
        for weighting in weightings:
            require_weighting(self._base, weighting)
        columns: dict[str, list[_Column]] = {group: [] for group in GROUPS}
        for place, rule in enumerate(self._base.rules):
            if not isinstance(rule, Exclusion):
                columns[group_of(rule, self._model)] += _columns(place, [one.rules[place] for one in weightings])
        groups = [
            _Group(tuple(columns[group]), _whole_tenths([weighting.caps.get(group, inf) for weighting in weightings]))
            for group in GROUPS
            if columns[group]
        ]
        least = _whole_tenths([weighting.min for weighting in weightings])
        return _Sheet(tuple(groups), least, _whole_tenths([weighting.max for weighting in weightings]))


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


def _columns(place: int, rules: Sequence[AnyRule]) -> list[_Column]:
    """The columns of a rule: those weightings that bound a person's share, and those that do not."""
    weighed = [rule for rule in rules if isinstance(rule, Weighed | Inactivity | Fit)]
    shapes = [shape_of(rule) for rule in weighed]
    distinct = {shape: number for number, shape in enumerate(dict.fromkeys(shapes))}
    which = np.array([distinct[shape] for shape in shapes], np.int64)
    worths = [worth_of(rule) for rule in weighed]
    points, cap, share = (np.array([getattr(one, key) for one in worths]) for key in ("points", "cap", "share"))
    bounded = share < inf
    return [
        _Column(place, apart, tuple(distinct), which, np.where(bounded == apart, points, 0.0), cap, share)
        for apart in (False, True)
        if (bounded == apart).any()
    ]


class _Met(NamedTuple):
    """A rule that finds something in a block. `amounts` are those of all shapes, if these are few.

    `everybody`: they have a row for every subject, not only for those of whom something is found.
    """

    column: _Column
    feature: Feature
    amounts: Floats | None
    everybody: bool


def _weighed(block: Block, sheet: _Sheet) -> Floats:
    """The scores of a block's subjects."""
    found = [[_met(column, block) for column in group.columns if block.features[column.rule]] for group in sheet.groups]
    total = np.zeros((block.count, len(sheet.least)))
    for first in range(0, len(sheet.least), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        scores = np.zeros((block.count, len(sheet.least[part])))
        for group, columns in zip(sheet.groups, found, strict=True):
            if columns:
                points = np.zeros_like(scores)
                for met in columns:
                    _add_points(points, met, part)
                falls = any((met.column.points[part] < 0).any() for met in columns)
                scores += _within(points, group.cap[part], falls=falls)
        np.minimum(scores, sheet.most[part], out=scores)
        np.maximum(scores, sheet.least[part], out=scores)
        np.divide(scores, 10, out=total[:, part])
    return total


def _met(column: _Column, block: Block) -> _Met:
    feature = block.features[column.rule]
    assert feature is not None
    if len(column.shapes) > AT_ONCE:
        return _Met(column, feature, None, everybody=False)
    amounts = _amounts(feature, column.shapes, column.apart)
    if column.apart or 2 * len(feature.rows) < block.count:  # to spread what is added costs as much as to add nothing
        return _Met(column, feature, amounts, everybody=False)
    spread = np.zeros((block.count, len(column.shapes)))
    spread[feature.rows] = amounts
    return _Met(column, feature, spread, everybody=True)


def _add_points(points: Floats, met: _Met, part: slice) -> None:
    """Add whole tenths of a rule to those of its group."""
    column, feature, amounts, everybody = met
    which = column.which[part]
    if amounts is None:
        shapes, which = np.unique(which, return_inverse=True)
        amounts = _amounts(feature, [column.shapes[shape] for shape in shapes], column.apart)
    each = np.zeros((amounts.shape[1], len(which)))
    each[which, np.arange(len(which))] = column.points[part]
    more = amounts @ each  # of each sum one product is not 0: it is exact
    if column.apart:
        more = feature.people.sums(_within(more, column.share[part], falls=True))
    more = _within(more, column.cap[part], falls=True)
    np.rint(more, out=more)
    if everybody:
        points += more
    else:
        points[feature.rows] += more


def _within(points: Floats, bound: Floats, *, falls: bool) -> Floats:
    """Points, changed to no more than a bound in either direction; only what `falls` can be below 0."""
    if bound.min() < inf:
        np.minimum(points, bound, out=points)
        if falls:
            np.maximum(points, -bound, out=points)
    return points


def _amounts(feature: Feature, shapes: Sequence[Shape], apart: bool) -> Floats:
    """How many whole occurrences there are of each person (`apart`) or subject: a row each, a column per shape."""
    left: dict[tuple[int, int], Floats] = {}
    runs = feature.persons if apart else feature.all
    columns = []
    for shape in shapes:
        decay = shape.half_life, shape.linear
        if decay not in left:
            left[decay] = _left(feature.ages, *decay)
        counts = (feature.ages < shape.reach) & (feature.ranks < shape.limit) & (feature.ages >= shape.after)
        columns.append(runs.sums(np.where(counts, left[decay], 0.0)))
    return np.stack(columns, axis=1)


def _left(ages: Floats, half_life: int, linear: int) -> Floats:
    """What is left of an occurrence at each age."""
    if half_life:
        return np.exp2(-ages / half_life)
    return 1 - ages / linear if linear else np.ones_like(ages)
