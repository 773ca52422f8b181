"""What delivery counts, for those who watch it."""

import pytest

from flows.delivery import Delivery
from flows.reading import Reading
from operators.urgency import Urgency
from state.memory import MemoryStore
from state.record import Later, Outcome, Refused, Written
from tests.unit.flows.conftest import NOON, Happen, Remembering, Wall
from tests.unit.flows.test_delivery import ANN, BOB, step, view

MINUTE = 60_000


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def crm() -> Remembering:
    return Remembering("crm")


@pytest.fixture
def delivery(store: MemoryStore, reading: Reading, crm: Remembering, wall: Wall) -> Delivery:
    return Delivery(store, reading, [crm, Remembering("file")], wall)


def test_every_sink_and_outcome_is_counted_from_the_start(delivery: Delivery) -> None:
    outcomes = ("written", "refused", "skipped", "later", "unchanged")
    assert dict(delivery.tally) == {(sink, outcome): 0 for sink in ("crm", "file") for outcome in outcomes}


@pytest.mark.parametrize(
    ("answer", "outcome"), [(Written(), "written"), (Refused("no"), "refused"), (Later(1.0, "busy"), "later")]
)
def test_records_are_counted_by_sink_and_outcome(
    happen: Happen, delivery: Delivery, crm: Remembering, answer: Outcome, outcome: str
) -> None:
    happen(view(ANN), view(BOB))
    crm.answers[ANN] = answer
    step(delivery)
    assert (delivery.tally["crm", outcome], delivery.tally["file", "written"]) == (2 if outcome == "written" else 1, 2)


def test_the_age_of_the_latest_event_is_counted_when_a_sink_has_taken_it(
    happen: Happen, delivery: Delivery, crm: Remembering, wall: Wall
) -> None:
    happen(view(ANN))
    crm.answers[ANN] = Later(1.0, "busy")
    wall.now = NOON + MINUTE
    step(delivery)
    age = delivery.to_crm[Urgency.DRIFTED]
    assert (sum(age.counts), age.total) == (1, 4 * 3600 + 60.0)


def test_in_a_time_lapse_ages_say_nothing(happen: Happen, delivery: Delivery, store: MemoryStore) -> None:
    happen(view(ANN))
    store.advance_clock(NOON)
    step(delivery)
    assert [sum(age.counts) for age in delivery.to_crm.values()] == [0, 0, 0, 0]
