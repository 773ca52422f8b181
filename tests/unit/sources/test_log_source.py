"""The log as Bytewax asks for it: batches, and positions that are noted when they are proven."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from sources.log_error import LogChanged
from sources.log_source import Item, LogPartition, LogSource
from sources.logs import Logs
from sources.ticks import Ticks
from state.batch import Batch, BundleEnd
from state.parcel import Parcel


class Given:
    """Logs that give what a test says; None is nothing right now."""

    def __init__(self, *batches: Batch | None, follow: bool = False) -> None:
        self._left = list(batches)
        self._follow = follow
        self.closed = False

    @property
    def at_end(self) -> bool:
        return not self._follow and not self._left

    def read(self) -> Batch | None:
        return self._left.pop(0) if self._left else None

    def close(self) -> None:
        self.closed = True


class Told:
    """Remembers what the source told it."""

    def __init__(self) -> None:
        self.proven: list[dict[str, int]] = []
        self.stop = False
        self.at_work_times = 0
        self.failures: list[Exception] = []

    def prove(self, positions: dict[str, int]) -> None:
        self.proven.append(dict(positions))

    def at_work(self) -> None:
        self.at_work_times += 1

    def stopping(self) -> bool:
        return self.stop

    def failed(self, error: Exception) -> None:
        self.failures.append(error)


def batch(partition: str, position: int) -> Batch:
    return Batch(partition, position, [b"{}"], position - 3)


class Beats:
    """Ticks that come when a test says."""

    def __init__(self, *ticks: int) -> None:
        self._left = list(ticks)

    def due(self) -> list[Parcel]:
        return [Parcel("contact", shard, []) for shard in range(self._left.pop(0))] if self._left else []


def partition(
    told: Told, events: Given, written: Given | None = None, ticks: Sequence[int] = (), bundle: int = 1
) -> LogPartition:
    beats = cast("Ticks", Beats(*ticks))
    return LogPartition(cast("Logs", events), cast("Logs | None", written), beats, told, bundle)


@pytest.fixture
def told() -> Told:
    return Told()


def given(source: LogPartition, times: int) -> Sequence[str]:
    """What the source gives, but for the ends of bundles."""
    return [name for name in given_in_bundles(source, times) if name != "end"]


def given_in_bundles(source: LogPartition, times: int) -> Sequence[str]:
    return [_name(item) for _ in range(times) for item in source.next_batch()]


def _name(item: Item) -> str:
    if isinstance(item, BundleEnd):
        return "end"
    return item.partition if isinstance(item, Batch) else f"tick {item.shard}"


def test_nothing_is_proven_before_an_epoch_has_closed(told: Told) -> None:
    given(partition(told, Given(batch("a", 3), batch("a", 6))), 2)
    assert told.proven == []


def test_the_batch_after_a_snapshot_proves_what_was_given_before_it(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), batch("b", 9), batch("a", 6)))
    given(source, 2)
    source.snapshot()
    given(source, 1)
    assert told.proven == [{"a": 3, "b": 9}]


def test_while_an_epoch_goes_on_it_says_that_it_is_at_work(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), batch("a", 6), batch("a", 9)))
    given(source, 2)
    source.snapshot()
    given(source, 1)  # which proves, and that is sign enough
    assert told.at_work_times == 2


def test_an_epoch_is_proven_once(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), batch("a", 6), batch("a", 9)))
    given(source, 1)
    source.snapshot()
    given(source, 2)
    assert told.proven == [{"a": 3}]


def test_a_source_that_has_nothing_new_still_proves(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), None, None, follow=True))
    given(source, 1)
    source.snapshot()
    given(source, 1)
    assert told.proven == [{"a": 3}]


def test_what_came_back_comes_first_and_under_a_name_of_its_own(told: Told) -> None:
    source = partition(told, Given(batch("a", 3)), Given(batch("a", 3), follow=True))
    assert given(source, 2) == ["@a", "a"]


def test_a_finished_log_ends(told: Told) -> None:
    source = partition(told, Given(batch("a", 3)))
    given(source, 1)
    with pytest.raises(StopIteration):
        source.next_batch()


def test_a_log_that_is_followed_does_not_end(told: Told) -> None:
    assert given(partition(told, Given(follow=True)), 3) == []


def test_ticks_come_before_what_was_read(told: Told) -> None:
    assert given(partition(told, Given(batch("a", 3)), ticks=[2]), 1) == ["tick 0", "tick 1", "a"]


def test_ticks_come_also_where_nothing_is_read(told: Told) -> None:
    assert given(partition(told, Given(follow=True), ticks=[0, 1]), 3) == ["tick 0"]


def test_a_log_with_nothing_to_read_ends_after_a_tick(told: Told) -> None:
    source = partition(told, Given(), ticks=[1])
    assert given(source, 1) == ["tick 0"]
    with pytest.raises(StopIteration):
        source.next_batch()


def test_told_to_stop_it_gives_nothing_more(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), batch("a", 6)))
    given(source, 1)
    told.stop = True
    with pytest.raises(StopIteration):
        source.next_batch()
    assert source.positions == {"a": 3}


def test_told_to_stop_it_proves_what_was_sealed_first(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), follow=True))
    given(source, 1)
    source.snapshot()
    told.stop = True
    with pytest.raises(StopIteration):
        source.next_batch()
    assert told.proven == [{"a": 3}]


def test_after_a_batch_it_wants_to_be_asked_at_once_and_else_soon(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), follow=True))
    given(source, 1)
    busy = source.next_awake()
    given(source, 1)
    assert (busy, source.next_awake() is None) == (None, False)


def test_closing_closes_the_logs(told: Told, tmp_path: Path) -> None:
    events, written = Given(), Given()
    partition(told, events, written).close()
    assert (events.closed, written.closed) == (True, True)


def test_a_bundle_ends_with_its_last_batch(told: Told) -> None:
    source = partition(told, Given(*(batch("a", 3 * number) for number in range(1, 6)), follow=True), bundle=2)
    assert given_in_bundles(source, 4) == ["a", "a", "end", "a", "a", "end"]


@pytest.mark.parametrize("follow", [True, False])
def test_a_bundle_ends_where_nothing_more_is_there(told: Told, *, follow: bool) -> None:
    source = partition(told, Given(batch("a", 3), None, follow=follow), bundle=2)
    assert given_in_bundles(source, 2) == ["a", "end"]


def test_told_to_stop_it_ends_its_bundle(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), batch("a", 6)), bundle=2)
    given(source, 1)
    told.stop = True
    assert (given_in_bundles(source, 1), source.positions) == (["end"], {"a": 3})


def test_what_comes_back_goes_on_at_once_and_does_not_end_a_bundle(told: Told) -> None:
    source = partition(told, Given(batch("a", 3), batch("a", 6)), Given(None, batch("f", 3), None), bundle=2)
    assert given_in_bundles(source, 3) == ["a", "@f", "a", "end"]


def test_no_position_inside_of_a_bundle_is_proven(told: Told) -> None:
    source = partition(told, Given(*(batch("a", at) for at in (3, 6, 9, 12))), bundle=2)
    for _ in range(4):
        given(source, 1)
        source.snapshot()
    with pytest.raises(StopIteration):
        given(source, 1)
    assert told.proven == [{}, {"a": 6}, {"a": 6}, {"a": 12}]


def test_a_source_has_its_workers_partition(told: Told) -> None:
    mine = partition(told, Given())
    source = LogSource(3, lambda: mine, told)
    assert (source.list_parts(), source.build_part("log", "3", None)) == (["3"], mine)


def test_what_a_log_raises_is_told_before_it_is_raised(told: Told) -> None:
    trouble = LogChanged("the log was cut")

    class Broken(Given):
        def read(self) -> Batch | None:
            raise trouble

    with pytest.raises(LogChanged):
        partition(told, Broken()).next_batch()
    assert told.failures == [trouble]


def test_the_end_of_a_log_is_no_failure(told: Told) -> None:
    with pytest.raises(StopIteration):
        partition(told, Given()).next_batch()
    assert told.failures == []
