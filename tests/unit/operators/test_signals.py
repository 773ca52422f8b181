"""Which signals an event touches, by what came before it."""

import msgspec
import pytest

from config.model import About, Band, Condition, Model, Scorecard, Signal
from operators.signals import REMEMBERED, Listeners

CARD = Scorecard(rules=(), bands=(Band(name="low"),))
ODD: list[object] = [1, True, 1.0, "1", 0, False, None, [1], {"a": 1}, 2**70, "1", 1]


def ask(*values: object) -> list[tuple[str, ...]]:
    """What one listener answers to one property's values, one after the other."""
    where = Condition(path="properties.step", eq=1)
    signals = {"first_step": Signal(words="began", event="step", where=(where,)), "step": Signal(words="went on")}
    listeners = Listeners(
        Model(model=About(name="small", version="1", note="for tests"), signals=signals, contact=CARD, account=CARD)
    )
    read = msgspec.json.Decoder(listeners.properties).decode
    listener = listeners.by_event["step"]
    return [listener.signals(read(msgspec.json.encode({"step": value})), b"") for value in values]


@pytest.mark.parametrize("value", ODD)
def test_what_was_asked_before_makes_no_difference(value: object) -> None:
    assert ask(*ODD, value)[-1] == ask(value)[0]


def test_of_all_that_looks_like_one_only_one_is_it() -> None:
    assert [len(found) for found in ask(*ODD)] == [2, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2]


def test_more_values_than_are_remembered_are_answered_too() -> None:
    assert ask(*range(REMEMBERED + 2), 1)[-1] == ("first_step", "step")
