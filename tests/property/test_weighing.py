"""Weighing many weightings at once says what `evaluate` says of each."""

from typing import Any

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from config.model import AnyRule, Exclusion, Fit, Inactivity, Scorecard
from operators.evaluate import Scoring, evaluate
from operators.weigh import Weigher
from tests.property.score_worlds import KEEP, World, amounts, bounds, limits, maybe_span, model_of, nows, spans, worlds

decays = st.sampled_from(["half_life", "linear", "cliff"]).flatmap(lambda key: spans.map(lambda span: {key: span}))


def weights(rule: AnyRule, apart: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Other values for what of a rule may vary."""
    if isinstance(rule, Fit):
        return st.fixed_dictionaries({"points": amounts})
    if isinstance(rule, Inactivity):
        return st.fixed_dictionaries({"points": amounts, "after": spans})
    none = {"half_life": None, "linear": None, "cliff": None}
    values = {
        "points": amounts,
        "cap": bounds,
        "limit": limits,
        "window": maybe_span if hasattr(rule, "limit") else spans,
    }
    shares = {"share": bounds} if apart else {}
    return st.tuples(st.fixed_dictionaries(values | shares), decays | st.just({})).map(
        lambda two: none | two[0] | two[1]
    )


@st.composite
def weightings(draw: st.DrawFn, card: Scorecard, apart: bool) -> Scorecard:
    """The same rules, weighed otherwise."""
    rules = [
        rule if isinstance(rule, Exclusion) else msgspec.structs.replace(rule, **draw(weights(rule, apart)))
        for rule in card.rules
    ]
    caps = draw(st.sampled_from([{"evaluation": 7.0}, {}, {"urgency": 3.0, "fit": 4.5}]))
    least, most = draw(st.sampled_from([(0.0, 100.0), (-15.0, 20.0)]))
    return msgspec.structs.replace(card, rules=tuple(rules), caps=caps, min=least, max=most)


@given(st.data(), worlds(), st.lists(nows, min_size=1, max_size=3))
def test_each_weighting_scores_as_its_model_does(data: st.DataObject, world: World, moments: list[int]) -> None:
    cards = [world.card, *data.draw(st.lists(weightings(world.card, world.apart), min_size=1, max_size=3))]
    subject = world.subject()
    weigher = Weigher(world.model, world.card, KEEP, [(subject, now) for now in moments])
    models = [model_of(card, world.apart) for card in cards]
    expected = [[evaluate(Scoring(model, KEEP), subject, now).total for model in models] for now in moments]
    assert np.abs(np.array(expected) - weigher.scores(cards)).max() < 1e-9
