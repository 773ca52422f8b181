"""Models that share a fold score as they would alone."""

import msgspec

from config.loading import load_model
from config.model import Model, Signal
from flows.replay.joint import Heard, joint
from tests.commands import SIMPLE

MODEL = load_model(SIMPLE)


def with_pricing(signal: Signal) -> Model:
    return msgspec.structs.replace(MODEL, signals={**MODEL.signals, "pricing_viewed": signal})


def test_a_signal_that_two_models_define_alike_is_listened_for_once() -> None:
    assert list(joint([MODEL, MODEL]).listening.signals) == list(MODEL.signals)


def test_a_signal_that_means_something_else_gets_another_name() -> None:
    other = with_pricing(Signal(words="asked for a price", event="price_asked"))
    assert list(joint([MODEL, other]).listening.signals) == [*MODEL.signals, "pricing_viewed~"]


def test_the_ledgers_keep_what_the_model_keeps_that_needs_most() -> None:
    other = with_pricing(Signal(words="viewed pricing", intent="high", keep=90))
    assert joint([MODEL, other]).keep["pricing_viewed"] == 90


def test_rules_on_signals_that_nobody_listened_for_are_named() -> None:
    heard = {name: one for name, one in joint([MODEL]).heard.items() if name != "docs_viewed"}
    assert joint([MODEL], heard).unheard[0][0] == "contact rule docs: nobody listened for docs_viewed"


def test_rules_that_need_more_touches_than_were_kept_are_named() -> None:
    heard = dict(joint([MODEL]).heard)
    heard["pricing_viewed"] = Heard(heard["pricing_viewed"].patterns, 5)
    assert joint([MODEL], heard).unheard[0] == (
        "contact rule pricing: only 5 touches of pricing_viewed are kept, it needs 20",
        "account rule pricing: only 5 touches of pricing_viewed are kept, it needs 20",
    )


def test_ledgers_that_listened_for_all_of_a_model_have_nothing_to_excuse() -> None:
    assert joint([MODEL], joint([MODEL]).heard).unheard == ((),)
