"""Traits are a last-writer-wins map of bounded size, and a join: order, batches and duplicates leave no trace."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state import traits as module
from state.stored import canonical
from state.traits import Traits, Value, join_traits, set_trait, traits_between

KEPT = 3

Said = tuple[str, int, Value]

values = st.one_of(
    st.sampled_from([None, True, False, 0, 1, -1, 0.0, -0.0, 1.0, "", "1", "True"]),
    st.text(max_size=3),
    st.floats(allow_nan=False),
    st.integers(-(2**63), 2**63 - 1),
)
said = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 6), values), max_size=14)


@pytest.fixture(autouse=True, scope="module")
def few_traits() -> Iterable[None]:
    """So that short histories overflow what is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "KEEP_TRAITS", KEPT)
        yield


def of(facts: Iterable[Said]) -> Traits:
    traits: Traits = {}
    for name, at, value in facts:
        set_trait(traits, name, at, value)
    return traits


def joined(*parts: Traits) -> Traits:
    whole: Traits = {}
    for part in parts:
        join_traits(whole, part)
    return whole


def by_definition(facts: Iterable[Said]) -> Traits:
    """Of each name the last; of those the latest; never mind what came when."""
    latest: dict[str, tuple[int, str, str, Value]] = {}
    for name, at, value in facts:
        latest[name] = max(latest.get(name, (0, "", "", None)), (at, type(value).__name__, repr(value), value))
    newest = sorted(latest, key=lambda name: (latest[name][0], name))[-KEPT:]
    return {name: (latest[name][0], latest[name][3]) for name in newest}


@given(said)
def test_traits_are_the_latest_of_the_last_values(facts: list[Said]) -> None:
    assert canonical(by_definition(facts)) == canonical(of(facts))


@given(said.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts + facts[:5]))))
def test_any_order_and_any_duplicates_give_the_same_bytes(both: tuple[list[Said], list[Said]]) -> None:
    assert canonical(of(both[0])) == canonical(of(both[1]))


@given(st.lists(said, max_size=5))
def test_any_batches_joined_give_the_same_bytes(batches: list[list[Said]]) -> None:
    assert canonical(of(fact for batch in batches for fact in batch)) == canonical(joined(*map(of, batches)))


@given(said, said)
def test_joining_is_commutative(one: list[Said], other: list[Said]) -> None:
    assert canonical(joined(of(one), of(other))) == canonical(joined(of(other), of(one)))


@given(said, said, said)
def test_joining_is_associative(one: list[Said], two: list[Said], three: list[Said]) -> None:
    left = joined(joined(of(one), of(two)), of(three))
    assert canonical(left) == canonical(joined(of(one), joined(of(two), of(three))))


@given(said)
def test_joining_is_idempotent(facts: list[Said]) -> None:
    assert canonical(joined(of(facts), of(facts))) == canonical(of(facts))


@given(said, said)
def test_a_join_says_whether_it_changed_anything(one: list[Said], other: list[Said]) -> None:
    traits = of(one)
    before = canonical(traits)
    assert join_traits(traits, of(other)) == (canonical(traits) != before)


@given(said, st.tuples(st.sampled_from("abcdef"), st.integers(1, 6), values))
def test_setting_says_whether_it_changed_anything(facts: list[Said], fact: Said) -> None:
    traits = of(facts)
    before = canonical(traits)
    assert set_trait(traits, *fact) == (canonical(traits) != before)


@given(said, st.integers(1, 6), st.integers(1, 6))
def test_a_part_has_the_traits_of_its_time(facts: list[Said], start: int, end: int) -> None:
    expected = {name: known for name, known in of(facts).items() if start <= known[0] < end}
    assert canonical(traits_between(of(facts), start, end)) == canonical(expected)
