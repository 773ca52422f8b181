"""Rules, compiled: what each looks for, what that is worth, and the words for it."""

from collections.abc import Sequence
from typing import get_args

import msgspec

from config.model import (
    Combo,
    Condition,
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
    Span,
)
from operators import occurrences
from operators.conditions import Predicate, compile_conditions
from operators.occurrences import Pattern
from operators.terms import FOREVER, Term, worth_of
from operators.view import Part, Profile
from operators.wording import words_for
from state.ledger import KEEP_TILES, Keep
from state.touch import HASH_BITS

GROUPS: tuple[Group, ...] = get_args(Group)
FIT = GROUPS.index("fit")

ValuedRule = Points | Frequency | Returned | Combo | People | Coverage | Inactivity | Fit
"""Every rule but an exclusion: it is worth points."""


class ProfileTest(msgspec.Struct, frozen=True, gc=False):
    """Conditions on a profile in which a trait of `max_age` (ms) or older does not exist."""

    holds: Predicate
    names: frozenset[str]
    max_age: int

    def passes(self, profile: Profile) -> bool:
        """Whether all conditions hold on what of the profile is young enough."""
        return self.holds(profile.younger_than(self.max_age))


class ExclusionTest(msgspec.Struct, frozen=True, gc=False):
    """An exclusion: a profile that passes the test, or a touch of `signal` younger than `window` (ms)."""

    rule: str
    words: str
    test: ProfileTest | None
    signal: str
    window: int

    def excludes(self, parts: Sequence[Part], profile: Profile, now: int) -> bool:
        """Whether it excludes such a subject at `now` (ms)."""
        if self.test:
            return self.test.passes(profile)
        touches = [part.touches[self.signal][-1] for part in parts if self.signal in part.touches]
        return bool(touches) and max(touches) >> HASH_BITS > now - self.window


def term_of(rule: ValuedRule, order: int, model: Model, keep: Keep) -> Term:
    """A rule, compiled; the `order`-th of its scorecard."""
    worth = worth_of(rule)
    falls = worth.moves and (worth.points > 0) != isinstance(rule, Inactivity)
    group = GROUPS.index(group_of(rule, model))
    return Term(
        rule.name, order, group, words_for(rule, model), _pattern_of(rule, model, keep), worth, worth.moves, falls
    )


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


def profile_test(where: tuple[Condition, ...], max_age: Span | None) -> ProfileTest:
    """Conditions, compiled for a profile."""
    names = frozenset(condition.path for condition in where)
    return ProfileTest(compile_conditions(where), names, max_age or FOREVER)


def exclusion_of(rule: Exclusion, model: Model) -> ExclusionTest:
    """An exclusion, compiled."""
    test = profile_test(rule.where, rule.max_age) if rule.where else None
    return ExclusionTest(rule.name, words_for(rule, model), test, rule.signal, rule.window or FOREVER)


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
