"""A sink's last calls of a day go to changes of band; all else waits."""

import pytest

from flows.delivery import Delivery
from flows.reading import Reading
from state.memory import MemoryStore
from tests.unit.flows.conftest import Happen, Remembering, Wall
from tests.unit.flows.test_delivery import ANN, BOB, step, view


class Frugal(Remembering):
    """A sink that has few calls left."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: dict[str, int] = {}
        self.quota_left: dict[str, int] = {}
        self.is_reserved = True


@pytest.fixture
def sink() -> Frugal:
    return Frugal()


@pytest.fixture
def delivery(store: MemoryStore, reading: Reading, sink: Frugal) -> Delivery:
    return Delivery(store, reading, [sink], Wall())


def test_the_last_calls_of_a_day_are_for_changes_of_band(
    happen: Happen, store: MemoryStore, delivery: Delivery, sink: Frugal
) -> None:
    happen(view(ANN))
    happen(view(BOB), view(BOB, 1))  # up a band
    step(delivery)
    assert (sink.told, store.depth("contact"), delivery.holds_back) == ([(BOB, 20.0)], 1, True)


def test_what_was_held_back_goes_when_the_day_is_over(
    happen: Happen, store: MemoryStore, delivery: Delivery, sink: Frugal
) -> None:
    happen(view(ANN))
    step(delivery)
    sink.is_reserved = False
    step(delivery)
    assert (sink.told, store.depth("contact"), delivery.holds_back) == ([(ANN, 10.0)], 0, False)


def test_that_contacts_are_held_back_is_told_whatever_companies_do(happen: Happen, delivery: Delivery) -> None:
    happen(view("ann@gmail.com"))  # of no company
    assert ([step(delivery, "contact"), step(delivery, "account")], delivery.holds_back) == ([0, 0], True)
