"""Tests of a profile, found by what they need: a subject meets only those that its attributes can pass."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from config.model import Condition, Span
from operators.conditions import Predicate, compile_conditions
from operators.view import Profile
from state.traits import Value

For = TypeVar("For")
Tested = tuple["ProfileTest", For]
"""A test, and what it is for."""


class ProfileTest(msgspec.Struct, frozen=True, gc=False):
    """Conditions on a profile in which a trait of `max_age` (ms) or older does not exist.

    No profile without the attribute `needs` passes; with `options`, none in which it is anything else. `needs` is
    empty for a test that can pass on nothing at all.
    """

    holds: Predicate
    names: frozenset[str]
    max_age: int | None
    needs: str
    options: tuple[str, ...]

    def passes(self, profile: Profile) -> bool:
        """Whether all conditions hold on what of the profile is young enough."""
        return self.holds(profile.values if self.max_age is None else profile.younger_than(self.max_age))


def profile_test(where: tuple[Condition, ...], max_age: Span | None) -> ProfileTest:
    """Conditions, compiled for a profile."""
    names = frozenset(condition.path for condition in where)
    needed = [(_options(condition), condition.path) for condition in where if not compile_conditions((condition,))({})]
    options, needs = max(needed, key=lambda one: bool(one[0]), default=((), ""))
    return ProfileTest(compile_conditions(where), names, max_age, needs, options)


def _options(condition: Condition) -> tuple[str, ...]:
    """The texts that alone meet a condition; none if other values can."""
    options = (condition.eq,) if condition.in_ is None else condition.in_
    texts = tuple(option for option in options if isinstance(option, str))
    return texts if len(texts) == len(options) else ()


class ProfileTests(Generic[For]):
    """What many tests are for. `passed` is quick when few of them can pass."""

    def __init__(self, tests: Sequence[Tested[For]]) -> None:
        names = sorted({test.needs for test, _ in tests if test.needs})
        self._anyway = [one for one in tests if not one[0].needs]
        self._needing = [(name, *_by_value([one for one in tests if one[0].needs == name])) for name in names]

    def passed(self, profile: Profile) -> list[For]:
        """What the tests that the profile passes are for, in any order."""
        values, found = profile.values, self._anyway[:]
        for name, by_value, others in self._needing:
            value = values.get(name)
            if value is not None:
                found += by_value.get(value, others)
        return [one for test, one in found if test.passes(profile)]


def _by_value(tests: Sequence[Tested[For]]) -> tuple[dict[Value, list[Tested[For]]], list[Tested[For]]]:
    """Of tests that need the same attribute, those that may pass by its value, and for any other value."""
    options: set[Value] = {option for test, _ in tests for option in test.options}
    by_value = {value: [one for one in tests if not one[0].options or value in one[0].options] for value in options}
    return by_value, [one for one in tests if not one[0].options]
