"""Weigh: the scores of many subjects under many weightings (`operators.weightings`) of one model, at once.

Scores are those of `evaluate`, to the tenth: each rule is rounded as it is there, and sums are as exact. Doubles of
another library can differ in their last bit; that shows only where a rule's points lie on the middle of a tenth.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from config.model import Model, Scorecard
from operators.features import Block, Feature, Floats, Whole, gather, unlimited
from operators.weightings import Column, Shape, Sheet, shape_of, sheet_of
from state.ledger import Keep
from state.subject import Subject

AT_ONCE = 64
"""Weightings that a block of subjects is weighed under together: what is in work fits a processor's cache."""

EXACT = 1 << 24
"""Whole numbers up to this are exact in four bytes, which are weighed in half the time of eight."""

IN_WORK = 8
"""Blocks that are weighed at a time, in one thread or several."""


class Each(Protocol):
    """Does the same with each block, like `map`."""

    def __call__(self, weigh: Callable[[Block], Floats], blocks: list[Block], /) -> Iterable[Floats]:
        """The results in the order of the blocks."""


Tenths = NDArray[np.floating]


class _Tables(NamedTuple):
    """By group and rule: each weighting's place among the worths, and what these come to for each subject (tenths)."""

    groups: list[list[tuple[Whole, Tenths]]]
    kind: type[np.floating]


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
        sheet = sheet_of(self._model, self._base, weightings)
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


def _weighed(block: Block, sheet: Sheet) -> Floats:
    """The scores of a block's subjects."""
    tables = _tables(block, sheet)
    total = np.empty((block.count, len(sheet.least)))
    for first in range(0, len(sheet.least), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        scores = np.zeros((len(sheet.least[part]), block.count), tables.kind)
        for group, of_group in zip(sheet.groups, tables.groups, strict=True):
            points = np.zeros_like(scores)
            for which, worth in of_group:
                points += worth[which[part]]
            _hold(points, group.cap[part, np.newaxis])
            scores += points
        _clip(scores, sheet.least[part, np.newaxis], sheet.most[part, np.newaxis])
        np.divide(scores.T, 10, out=total[:, part], dtype=np.float64)
    return total


def _tables(block: Block, sheet: Sheet) -> _Tables:
    found = [
        [(column.which, _tenths(column, block)) for column in group.columns if block.features[column.rule]]
        for group in sheet.groups
    ]
    most = sum(float(np.abs(worth).max()) for of_group in found for _, worth in of_group)
    kind = np.float32 if most <= EXACT else np.float64
    return _Tables([[(which, worth.astype(kind)) for which, worth in of_group] for of_group in found], kind)


def _tenths(column: Column, block: Block) -> Floats:
    """What a rule comes to in whole tenths: a row for each of its worths, a column per subject.

    Worths are few where weightings are many, and what they come to is worked out once.
    """
    feature = block.features[column.rule]
    assert feature is not None
    amounts = _amounts(feature, column.shapes, column.apart)
    if column.apart:
        of_persons = amounts[:, column.shape] * column.points
        _hold(of_persons, column.share)
        points = _spread(feature.people.sums(of_persons), feature.rows, block.count)
    else:
        points = _spread(amounts, feature.rows, block.count)[column.shape]
        points *= column.points[:, np.newaxis]
    _hold(points, column.cap[:, np.newaxis])
    return np.rint(points, out=points)


def _spread(values: Floats, rows: Whole, count: int) -> Floats:
    """A row for each column of the values, with 0 for the subjects that have none."""
    spread = np.zeros((values.shape[1], count))
    spread[:, rows] = values.T
    return spread


def _hold(points: Tenths, bound: Floats) -> None:
    """Change points to no more than a bound in either direction."""
    if bound.min() < inf:
        _clip(points, -bound, bound)


def _clip(values: Tenths, least: Floats, most: Floats) -> None:
    np.clip(values, least.astype(values.dtype), most.astype(values.dtype), out=values)


def _amounts(feature: Feature, shapes: Sequence[Shape], apart: bool) -> Floats:
    """How many whole occurrences there are of each person (`apart`) or subject: a row each, a column per shape."""
    decays = list(dict.fromkeys((shape.half_life, shape.linear) for shape in shapes))
    left = np.stack([_left(feature.ages, *decay) for decay in decays], axis=1)
    ages, ranks = feature.ages[:, np.newaxis], feature.ranks[:, np.newaxis]
    reach, limit, after = (np.array([shape[part] for shape in shapes]) for part in (2, 3, 4))
    counts = (ages < reach) & (ranks < limit) & (ages >= after)
    which = [decays.index((shape.half_life, shape.linear)) for shape in shapes]
    runs = feature.persons if apart else feature.all
    return runs.sums(np.where(counts, left[:, which], 0.0))


def _left(ages: Floats, half_life: int, linear: int) -> Floats:
    """What is left of an occurrence at each age."""
    if half_life:
        return np.exp2(-ages / half_life)
    return 1 - ages / linear if linear else np.ones_like(ages)
