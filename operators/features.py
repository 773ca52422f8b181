"""Features: when, before a moment, what each rule of a scorecard listens for happened, for many subjects at once.

Found once per subject by the patterns that `evaluate` uses, with every limit lifted; what they are worth is weighed
later, as often as wanted (`operators.weigh`).
"""

from array import array
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from config.model import Model, Scorecard, Weighed
from operators.card import Card
from operators.view import Profile, people_as_of, person_as_of
from state.ledger import Keep
from state.subject import Subject

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

BLOCK = 2_048
"""Subjects that are weighed together: what is in work then fits a processor's cache."""


class Layers(msgspec.Struct, frozen=True):
    """Values in runs, to be summed run by run: the first of each run, the second of each that has one, and so on.

    `values` are places of values, `runs` those of the runs they belong to, a pair of arrays a layer.
    """

    count: int
    steps: tuple[tuple[Whole, Whole], ...]

    def sums(self, values: Floats) -> Floats:
        """The sum of each run, along the first axis, as exact as `math.fsum` (Neumaier 1974)."""
        first, _ = self.steps[0]
        total = values[first]
        if len(self.steps) == 1:
            return total
        lost = np.zeros_like(total)
        for places, runs in self.steps[1:]:
            old, value = total[runs], values[places]
            new = old + value
            apart = new - old
            lost[runs] += (old - (new - apart)) + (value - apart)
            total[runs] = new
        return total + lost


def layers_of(lengths: Whole) -> Layers:
    """The layers of runs of these lengths (at least 1), one after the other."""
    starts = np.cumsum(lengths) - lengths
    steps = []
    for depth in range(int(lengths.max(initial=0))):
        runs = np.flatnonzero(lengths > depth)
        steps.append((starts[runs] + depth, runs))
    return Layers(len(lengths), tuple(steps))


class Feature(msgspec.Struct, frozen=True):
    """One rule's occurrences among the subjects of a block.

    `ages` (ms) are those of one person after the other, and of each the latest first; `ranks` count them from there.
    `persons` sum what belongs to a person, `people` the persons of a subject, `all` everything of a subject; `rows` are
    the subjects that have any.
    """

    ages: Floats
    ranks: Whole
    rows: Whole
    persons: Layers
    people: Layers
    all: Layers


class Block(msgspec.Struct, frozen=True):
    """Some neighbouring subjects: from `start` on, so many, and what each rule finds (None: nothing)."""

    start: int
    count: int
    features: tuple[Feature | None, ...]


class _Finds:
    """What one rule found so far: who (a subject's row), how often, and how long ago (ms), person by person."""

    def __init__(self) -> None:
        self.rows = array("q")
        self.counts = array("q")
        self.ages = array("d")

    def add(self, row: int, now: int, people: Sequence[Sequence[int]]) -> None:
        for times in people:
            if times:
                self.rows.append(row)
                self.counts.append(len(times))
                self.ages.extend([now - at for at in reversed(times)])

    def feature(self) -> Feature | None:
        if not self.rows:
            return None
        counts = np.frombuffer(self.counts, np.int64).copy()
        rows, first = np.unique(np.frombuffer(self.rows, np.int64), return_index=True)
        persons = np.diff(first, append=len(counts))
        whole = np.add.reduceat(counts, first)
        ranks = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        ages = np.frombuffer(self.ages, np.float64).copy()
        return Feature(ages, ranks, rows, layers_of(counts), layers_of(persons), layers_of(whole))


def gather(card: Card, rules: int, subjects: Iterable[tuple[Subject, int]]) -> Iterable[Block]:
    """The features of subjects, each as of its moment (ms). Who is excluded then has none: the score is 0."""
    start, count, finds = 0, 0, [_Finds() for _ in range(rules)]
    for subject, now in subjects:
        _find(card, finds, count, subject, now)
        count += 1
        if count == BLOCK:
            yield Block(start, count, tuple(find.feature() for find in finds))
            start, count, finds = start + count, 0, [_Finds() for _ in range(rules)]
    if count:
        yield Block(start, count, tuple(find.feature() for find in finds))


def _find(card: Card, finds: Sequence[_Finds], row: int, subject: Subject, now: int) -> None:
    seen = people_as_of(subject, now) if card.apart else person_as_of(subject, now)
    profile = Profile(subject, card.attributes, now)
    if card.exclusion(seen, profile, now) is None:
        for term in card.terms(seen, profile):
            finds[term.order].add(row, now, term.pattern.times(seen))


def unlimited(model: Model, scorecard: Scorecard, keep: Keep) -> Card:
    """A scorecard, compiled, whose rules find all that is remembered."""
    rules = tuple(
        msgspec.structs.replace(rule, limit=None) if isinstance(rule, Weighed) else rule for rule in scorecard.rules
    )
    wide = msgspec.structs.replace(scorecard, rules=rules)
    return Card(model, wide, keep, apart=scorecard is model.account)
