"""A ledger is the same whatever order, batches and duplicates its events came in; its parts are what they say."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state import ledger as ledgers
from state.ledger import Keep, Ledger
from state.stored import canonical
from state.touch import TILE_MS

KEEP = Keep(pricing=3, docs=1)
TILES = 4

START = 988_889 * TILE_MS
times = st.integers(START, START + 12 * TILE_MS) | st.sampled_from([START + n * TILE_MS for n in range(12)])


class Seen(NamedTuple):
    """An event, as a ledger sees it."""

    touch: int
    signals: tuple[str, ...]


events = st.builds(
    Seen,
    st.builds(lambda at, number: at << 20 | number, times, st.integers(0, 2)),
    st.lists(st.sampled_from(["pricing", "docs", "video"]), max_size=3, unique=True).map(tuple),
)
histories = st.lists(events, max_size=12)
spans = st.lists(times, min_size=2, max_size=2, unique=True).map(sorted)


@pytest.fixture(autouse=True, scope="module")
def few_tiles() -> Iterable[None]:
    """So that short histories overflow what is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledgers, "KEEP_TILES", TILES)
        yield


def of(history: Iterable[Seen]) -> Ledger:
    ledger = Ledger()
    for event in history:
        ledger.record(event.touch, event.signals, KEEP)
    return ledger


def joined(*parts: Ledger) -> Ledger:
    whole = Ledger()
    for part in parts:
        whole.join(part, KEEP)
    return whole


def by_definition(history: Iterable[Seen]) -> Ledger:
    """The most recent of everything, from the whole list."""
    history = list(history)
    signals = {signal for event in history for signal in event.signals}
    return Ledger(
        {
            signal: sorted({event.touch for event in history if signal in event.signals})[-KEEP[signal] :]
            for signal in signals
        },
        sorted({(event.touch >> 20) // TILE_MS for event in history})[-TILES:],
        max((event.touch >> 20 for event in history), default=0),
    )


@given(histories)
def test_a_ledger_is_the_most_recent_of_everything(history: list[Seen]) -> None:
    assert canonical(by_definition(history)) == canonical(of(history))


@given(histories.flatmap(lambda history: st.tuples(st.just(history), st.permutations(history + history[:4]))))
def test_any_order_and_any_duplicates_give_the_same_bytes(both: tuple[list[Seen], list[Seen]]) -> None:
    history, shuffled = both
    assert canonical(of(history)) == canonical(of(shuffled))


@given(st.lists(histories, max_size=5))
def test_any_batches_joined_give_the_same_bytes(batches: list[list[Seen]]) -> None:
    whole = of(event for batch in batches for event in batch)
    assert canonical(whole) == canonical(joined(*map(of, batches)))


@given(histories)
def test_events_are_recorded_together_as_one_by_one(history: list[Seen]) -> None:
    ledger = Ledger()
    assert (ledger.record_all(history, KEEP), canonical(ledger)) == (bool(history), canonical(of(history)))


@given(histories, histories)
def test_joining_is_commutative(one: list[Seen], other: list[Seen]) -> None:
    assert canonical(joined(of(one), of(other))) == canonical(joined(of(other), of(one)))


@given(histories, histories, histories)
def test_joining_is_associative(one: list[Seen], two: list[Seen], three: list[Seen]) -> None:
    left = joined(joined(of(one), of(two)), of(three))
    assert canonical(left) == canonical(joined(of(one), joined(of(two), of(three))))


@given(histories)
def test_joining_is_idempotent(history: list[Seen]) -> None:
    assert canonical(joined(of(history), of(history))) == canonical(of(history))


@given(histories, histories)
def test_a_join_says_whether_it_changed_anything(one: list[Seen], other: list[Seen]) -> None:
    ledger = of(one)
    before = canonical(ledger)
    assert ledger.join(of(other), KEEP) == (canonical(ledger) != before)


@given(histories, events)
def test_recording_says_whether_it_changed_anything(history: list[Seen], event: Seen) -> None:
    ledger = of(history)
    before = canonical(ledger)
    assert ledger.record(event.touch, event.signals, KEEP) == (canonical(ledger) != before)


@given(histories, histories)
def test_joining_leaves_the_other_alone(one: list[Seen], other: list[Seen]) -> None:
    ledger, read = of(one), of(other)
    ledger.join(read, KEEP)
    ledger.record((START + 13 * TILE_MS) << 20, ("pricing", "docs", "video"), KEEP)
    assert canonical(read) == canonical(of(other))


@given(histories, spans)
def test_a_part_has_the_touches_of_its_time(history: list[Seen], span: list[int]) -> None:
    start, end = span
    expected = {
        signal: inside
        for signal, touches in of(history).touches.items()
        if (inside := [touch for touch in touches if start <= touch >> 20 < end])
    }
    assert expected == of(history).between(start, end).touches


@given(histories, spans)
def test_a_part_has_the_tiles_that_its_time_meets(history: list[Seen], span: list[int]) -> None:
    whole, (start, end) = of(history), span
    upto = min(end, whole.last_at + 1)
    expected = [tile for tile in whole.tiles if max(start, tile * TILE_MS) < min(upto, (tile + 1) * TILE_MS)]
    assert expected == whole.between(start, end).tiles


@given(histories, spans)
def test_a_part_ends_with_the_latest_that_it_can_know_of(history: list[Seen], span: list[int]) -> None:
    whole, (start, end) = of(history), span
    part = whole.between(start, end)
    told = [touch >> 20 for touches in part.touches.values() for touch in touches]
    told += [min((tile + 1) * TILE_MS - 1, end - 1) for tile in part.tiles]
    exact = start <= whole.last_at < end
    assert part.last_at == (whole.last_at if exact else max(told, default=0))


@given(histories, spans)
def test_a_part_never_ends_outside_its_time(history: list[Seen], span: list[int]) -> None:
    start, end = span
    part = of(history).between(start, end)
    assert not part or start <= part.last_at < end


@given(histories, st.lists(times, max_size=4))
def test_parts_joined_are_the_whole(history: list[Seen], cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 1 << 44]
    parts = [of(history).between(start, end) for start, end in pairwise(edges)]
    assert canonical(joined(*parts)) == canonical(of(history))


@given(histories, spans)
def test_a_part_of_a_part_is_the_part_of_both_times(history: list[Seen], span: list[int]) -> None:
    start, end = span
    whole = of(history)
    assert whole.between(0, end).between(start, end).touches == whole.between(start, end).touches


@given(histories)
def test_a_copy_is_independent(history: list[Seen]) -> None:
    ledger = of(history)
    ledger.copy().record((START + 13 * TILE_MS) << 20, ("pricing", "docs", "video"), KEEP)
    assert canonical(ledger) == canonical(of(history))


@given(histories)
def test_a_ledger_without_events_is_empty_and_no_other(history: list[Seen]) -> None:
    assert bool(of(history)) == bool(history)
