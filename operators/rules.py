"""Rules, compiled: what each looks for, what that is worth, and the words for it."""

from typing import get_args

import msgspec

from config.model import (
    Combo,
    Coverage,
    Exclusion,
    Fit,
    Frequency,
    Group,
    Inactivity,
    Model,
    People,
    Points,
    Returned,
)
from operators import occurrences
from operators.occurrences import Pattern
from operators.profile_tests import ProfileTest, profile_test
from operators.quick import quick_of
from operators.terms import FOREVER, Term, worth_of
from operators.view import Seen
from operators.wording import words_for
from state.ledger import KEEP_TILES, Keep
from state.touch import HASH_BITS

GROUPS: tuple[Group, ...] = get_args(Group)
FIT = GROUPS.index("fit")

ValuedRule = Points | Frequency | Returned | Combo | People | Coverage | Inactivity | Fit
"""Every rule but an exclusion: it is worth points."""


class ExclusionTest(msgspec.Struct, frozen=True, gc=False):
    """An exclusion: a profile that passes the test, or a touch of `signal` younger than `window` (ms).

    `order` is its place in the model.
    """

    rule: str
    order: int
    words: str
    test: ProfileTest | None
    signal: str
    window: int

    def until(self, seen: Seen) -> int:
        """When the latest touch of its signal stops to exclude (ms); 0 without one."""
        touched = seen.touches.get(self.signal)
        return (max([known[-1] for known in touched]) >> HASH_BITS) + self.window if touched else 0


def term_of(rule: ValuedRule, order: int, model: Model, keep: Keep) -> Term:
    """A rule, compiled; the `order`-th of its scorecard."""
    worth = worth_of(rule)
    falls = worth.moves and (worth.points > 0) != isinstance(rule, Inactivity)
    group = GROUPS.index(group_of(rule, model))
    pattern, words = _pattern_of(rule, model, keep), words_for(rule, model)
    moves, steps, quick = worth.moves, worth.steps, quick_of(pattern, worth)
    return Term(rule.name, order, group, words, pattern, worth, moves, falls, steps, worth.loss, quick)


def group_of(rule: ValuedRule, model: Model) -> Group:
    """The group that a rule's points count in: its own, else its signal's, else evaluation."""
    match rule:
        case Fit():
            return "fit"
        case Inactivity():
            return rule.group
        case Points() | Frequency():
            return rule.group or model.signals[rule.signal].group
        case _:
            return rule.group or "evaluation"


def exclusion_of(rule: Exclusion, order: int, model: Model) -> ExclusionTest:
    """An exclusion, compiled; the `order`-th of its scorecard."""
    test = profile_test(rule.where, rule.max_age) if rule.where else None
    return ExclusionTest(rule.name, order, words_for(rule, model), test, rule.signal, rule.window or FOREVER)


def _pattern_of(rule: ValuedRule, model: Model, keep: Keep) -> Pattern:
    match rule:
        case Points():
            return occurrences.EveryTouch(rule.signal, min(rule.limit or keep[rule.signal], keep[rule.signal]))
        case Returned():
            return occurrences.Return(rule.within, rule.limit or KEEP_TILES)
        case Combo():
            looked_at = {signal: keep[signal] for signal in model.signals_of(rule)}
            return occurrences.Combo(looked_at, rule.distinct, rule.limit or KEEP_TILES)
        case _:
            return _pattern_of_all(rule, model.signals_of(rule))


def _pattern_of_all(rule: Frequency | People | Coverage | Inactivity | Fit, signals: tuple[str, ...]) -> Pattern:
    """The pattern of a rule that looks at all people together."""
    match rule:
        case Frequency():
            return occurrences.NthTouch(rule.signal, rule.at_least)
        case People():
            return occurrences.NthPerson(signals, rule.at_least)
        case Coverage():
            return occurrences.Coverage(signals, rule.distinct or len(signals), rule.people)
        case Inactivity():
            return occurrences.LastActivity()
        case Fit():
            return occurrences.Once()
