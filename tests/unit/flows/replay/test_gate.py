"""`--fail-if`: one comparison over named figures, and nothing else that Python can do."""

import re
from pathlib import Path

import pytest

from flows.exits import Problem
from flows.replay.figures import FIGURES
from flows.replay.gate import read_gate

FIGURES_NOW = {"auc": 0.6, "high_per_day": 41.0, "writes_per_day": 0.0}
BASELINE = {"auc": 0.62, "high_per_day": 20.0}


def broken(text: str) -> str:
    return read_gate(text).broken(FIGURES_NOW, BASELINE)


@pytest.mark.parametrize(
    "text",
    [
        "high_per_day > 40",
        "auc < baseline - 0.01",
        "auc < baseline.auc - 0.01",
        "high_per_day >= 2 * baseline.high_per_day",
        "(auc + 1) / 2 <= 0.8",
        "-auc < -0.5",
        "auc != 0.5",
        "40 < high_per_day",
    ],
)
def test_a_condition_that_is_met_breaks_the_gate(text: str) -> None:
    assert broken(text).startswith(f"{text}: ")


@pytest.mark.parametrize("text", ["high_per_day > 41", "auc < baseline - 0.03", "auc == 0.5"])
def test_a_condition_that_is_not_met_lets_it_pass(text: str) -> None:
    assert broken(text) == ""


def test_the_reason_tells_every_figure_that_was_used() -> None:
    assert broken("auc < baseline - 0.01") == "auc < baseline - 0.01: auc is 0.6, baseline.auc is 0.62"


@pytest.mark.parametrize(
    "text",
    ["", "auc", "auc <", "1 < 2", "auc < high_per_day < 3", "auc < baseline + baseline.high_per_day", "auc in auc"],
)
def test_what_is_no_comparison_of_figures_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="Write for example"):
        read_gate(text)


@pytest.mark.parametrize(
    "text", ["auc < __import__('os').getpid()", "auc < auc.real", "auc < [1][0]", "auc < 'a'", "auc < 2 ** 99 ** 99"]
)
def test_nothing_but_arithmetic_is_worked_out(text: str) -> None:
    with pytest.raises(Problem):
        read_gate(text)


def test_an_unknown_name_is_answered_with_all_names() -> None:
    with pytest.raises(Problem, match=f"no figure hihg_per_day.*Figures: {', '.join(FIGURES)}"):
        read_gate("hihg_per_day > 40")


def test_a_figure_that_a_report_does_not_have_is_no_pass() -> None:
    with pytest.raises(Problem, match="this report has no speed_days; it has auc, high_per_day"):
        broken("speed_days > 40")


def test_a_baseline_needs_a_current_model() -> None:
    with pytest.raises(Problem, match="--against"):
        read_gate("auc < baseline").broken(FIGURES_NOW, {})


def test_dividing_by_a_figure_that_is_nothing_is_no_pass() -> None:
    with pytest.raises(Problem, match="divides by"):
        broken("auc / writes_per_day > 1")


def test_the_documentation_names_every_figure() -> None:
    told = Path(__file__).parents[4].joinpath("docs", "REPLAY.md").read_text(encoding="utf-8")
    assert [name for name, words in FIGURES.items() if f"| `{name}` | {words} |" not in told] == []


def test_the_example_job_asks_for_figures_that_there_are() -> None:
    job = Path(__file__).parents[4].joinpath("docs", "replay-gate.yml").read_text(encoding="utf-8")
    assert [read_gate(text).text for text in re.findall('--fail-if "(.*)"', job)] == [
        "high_per_rep > 8", "auc < baseline - 0.01", "switch_minutes > 60",
    ]  # fmt: skip
