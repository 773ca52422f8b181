"""What counts as a success."""

import json
from pathlib import Path

import pytest

from benchmarks.report import PROMISES, Row, failures, save, verdict

GOOD = {"flow": Row("flow", 100_000.0, {"share_of_decode": 0.08, "times_plain": 31.0})}


def test_a_run_that_keeps_its_promises_has_no_failures() -> None:
    assert failures(GOOD, slack=1.0) == []


def test_a_row_without_a_result_is_a_failure() -> None:
    rows = GOOD | {"memory": Row("memory", failed="no command")}
    assert failures(rows, slack=1.0) == ["memory: no command"]


def test_a_ratio_below_its_bound_is_a_failure() -> None:
    rows = {"flow": Row("flow", 1.0, {"times_plain": 14.0})}
    assert failures(rows, slack=1.0) == ["times_plain: 14, must be ≥ 15 x (b)"]


def test_slack_forgives_noise_and_no_more() -> None:
    kept, broken = (failures({"flow": Row("", 1.0, {"times_plain": value})}, 0.7) for value in (10.6, 10.4))
    assert (kept, len(broken)) == ([], 1)


def test_slack_does_not_forgive_memory() -> None:
    found = failures({"memory": Row("", figures={"bytes_per_visitor": 401.0})}, slack=0.7)
    assert found == ["bytes_per_visitor: 401, must be ≤ 400 B"]


def test_a_promise_that_is_not_judged_does_not_fail_the_run() -> None:
    rows = {"flow": Row("flow", 1.0, {"rss_growth": 3.0})}
    assert failures(rows, slack=1.0, judged=["times_plain"]) == []


@pytest.mark.parametrize(("value", "expected"), [(31, "goal reached"), (20, "passed"), (14, "FAILED")])
def test_the_verdict_names_the_better_bound_that_holds(value: float, expected: str) -> None:
    assert verdict(PROMISES["times_plain"], value) == expected


@pytest.mark.parametrize(("value", "expected"), [(900, "goal reached"), (1_001, "FAILED")])
def test_less_memory_is_better(value: float, expected: str) -> None:
    assert verdict(PROMISES["bytes_per_contact"], value) == expected


def test_the_file_holds_the_rate_and_all_figures_by_name(tmp_path: Path) -> None:
    save(GOOD, tmp_path / "build" / "bench.json")
    expected = {"flow": {"label": "flow", "events_per_s": 100_000.0, "share_of_decode": 0.08, "times_plain": 31.0}}
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == expected
