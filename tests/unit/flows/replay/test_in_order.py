"""A log in steps of event time, read no further than each step needs."""

from itertools import accumulate
from pathlib import Path

import pytest

from config.loading import load_model
from flows.replay import outline
from flows.replay.in_order import InOrder
from flows.replay.intake import Intake
from flows.replay.logs import logs_of
from flows.replay.outline import Log, Outline, Outlining
from flows.replay.plan import DAY_MS, Plan
from sources.log_error import LogChanged
from state.batch import Batch
from state.moment import iso
from tests.commands import SIMPLE
from tests.events import write_log
from tests.unit.flows.replay.days import on


def reading(folder: Path) -> InOrder:
    plan = Plan(log=folder, models=(SIMPLE,), latest=1 << 43)
    return InOrder([outline_of(log) for log in logs_of(plan)], Intake(load_model(SIMPLE), plan).decode, DAY_MS)


def again(first: list[Batch], second: list[Batch]) -> InOrder:
    """A log that is divided in another way when it is read again, or has become another."""
    ways = iter([first, second])
    intake = Intake(load_model(SIMPLE), Plan(log=Path(), models=(), latest=1 << 43))
    return InOrder([outline_of(Log("events", lambda: iter(next(ways))))], intake.decode, DAY_MS)


def divided(lines: list[bytes], *sizes: int) -> list[Batch]:
    ends = list(accumulate(sizes))
    return [Batch("events", end, lines[end - size : end], end - size) for end, size in zip(ends, sizes, strict=True)]


def outline_of(log: Log) -> Outline:
    outlining = Outlining(log)
    for _ in outlining.batches():
        pass
    return outlining.outline()


def steps(folder: Path) -> list[tuple[str, int]]:
    """(the day after, events) of each step."""
    return [(iso(end)[:10], len(events)) for end, events in reading(folder).steps()]


def test_events_come_day_by_day_however_they_lie(tmp_path: Path) -> None:
    days = [3, 1, 2, 1, 3, 5]
    write_log(tmp_path / "a.jsonl", [on(day, "docs_viewed", anonymousId="a1", n=day) for day in days])
    assert steps(tmp_path) == [("2025-06-02", 2), ("2025-06-03", 1), ("2025-06-04", 2), ("2025-06-06", 1)]


def test_logs_of_the_same_days_are_read_side_by_side(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_log(tmp_path / f"{name}.jsonl", [on(day, "docs_viewed", anonymousId=name) for day in (1, 2)])
    assert steps(tmp_path) == [("2025-06-02", 2), ("2025-06-03", 2)]


def test_a_log_in_order_is_not_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outline, "AT_ONCE", 1)
    write_log(tmp_path / "a.jsonl", [on(day, "docs_viewed", anonymousId="a1") for day in range(1, 9)])
    read = reading(tmp_path)
    held = [(read.counts.received, sum(map(len, read._early.values()))) for _ in read.steps()]
    assert held == [(count, 0) for count in range(1, 9)]


def test_a_line_without_a_readable_time_is_counted_and_holds_nothing_up(tmp_path: Path) -> None:
    write_log(tmp_path / "a.jsonl", [b"{", on(1, "docs_viewed", anonymousId="a1"), b'{"event": "x"}'])
    read = reading(tmp_path)
    assert [len(events) for _, events in read.steps()] == [1]
    assert (read.counts.received, read.counts.dead) == (3, 2)


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (4,), (1, 3), (3, 1), (2, 2)])
def test_batches_may_be_others_when_a_log_is_read_again(sizes: tuple[int, ...]) -> None:
    events = [on(day, "docs_viewed", anonymousId="a1") for day in (2, 1, 4, 3)]
    read = again(divided(events, 2, 2), divided(events, *sizes))
    assert [(iso(end)[:10], len(found)) for end, found in read.steps()] == [
        (f"2025-06-0{day}", 1) for day in (2, 3, 4, 5)
    ]  # fmt: skip


@pytest.mark.parametrize("left", [[0, 1, 2], [0, 1, 3], [1, 2, 3], [3], []])
def test_a_log_that_lost_lines_since_it_was_looked_through_stops_the_replay(left: list[int]) -> None:
    events = [on(day, "docs_viewed", anonymousId="a1") for day in (1, 2, 3, 4)]
    batches = [Batch("events", number + 1, [line], number) for number, line in enumerate(events)]
    read = again(batches, [batches[number] for number in left])
    with pytest.raises(LogChanged, match="events lost events while it was read"):
        list(read.steps())
