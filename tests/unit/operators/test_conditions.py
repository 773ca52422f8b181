"""Conditions on events and profiles."""

import json

import pytest

from config.model import Condition
from operators.conditions import compile_conditions


def holds(values: dict[str, object], **operators: object) -> bool:
    return compile_conditions((Condition(path="plan", **operators),))(values)  # type: ignore[arg-type]  # one of many


@pytest.mark.parametrize(
    ("operators", "value", "expected"),
    [
        ({"eq": "pro"}, "pro", True),
        ({"eq": "pro"}, "Pro", False),
        ({"eq": 5}, 5.0, True),
        ({"ne": "pro"}, "free", True),
        ({"ne": "pro"}, "pro", False),
        ({"in_": ("a", "b")}, "b", True),
        ({"in_": ("a", "b")}, "ab", False),
        ({"in_": (1, "b")}, 1, True),
        ({"gt": 5}, 5, False),
        ({"gt": 5}, 5.1, True),
        ({"gte": 5}, 5, True),
        ({"lt": 5}, 5, False),
        ({"lt": 5}, 4, True),
        ({"lte": 5}, 5, True),
        ({"gte": 1, "lte": 5}, 6, False),
        ({"contains": "ric"}, "pricing", True),
        ({"contains": "pro"}, ["free", "pro"], True),
        ({"prefix": "/pri"}, "/pricing", True),
        ({"prefix": "/pri"}, "x/pricing", False),
        ({"exists": True}, 0, True),
        ({"exists": False}, 0, False),
    ],
)
def test_an_operator_holds_or_not(operators: dict[str, object], value: object, expected: bool) -> None:
    assert expected == holds({"plan": value}, **operators)


@pytest.mark.parametrize(
    ("operators", "expected"),
    [
        ({"exists": False}, True),
        ({"exists": True}, False),
        ({"eq": "pro"}, False),
        ({"ne": "pro"}, True),
        ({"in_": ("pro",)}, False),
        ({"gt": 0}, False),
        ({"lte": 0}, False),
        ({"contains": "p"}, False),
        ({"prefix": "p"}, False),
    ],
)
@pytest.mark.parametrize("values", [{}, {"plan": None}])
def test_a_missing_value_and_null_are_the_same(
    values: dict[str, object], operators: dict[str, object], expected: bool
) -> None:
    assert expected == holds(values, **operators)


ODD = ["5", "", True, False, [], ["5"], {}, {"plan": 5}, float("nan"), float("inf"), 10**400, -1, 0]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["eq", "ne", "in_", "gt", "gte", "lt", "lte", "contains", "prefix", "exists"])
def test_no_type_of_value_raises(name: str, value: object) -> None:
    wanted: dict[str, object] = {"in_": ("x", 5), "contains": "x", "prefix": "x", "exists": True}
    assert holds({"plan": value}, **{name: wanted.get(name, 5)}) in (True, False)


@pytest.mark.parametrize(
    ("operators", "value"),
    [
        ({"gt": 4}, "5"),
        ({"gt": 0}, True),
        ({"eq": 1}, True),
        ({"eq": True}, 1),
        ({"in_": (1, 2)}, True),
        ({"eq": "5"}, 5),
        ({"gte": 0}, float("nan")),
    ],
)
def test_types_are_never_mixed(operators: dict[str, object], value: object) -> None:
    assert holds({"plan": value}, **operators) is False


@pytest.mark.parametrize(
    "values",
    [
        {"company": {"size": {"now": 5}}},
        {"company.size.now": 5},
        {"company": {"size.now": 5}},
        {"company": "acme", "company.size.now": 5},
    ],
)
def test_a_path_names_a_key_as_a_whole_or_walks_to_it(values: dict[str, object]) -> None:
    assert compile_conditions((Condition(path="company.size.now", eq=5),))(values) is True


@pytest.mark.parametrize("values", [{"company": "acme"}, {"company": [5]}, {"company": {"size": 5}}, {}])
def test_a_path_that_leads_nowhere_finds_nothing(values: dict[str, object]) -> None:
    assert compile_conditions((Condition(path="company.size.now", exists=True),))(values) is False


def test_all_conditions_must_hold() -> None:
    both = compile_conditions((Condition(path="a", eq=1), Condition(path="b", gt=1)))
    assert [both({"a": 1, "b": 2}), both({"a": 1, "b": 1}), both({"a": 2, "b": 2})] == [True, False, False]


def test_no_conditions_always_hold() -> None:
    assert compile_conditions(())({}) is True


def test_a_thousand_levels_are_no_deeper_than_the_path() -> None:
    deep = json.loads('{"a":' * 900 + "1" + "}" * 900)
    assert compile_conditions((Condition(path="a.a.b", exists=True),))(deep) is False
