"""A flow that did not do its work is told apart from one that did."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks import score_flow
from benchmarks.score_flow import FlowFailed, FlowRun, check_counts, score
from benchmarks.server import Server

COUNTS = '{"received": 4, "used": 3, "ignored": 1, "dead": 0, "seconds": 2.0}'


@pytest.fixture
def nowhere(tmp_path: Path) -> Server:
    return Server("unix:///nowhere", tmp_path, os.getpid())


def stand_in(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(score_flow, "LEADSTREAM", (sys.executable, "-c", program))


def test_the_rate_is_what_was_received_by_the_flows_own_time() -> None:
    assert FlowRun(received=4, used=3, ignored=1, dead=0, seconds=2.0).events_per_s == 2.0


def test_the_last_line_of_a_run_is_what_it_counted(
    monkeypatch: pytest.MonkeyPatch, nowhere: Server, tmp_path: Path
) -> None:
    stand_in(monkeypatch, f"print('starting'); print('{COUNTS}')")
    assert score(tmp_path / "log.jsonl", nowhere, tmp_path).used == 3


def test_the_peak_memory_is_the_process_s(monkeypatch: pytest.MonkeyPatch, nowhere: Server, tmp_path: Path) -> None:
    stand_in(monkeypatch, f"b'x' * 400_000_000; print('{COUNTS}')")
    assert 400_000_000 < score(tmp_path / "log.jsonl", nowhere, tmp_path).peak_rss_bytes < 800_000_000


def test_the_benchmarks_own_memory_is_not_the_flows(
    monkeypatch: pytest.MonkeyPatch, nowhere: Server, tmp_path: Path
) -> None:
    stand_in(monkeypatch, f"print('{COUNTS}')")
    ballast = b"x" * 300_000_000
    assert score(tmp_path / "log.jsonl", nowhere, tmp_path).peak_rss_bytes < len(ballast) / 3


def test_a_failing_flow_is_reported_with_the_last_line_it_said(
    monkeypatch: pytest.MonkeyPatch, nowhere: Server, tmp_path: Path
) -> None:
    stand_in(monkeypatch, "import sys; print('starting', file=sys.stderr); sys.exit('no such log')")
    with pytest.raises(FlowFailed, match=r"^flow failed: no such log$"):
        score(tmp_path / "log.jsonl", nowhere, tmp_path)


def test_a_flow_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch, nowhere: Server, tmp_path: Path) -> None:
    stand_in(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(score_flow, "TIMEOUT_S", 0.2)
    with pytest.raises(FlowFailed, match="did not end within"):
        score(tmp_path / "log.jsonl", nowhere, tmp_path)


def test_a_flow_that_says_something_else_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, nowhere: Server, tmp_path: Path
) -> None:
    stand_in(monkeypatch, "print('done')")
    with pytest.raises(FlowFailed, match="its last line is not what it counted"):
        score(tmp_path / "log.jsonl", nowhere, tmp_path)


@pytest.mark.parametrize(
    "run",
    [
        FlowRun(received=3, used=3, ignored=0, dead=0, seconds=1.0),
        FlowRun(received=4, used=3, ignored=0, dead=0, seconds=1.0),
        FlowRun(received=4, used=3, ignored=0, dead=1, seconds=1.0),
        FlowRun(received=4, used=0, ignored=4, dead=0, seconds=1.0),
    ],
    ids=["not all received", "one unaccounted for", "a dead letter", "nothing used"],
)
def test_a_flow_that_left_events_out_is_a_failure(run: FlowRun) -> None:
    with pytest.raises(FlowFailed):
        check_counts(run, events=4)
