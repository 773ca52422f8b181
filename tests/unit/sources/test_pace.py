"""The time-lapse: lines come when the log's own time has reached them."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.jsonl import Reader
from sources.pace import DAY_MS, Pace, PacedReader, event_time, first_time

START = 1_781_251_200_000  # 2026-06-12T08:00:00Z
DAY_A_SECOND = Pace(speed=86_400, start_wall_ms=5000, start_log_ms=START)


def line(day: float) -> bytes:
    return b'{"event": "a", "timestamp": %d}' % (START + day * DAY_MS)


@pytest.fixture
def paced(log: Path, open_log: Callable[..., Reader]) -> Callable[[list[bytes]], PacedReader]:
    def over(lines: list[bytes]) -> PacedReader:
        log.write_bytes(b"\n".join(lines))
        return PacedReader(open_log(log), DAY_A_SECOND)

    return over


def read(reader: PacedReader, wall_ms: int) -> list[bytes]:
    batch = reader.read(wall_ms)
    return batch.lines if batch else []


def test_log_time_passes_at_the_speed_asked_for() -> None:
    assert DAY_A_SECOND.log_time(8000) == START + 3 * DAY_MS


def test_log_time_stands_at_its_start_when_the_pace_begins() -> None:
    assert DAY_A_SECOND.log_time(5000) == START


@pytest.mark.parametrize(("wall_ms", "due"), [(5999, False), (6000, True)])
def test_an_event_is_due_when_log_time_reaches_it(wall_ms: int, due: bool) -> None:
    assert DAY_A_SECOND.due(START + DAY_MS, wall_ms) == due


@pytest.mark.parametrize(("days", "due"), [(366, False), (367, True)])
def test_an_event_from_a_broken_clock_is_not_waited_for(days: int, due: bool) -> None:
    assert DAY_A_SECOND.due(START + days * DAY_MS, 5000) == due


def test_a_reader_gives_the_lines_before_the_first_that_is_not_due(
    paced: Callable[[list[bytes]], PacedReader],
) -> None:
    reader = paced([line(0), line(1), line(3), line(2)])
    assert [read(reader, 5000 + 1000 * day) for day in range(4)] == [
        [line(0)],
        [line(1)],
        [],
        [line(3), line(2)],
    ]


def test_the_position_of_what_was_given_is_where_the_rest_begins(
    paced: Callable[[list[bytes]], PacedReader],
) -> None:
    batch = paced([line(0), line(1)]).read(5000)
    assert batch is not None
    assert batch.position == len(line(0)) + 1


def test_a_reader_is_at_its_end_when_its_last_line_was_due(
    paced: Callable[[list[bytes]], PacedReader],
) -> None:
    reader = paced([line(0), line(1)])
    ends = []
    for day in range(2):
        reader.read(5000 + 1000 * day)
        ends.append(reader.at_end)
    assert ends == [False, True]


def test_a_line_without_a_readable_time_is_not_held_back(
    paced: Callable[[list[bytes]], PacedReader],
) -> None:
    lines = [b"", b"nonsense", b'{"timestamp": "soon"}', b'{"timestamp": null}', b"\xff", b'{"a":' * 5000]
    assert read(paced(lines), 5000) == lines


@pytest.mark.parametrize(
    "timestamp",
    [
        b'"2026-06-12T08:00:00Z"',
        b'"2026-06-12T10:00:00+02:00"',
        b'"2026-06-12 08:00"',
        b"1781251200",
        b"1781251200.0",
        b"1781251200000",
    ],
)
def test_a_time_may_be_iso_or_epoch(timestamp: bytes) -> None:
    assert event_time(b'{"properties": {"timestamp": 5}, "timestamp": %s}' % timestamp) == START


def test_a_time_without_a_zone_is_utc_wherever_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        at = event_time(b'{"timestamp": "2026-06-12T08:00:00"}')
    time.tzset()
    assert at == START


def test_the_first_time_is_that_of_the_first_line_that_has_one() -> None:
    assert first_time([b"", b"{}", line(2), line(1)]) == START + 2 * DAY_MS


def test_lines_without_times_have_no_first_time() -> None:
    assert first_time([b"", b"{}"]) is None
