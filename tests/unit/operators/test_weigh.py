"""What may vary between weightings, and how subjects and weightings are taken in parts."""

import msgspec
import numpy as np
import pytest

from config.model import Condition, Fit, Model, Points, Scorecard, Span
from flows.weighing import on_all_cores
from operators import features, weigh
from operators.features import layers_of
from operators.weigh import Weigher
from state.subject import Facts, Subject
from tests.property.score_worlds import KEEP, model_of

HOUR = 3_600_000
NOW = 1_780_000_000_000
PRICING = Points(name="pricing", signal="pricing", points=10, half_life=Span(HOUR), limit=2)
FIT = Fit(name="fit", points=5, where=(Condition(path="plan", eq="pro"),))
CARD = Scorecard(rules=(PRICING, FIT), bands=())


def model() -> Model:
    return model_of(CARD, apart=False)


def subject(number: int) -> Subject:
    """Somebody who viewed pricing so many times, an hour apart, and has a plan if that was odd."""
    facts = Facts()
    for view in range(number):
        facts.ledger.record(NOW - view * HOUR << 20 | view, ("pricing",), KEEP)
    if number % 2:
        facts.traits["plan"] = (NOW, "pro")
    return Subject(f"e:{number}@acme.com", {"u:1": facts})


def weigher(people: int = 5) -> Weigher:
    return Weigher(model(), CARD, KEEP, [(subject(number), NOW) for number in range(people)])


def cards(count: int) -> list[Scorecard]:
    """Weightings that all have a half-life of their own."""
    rules = [msgspec.structs.replace(PRICING, half_life=Span(HOUR * (1 + number))) for number in range(count)]
    return [msgspec.structs.replace(CARD, rules=(rule, FIT)) for rule in rules]


def test_a_weighting_is_a_column_and_a_subject_a_row() -> None:
    more = msgspec.structs.replace(PRICING, points=20)
    found = weigher(3).scores([CARD, msgspec.structs.replace(CARD, rules=(more, FIT))])
    assert found.tolist() == [[0, 0], [15, 25], [15, 30]]


def test_many_subjects_and_weightings_are_weighed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = weigher().scores(cards(5))
    monkeypatch.setattr(features, "BLOCK", 2)
    monkeypatch.setattr(weigh, "AT_ONCE", 2)
    monkeypatch.setattr(weigh, "IN_WORK", 1)
    assert np.array_equal(whole, weigher().scores(cards(5)))


def test_all_cores_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "BLOCK", 1)
    with on_all_cores() as each:
        assert np.array_equal(weigher().scores(cards(3)), weigher().scores(cards(3), each))


def test_points_past_what_four_bytes_hold_are_as_exact() -> None:
    many = msgspec.structs.replace(CARD, max=1e9, rules=(msgspec.structs.replace(PRICING, points=16_777_217), FIT))
    assert weigher(2).scores([many, CARD]).tolist() == [[0, 0], [16_777_222, 15]]


@pytest.mark.parametrize(
    "rules",
    [
        (PRICING,),
        (msgspec.structs.replace(PRICING, signal="docs"), FIT),
        (PRICING, msgspec.structs.replace(FIT, where=(Condition(path="plan", eq="free"),))),
        (FIT, PRICING),
    ],
)
def test_what_a_rule_listens_for_is_no_matter_of_weight(rules: tuple[Points | Fit, ...]) -> None:
    with pytest.raises(ValueError, match="rule"):
        weigher().scores([msgspec.structs.replace(CARD, rules=rules)])


def test_amounts_are_whole_occurrences_after_decay_and_limit() -> None:
    assert weigher(4).amounts(CARD).tolist() == [[0, 0], [1, 1], [1.5, 0], [1.5, 1]]


def test_sums_lose_nothing() -> None:
    values = np.array([0.1] * 10 + [1e16, 1.0, -1e16])
    assert layers_of(np.array([10, 3])).sums(values).tolist() == [1.0, 1.0]
