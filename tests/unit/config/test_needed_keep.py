"""How many touches a model needs to remember of each signal."""

from pathlib import Path

import pytest

from config.checking import need, needed_keep
from config.loading import load_model
from config.model import Combo, Exclusion, Frequency, Inactivity, Points, Span
from tests.unit.config.small_model import SMALL, rule, spoilt


def keep(folder: Path, text: str) -> dict[str, int]:
    (folder / "model.toml").write_text(text)
    return needed_keep(load_model(folder / "model.toml"))


def test_a_signal_s_own_keep_counts(tmp_path: Path) -> None:
    assert keep(tmp_path, SMALL)["pricing_viewed"] == 10


def test_a_signal_without_one_keeps_20(tmp_path: Path) -> None:
    assert keep(tmp_path, SMALL)["docs_viewed"] == 20


def test_a_rule_that_looks_further_back_keeps_more(tmp_path: Path) -> None:
    assert keep(tmp_path, spoilt("at_least = 3", "at_least = 30"))["docs_viewed"] == 30


def test_the_rule_that_needs_most_decides(tmp_path: Path) -> None:
    text = rule("account", 'name = "docs"\ntype = "points"\nsignal = "docs_viewed"\npoints = 1\nlimit = 40')
    assert keep(tmp_path, text.replace("at_least = 3", "at_least = 30"))["docs_viewed"] == 40


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Points(name="r", signal="s", points=10, limit=30), 30),
        (Points(name="r", signal="s", points=10, limit=30, cap=20), 30),
        (Points(name="r", signal="s", points=2, cap=50), 25),
        (Points(name="r", signal="s", points=-2, cap=51), 26),
        (Points(name="r", signal="s", points=10), 1),
        (Points(name="r", signal="s", points=10, window=Span.parse("30d")), 1),
        (Points(name="r", signal="s", points=5e-324, cap=1e14), 1001),
        (Frequency(name="r", signal="s", points=10, at_least=25, window=Span.parse("7d")), 25),
        (Combo(name="r", points=10, distinct=2, limit=4), 4),
        (Combo(name="r", points=10, distinct=2), 1),
        (Exclusion(name="r", signal="s"), 1),
        (Inactivity(name="r", points=-10, after=Span.parse("7d")), 0),
    ],
)
def test_a_rule_needs_the_touches_that_it_can_count(
    rule: Points | Frequency | Combo | Exclusion | Inactivity, expected: int
) -> None:
    assert need(rule) == expected
