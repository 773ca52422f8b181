"""Link facts join in any order; of each target the first and the most recent times are kept, and that is a join too."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state import links as module
from state.links import Links, add_link, copy_links, join_links, links_between, may_matter, newest
from state.stored import canonical

TIMES = 3

touches = st.integers(1, 40)
said = st.lists(st.tuples(st.sampled_from(["", "e:ann@acme.com", "u:1"]), touches), max_size=25)


@pytest.fixture(autouse=True, scope="module")
def few_times() -> Iterable[None]:
    """So that short histories overflow what is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "KEEP_TIMES", TIMES)
        yield


def of(facts: Iterable[tuple[str, int]]) -> Links:
    links: Links = {}
    for target, touch in facts:
        add_link(links, target, touch)
    return links


def joined(*parts: Links) -> Links:
    whole: Links = {}
    for part in parts:
        join_links(whole, part)
    return whole


def by_definition(facts: Iterable[tuple[str, int]]) -> Links:
    facts = list(facts)
    times = {target: sorted({touch for to, touch in facts if to == target}) for target, _ in facts}
    return {target: sorted({all_[0], *all_[-TIMES:]}) for target, all_ in times.items()}


@given(said)
def test_links_are_the_first_and_the_most_recent_of_each_target(facts: list[tuple[str, int]]) -> None:
    assert canonical(by_definition(facts)) == canonical(of(facts))


@given(said.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts + facts[:9]))))
def test_any_order_and_any_duplicates_give_the_same_bytes(
    both: tuple[list[tuple[str, int]], list[tuple[str, int]]],
) -> None:
    assert canonical(of(both[0])) == canonical(of(both[1]))


@given(st.lists(said, max_size=5))
def test_any_batches_joined_give_the_same_bytes(batches: list[list[tuple[str, int]]]) -> None:
    assert canonical(of(fact for batch in batches for fact in batch)) == canonical(joined(*map(of, batches)))


@given(said, said)
def test_joining_is_commutative(one: list[tuple[str, int]], other: list[tuple[str, int]]) -> None:
    assert canonical(joined(of(one), of(other))) == canonical(joined(of(other), of(one)))


@given(said, said, said)
def test_joining_is_associative(
    one: list[tuple[str, int]], two: list[tuple[str, int]], three: list[tuple[str, int]]
) -> None:
    left = joined(joined(of(one), of(two)), of(three))
    assert canonical(left) == canonical(joined(of(one), joined(of(two), of(three))))


@given(said)
def test_joining_is_idempotent(facts: list[tuple[str, int]]) -> None:
    assert canonical(joined(of(facts), of(facts))) == canonical(of(facts))


@given(said, said)
def test_a_join_says_whether_it_changed_anything(one: list[tuple[str, int]], other: list[tuple[str, int]]) -> None:
    links = of(one)
    before = canonical(links)
    assert join_links(links, of(other)) == (canonical(links) != before)


@given(st.lists(touches, max_size=9), touches)
def test_adding_says_whether_it_changed_anything(times: list[int], touch: int) -> None:
    links = of(("u:1", one) for one in times)
    before = canonical(links)
    assert add_link(links, "u:1", touch) == (canonical(links) != before)


@given(said, said)
def test_joining_and_copying_leave_the_other_alone(one: list[tuple[str, int]], other: list[tuple[str, int]]) -> None:
    read = of(other)
    for whole in (joined(of(one), read), copy_links(read)):
        for target in whole:
            add_link(whole, target, 99)
    assert canonical(read) == canonical(of(other))


@given(said, touches, touches)
def test_a_part_has_the_links_of_its_time(facts: list[tuple[str, int]], start: int, end: int) -> None:
    late = [(target, touch << 20 | 5) for target, touch in facts]
    expected = by_definition(late)
    inside = {to: [touch for touch in all_ if start <= touch >> 20 < end] for to, all_ in expected.items()}
    assert links_between(of(late), start, end) == {to: part for to, part in inside.items() if part}


@given(said)
def test_the_newest_link_is_the_last_and_of_equals_the_larger_target(facts: list[tuple[str, int]]) -> None:
    expected = max(((touch, target) for target, touch in facts), default=(0, None))[1]
    assert newest(of(facts)) == expected


@given(said)
def test_the_last_link_of_any_target_may_matter_when_there_are_several(facts: list[tuple[str, int]]) -> None:
    links = of(facts)
    several = len(links) > 1
    assert all(may_matter(links, target, touch) for target, touch in facts) or not several


@given(st.lists(touches, min_size=1))
def test_of_a_single_target_only_the_first_link_may_matter(times: list[int]) -> None:
    links = of(("u:1", touch) for touch in times)
    assert {touch for touch in times if may_matter(links, "u:1", touch)} == {min(times)}
