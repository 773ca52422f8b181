"""Delivery that goes by another time than the flow did: who was told what the flow does not see stays marked."""

import pytest

from flows.delivery import AGAIN_MS, Delivery
from state.memory import MemoryStore
from tests.unit.flows.conftest import NOON, Happen, Remembering, Wall
from tests.unit.flows.test_delivery import ANN, BOB, step, view

HOUR_MS = 3_600_000
ALONE = "ann@gmail.com"
"""Somebody without a company."""


@pytest.fixture
def wall() -> Wall:
    """Five hours behind the flow, before anything happened."""
    wall = Wall()
    wall.now = NOON - 5 * HOUR_MS
    return wall


def test_who_was_told_something_else_than_the_flow_saw_still_waits(
    happen: Happen, delivery: Delivery, store: MemoryStore
) -> None:
    happen(view(ANN))
    step(delivery)
    assert store.depth("contact") == 1


def test_it_is_left_alone_for_a_while(happen: Happen, delivery: Delivery, wall: Wall) -> None:
    happen(view(ANN))
    step(delivery)
    wall.now += AGAIN_MS - 1
    assert delivery.claim("contact") == []


def test_it_is_told_what_the_flow_saw_as_soon_as_that_is_so(
    happen: Happen, delivery: Delivery, sink: Remembering, store: MemoryStore, wall: Wall
) -> None:
    happen(view(ANN))
    step(delivery)
    wall.now = NOON
    step(delivery)
    assert (sink.told, store.depth("contact")) == ([(ANN, 0.0), (ANN, 10.0)], 0)


def test_nothing_is_left_to_do_when_all_were_told(happen: Happen, delivery: Delivery) -> None:
    happen(view(ALONE))
    step(delivery)
    assert (delivery.depth(), delivery.is_done) == (1, True)


def test_there_is_while_somebody_was_told_nothing(happen: Happen, delivery: Delivery) -> None:
    happen(view(ALONE))
    step(delivery)
    happen(view(BOB))
    assert not delivery.is_done


def test_there_is_when_the_flow_has_seen_something_else_meanwhile(happen: Happen, delivery: Delivery) -> None:
    happen(view(ALONE))
    step(delivery)
    happen(view(ALONE, 1))
    assert (delivery.depth(), delivery.is_done) == (1, False)
