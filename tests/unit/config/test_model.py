"""The model's types: spans, patterns, and what a rule looks at."""

from pathlib import Path

import pytest

from config.loading import load_model, standard_model_path
from config.model import Combo, Condition, Coverage, Fit, Model, Pattern, People, Points, Returned, Signal, Span
from tests.unit.config.small_model import SMALL


@pytest.fixture
def small(tmp_path: Path) -> Model:
    (tmp_path / "model.toml").write_text(SMALL)
    return load_model(tmp_path / "model.toml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90s", 90_000), ("30m", 1_800_000), ("12h", 43_200_000), ("14d", 1_209_600_000), ("2w", 1_209_600_000)],
)
def test_a_span_is_a_number_and_a_unit(text: str, expected: int) -> None:
    assert Span.parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", "d", "0d", "-1d", "1.5d", "14", "14 d", "14D", "1y", "²d", "٣d", "3651d", "9" * 30 + "d"]
)
def test_anything_else_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="a span is a whole number and a unit"):
        Span.parse(text)


@pytest.mark.parametrize("text", ["90s", "45m", "36h", "14d"])
def test_a_span_prints_as_it_is_written(text: str) -> None:
    assert str(Span.parse(text)) == text


def test_a_signal_listens_for_the_event_of_its_own_name() -> None:
    assert Signal(words="w").patterns("docs_viewed") == (Pattern(event="docs_viewed"),)


def test_a_signal_listens_for_whatever_else_it_names() -> None:
    docs = Condition(path="properties.pathname", prefix="/docs")
    signal = Signal(words="w", event="docs", also=(Pattern(event="page_viewed", where=(docs,)),))
    assert signal.patterns("docs_viewed") == (Pattern(event="docs"), Pattern(event="page_viewed", where=(docs,)))


def test_a_combo_that_names_no_signals_looks_at_all_of_high_intent(small: Model) -> None:
    assert small.signals_of(Combo(name="r", points=1, distinct=1)) == ("pricing_viewed",)


def test_a_people_rule_that_names_no_signals_looks_at_all_of_high_intent(small: Model) -> None:
    assert small.signals_of(People(name="r", points=1, at_least=2)) == ("pricing_viewed",)


def test_a_rule_that_names_signals_looks_at_those(small: Model) -> None:
    assert small.signals_of(Coverage(name="r", points=1, people=1, signals=("docs_viewed",))) == ("docs_viewed",)


def test_points_count_in_the_rule_s_group_first() -> None:
    model = load_model(standard_model_path())
    assert model.group_of(Points(name="r", points=1, signal="docs_viewed", group="product")) == "product"


def test_points_count_in_the_signal_s_group_else() -> None:
    model = load_model(standard_model_path())
    assert model.group_of(Points(name="r", points=1, signal="docs_viewed")) == "depth"


def test_points_for_no_signal_count_as_evaluation(small: Model) -> None:
    assert small.group_of(Returned(name="r", points=1, within=Span.parse("7d"))) == "evaluation"


def test_fit_is_its_own_group(small: Model) -> None:
    assert small.group_of(Fit(name="r", points=1, where=())) == "fit"
