"""Conditions: tests on the values of an event or a profile, compiled to one predicate.

A path finds a key of just that name first, then walks into what lies under its first segment. A missing value and
null are the same: unlike every value (`ne` holds) and no operand (`eq`, `in`, comparisons and texts fail). Types
are never mixed: `"5"` is not 5, `true` is not 1, and a comparison across types is false, not an error.
"""

from collections.abc import Callable, Mapping
from math import nan

import msgspec

from config.model import Condition, Scalar

Values = Mapping[str, object]
Predicate = Callable[[Values], bool]
Test = Callable[[object], bool]


def compile_conditions(where: tuple[Condition, ...]) -> Predicate:
    """A predicate that holds when all conditions do; never raises, whatever the values are.

    >>> big = compile_conditions((Condition(path="company.size", gte=200),))
    >>> big({"company.size": 250}), big({"company": {"size": 250}}), big({"company": "250"}), big({})
    (True, True, False, False)
    """
    checks = tuple((_finder(condition.path), test) for condition in where for test in _tests(condition))
    if len(checks) == 1:
        [(only_find, only_test)] = checks
        return lambda values: only_test(only_find(values))

    def holds(values: Values) -> bool:
        for find, test in checks:  # noqa: SIM110  a generator would cost more than most of the tests
            if not test(find(values)):
                return False
        return True

    return holds


def _finder(path: str) -> Callable[[Values], object]:
    head, dot, rest = path.partition(".")
    if not dot:
        return lambda values: values.get(path)
    inner = _finder(rest)

    def find(values: Values) -> object:
        if path in values:
            return values[path]
        below = values.get(head)
        return inner(below) if isinstance(below, dict) else None

    return find


def _tests(condition: Condition) -> list[Test]:
    wanted = {name: getattr(condition, name) for name in TESTS}
    absent = {name: msgspec.UNSET if name in ("eq", "ne") else None for name in TESTS}
    return [TESTS[name](want) for name, want in wanted.items() if want is not absent[name]]


def _equal(want: Scalar) -> Test:
    if isinstance(want, str):
        return lambda value: value == want
    return lambda value: _same(value, want)


def _unequal(want: Scalar) -> Test:
    return lambda value: not _same(value, want)


def _one_of(options: tuple[Scalar, ...]) -> Test:
    if all(isinstance(want, str) for want in options):
        return lambda value: value in options
    return lambda value: any(_same(value, want) for want in options)


def _same(value: object, want: Scalar) -> bool:
    return value == want and isinstance(value, bool) == isinstance(want, bool)


def _number(value: object) -> float:
    """The value as an operand of a comparison; what is no number compares false with everything."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else nan


def _contains(part: str) -> Test:
    """A text that has this part, or a list that has this element."""
    return lambda value: isinstance(value, str | list) and part in value


def _prefix(start: str) -> Test:
    return lambda value: isinstance(value, str) and value.startswith(start)


def _exists(wanted: bool) -> Test:
    return lambda value: (value is not None) == wanted


def _above(least: float) -> Test:
    return lambda value: _number(value) > least


def _at_least(least: float) -> Test:
    return lambda value: _number(value) >= least


def _below(most: float) -> Test:
    return lambda value: _number(value) < most


def _at_most(most: float) -> Test:
    return lambda value: _number(value) <= most


TESTS: dict[str, Callable[..., Test]] = {
    "eq": _equal,
    "ne": _unequal,
    "in_": _one_of,
    "gt": _above,
    "gte": _at_least,
    "lt": _below,
    "lte": _at_most,
    "contains": _contains,
    "prefix": _prefix,
    "exists": _exists,
}
