"""A log in steps of event time, read no further than each step needs."""

from pathlib import Path

import pytest

from config.loading import load_model
from flows.replay import outline
from flows.replay.in_order import InOrder
from flows.replay.outline import outline_of
from flows.replay.plan import DAY_MS
from operators.decode import Decoder
from sources.jsonl_files import find_logs
from state.moment import iso
from tests.commands import SIMPLE
from tests.events import write_log
from tests.unit.flows.replay.days import on

FAR = 1 << 43


def reading(folder: Path) -> InOrder:
    outlines = [outline_of(log) for log in find_logs(folder)]
    return InOrder(outlines, Decoder(load_model(SIMPLE)), FAR, DAY_MS)


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
