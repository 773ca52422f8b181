"""When, in a person's touches and tiles, what a rule listens for happened."""

import pytest

from operators.occurrences import (
    Combo,
    Coverage,
    EveryTouch,
    LastActivity,
    NthPerson,
    NthTouch,
    Occurrence,
    Pattern,
    Return,
)
from operators.view import Seen
from state.ledger import Ledger
from state.touch import HASH_BITS, TILE_MS

HALF_HOUR = TILE_MS


def touch(at: int) -> int:
    return at << HASH_BITS | 7


def person(tiles: list[int] | None = None, is_contact: bool = True, **touches: list[int]) -> Seen:
    """Somebody with touches at these times (ms), and active in these tiles, or else in the touches' own."""
    held = {signal: [touch(at) for at in times] for signal, times in touches.items()}
    own = sorted({at // TILE_MS for times in touches.values() for at in times})
    ledger = Ledger(held, own if tiles is None else tiles)
    return Seen([ledger], [is_contact], {signal: [known] for signal, known in held.items()}, 0)


def all_of(people: list[Seen]) -> Seen:
    """Several at once."""
    touches: dict[str, list[list[int]]] = {}
    for one in people:
        for signal, known in one.touches.items():
            touches.setdefault(signal, []).extend(known)
    return Seen([one.ledgers[0] for one in people], [one.persons[0] for one in people], touches, 0)


def test_every_touch_of_the_signal_counts_up_to_the_limit() -> None:
    assert EveryTouch("a", 2).times(all_of([person(a=[1, 2, 3], b=[4]), person(b=[5]), person(a=[6])])) == [
        [2, 3],
        [6],
    ]


@pytest.mark.parametrize(
    ("tiles", "expected"),
    [
        ([10], []),
        ([10, 11, 12], []),
        ([10, 12], [12]),
        ([10, 13], [13]),
        ([10, 14], []),
        ([10, 11, 14, 16], [14, 16]),
        ([10, 12, 30, 32], [12, 32]),
    ],
)
def test_a_visit_returns_when_it_begins_within_the_time_after_the_last_ended(
    tiles: list[int], expected: list[int]
) -> None:
    times = Return(within=2 * HALF_HOUR, limit=9).times(person(tiles))
    assert ([[tile * TILE_MS for tile in expected]] if expected else []) == times


def test_a_gap_a_millisecond_longer_than_allowed_is_no_return() -> None:
    assert Return(within=2 * HALF_HOUR - 1, limit=9).times(person([10, 13])) == []


def test_the_most_recent_returns_count_up_to_the_limit() -> None:
    assert Return(within=HALF_HOUR, limit=2).times(person([1, 3, 5, 7])) == [[5 * TILE_MS, 7 * TILE_MS]]


def test_a_return_shows_the_touches_of_its_visit() -> None:
    times = [10 * TILE_MS, 12 * TILE_MS + 5, 13 * TILE_MS, 15 * TILE_MS]
    (found,) = Return(within=HALF_HOUR, limit=9).occurrences(person(a=times[:2], b=times[2:]))
    assert found == [
        Occurrence(12 * TILE_MS, (touch(times[1]), touch(times[2]))),
        Occurrence(15 * TILE_MS, (touch(times[3]),)),
    ]


def combo(distinct: int = 2, limit: int = 9, keep: int = 9) -> Combo:
    return Combo(dict.fromkeys("abc", keep), distinct, limit)


@pytest.mark.parametrize(
    ("somebody", "expected"),
    [
        (person(a=[5], b=[3]), [5]),
        (person(a=[5, 9], b=[3, 8]), [5]),
        (person(a=[5], b=[3], c=[4]), [4]),
        (person(a=[5], x=[3]), []),
        (person(a=[5], b=[TILE_MS + 3]), [TILE_MS + 3]),
        (person(a=[5], b=[2 * TILE_MS]), []),
        (person(a=[5], b=[2 * TILE_MS], x=[TILE_MS]), [2 * TILE_MS]),
        (person(a=[5, 3 * TILE_MS], b=[6, 3 * TILE_MS + 1]), [6, 3 * TILE_MS + 1]),
    ],
)
def test_a_combo_is_reached_with_the_kth_distinct_signal_of_a_visit(somebody: Seen, expected: list[int]) -> None:
    assert ([expected] if expected else []) == combo().times(somebody)


def test_a_combo_looks_at_no_more_touches_than_are_kept() -> None:
    somebody = person(a=[1, 3 * TILE_MS, 5 * TILE_MS], b=[2])
    assert [combo(keep=3).times(somebody), combo(keep=2).times(somebody)] == [[[2]], []]


def test_the_most_recent_combos_count_up_to_the_limit() -> None:
    visits = [0, 3 * TILE_MS, 6 * TILE_MS]
    assert combo(limit=2).times(person(a=visits, b=visits)) == [visits[1:]]


def test_touches_of_a_visit_no_longer_remembered_make_no_combo() -> None:
    assert combo().times(person([9], a=[1], b=[2])) == []


def test_a_combo_shows_the_first_touches_that_reached_it() -> None:
    (found,) = combo().occurrences(person(a=[5, 6], b=[3, 4], c=[9]))
    assert found == [Occurrence(5, (touch(3), touch(5)))]


def test_n_touches_lie_after_the_nth_most_recent_whoever_made_them() -> None:
    people = [person(a=[1, 8]), person(a=[5, 8]), person(b=[9])]
    assert [NthTouch("a", n).times(all_of(people)) for n in (1, 2, 3, 4)] == [[[8]], [[5]], [[1]], []]


def test_n_people_were_active_since_the_nth_last_touched_a_signal() -> None:
    people = [person(a=[1, 8]), person(b=[5]), person(x=[9]), person(a=[7], is_contact=False)]
    assert [NthPerson("ab", n).times(all_of(people)) for n in (1, 2, 3)] == [[[8]], [[5]], []]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([person(a=[5], b=[6]), person(a=[7])], [6]),
        ([person(a=[5], b=[3]), person(a=[7])], [3]),
        ([person(a=[5], b=[9]), person(a=[4])], [4]),
        ([person(a=[5], b=[6])], []),
        ([person(a=[5]), person(a=[6])], []),
        ([person(a=[5], b=[6]), person(a=[7], is_contact=False)], []),
        ([person(a=[5]), person(a=[6]), person(b=[7], is_contact=False)], []),
    ],
)
def test_coverage_lasts_since_both_the_signals_and_the_people_are_enough(
    people: list[Seen], expected: list[int]
) -> None:
    assert ([expected] if expected else []) == Coverage("ab", 2, 2).times(all_of(people))


def test_the_last_activity_is_that_of_whoever_was_active_last() -> None:
    assert [LastActivity().times(Seen([], [], {}, until)) for until in (9, 0)] == [[[9]], []]


@pytest.mark.parametrize(
    "pattern",
    [
        EveryTouch("a", 2),
        Return(3 * HALF_HOUR, 2),
        combo(),
        NthTouch("a", 2),
        NthPerson("ab", 2),
        Coverage("ab", 2, 2),
        LastActivity(),
    ],
)
def test_score_and_receipt_see_the_same_occurrences(pattern: Pattern) -> None:
    people = [person(a=[5, 3 * TILE_MS, 6 * TILE_MS], b=[6]), person(c=[1]), person(b=[4, 7], c=[9])]
    listed = [[one.at for one in found] for found in pattern.occurrences(all_of(people)) if found]
    assert listed == pattern.times(all_of(people))
