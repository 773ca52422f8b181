"""The plain way scores as people write it first: a sum that cools."""

from pathlib import Path

import pytest

from benchmarks.baselines import PlainScore, cooled_and_added, decode_rate
from benchmarks.native import NativeEvent

DAY_MS = 86_400_000


def event(name: str, at: int) -> NativeEvent:
    return NativeEvent(event=name, timestamp=at)


def test_the_first_event_is_worth_its_points() -> None:
    assert cooled_and_added(None, event("pricing_viewed", 5)) == PlainScore(10.0, 5)


def test_what_was_there_cools_before_the_event_is_added() -> None:
    after = cooled_and_added(PlainScore(8.0, 0), event("pricing_viewed", 28 * DAY_MS))
    assert after == PlainScore(12.0, 28 * DAY_MS)


def test_a_late_event_does_not_turn_the_clock_back() -> None:
    after = cooled_and_added(PlainScore(10.0, DAY_MS), event("page_viewed", 0))
    assert after == PlainScore(11.0, DAY_MS)


def test_a_line_that_does_not_decode_stops_the_baseline(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b'{"event": 1}\n')
    with pytest.raises(ValueError, match="Expected `str`"):
        decode_rate(log, NativeEvent)
