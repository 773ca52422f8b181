"""When an account moves to another band its people are told, whatever happens in between."""

import pytest

from flows.delivery import KINDS, Delivery, outbox_depth
from flows.reading import Reading
from state.memory import MemoryStore
from state.store import Kind
from tests.events import event
from tests.unit.flows.conftest import Happen, Remembering, Wall
from tests.unit.flows.test_delivery import ANN, BOB, step, view


class CutOff(Exception):
    """Stands for a process that is killed."""


def cut_off(*_: object) -> None:
    raise CutOff


@pytest.fixture
def sink() -> Remembering:
    return Remembering()


@pytest.fixture
def account_waits(happen: Happen, store: MemoryStore, reading: Reading, sink: Remembering) -> Delivery:
    """Ann and Bob have been told all; their account has moved up a band since, and waits."""
    delivery = Delivery(store, reading, [sink], Wall())
    happen(*(view(email, minute) for email in (ANN, BOB) for minute in range(2)))  # the account is at 20: medium
    step(delivery)
    happen(*(event("docs_viewed", f"09:0{minute}:00", email=BOB) for minute in range(5)))
    step(delivery)
    sink.told.clear()
    return delivery


def test_when_an_account_moves_to_another_band_its_people_are_told(account_waits: Delivery, sink: Remembering) -> None:
    step(account_waits, "account")
    sink.told.clear()
    step(account_waits)
    assert sink.told == [(ANN, 20.0)]  # its own score is what it was; the account's is not


@pytest.mark.parametrize(("before", "waiting"), [("settle", {"contact": 2, "account": 1}), ("mark", {"account": 1})])
def test_cut_off_in_between_nobody_is_forgotten(
    account_waits: Delivery, store: MemoryStore, monkeypatch: pytest.MonkeyPatch, before: str, waiting: dict[Kind, int]
) -> None:
    monkeypatch.setattr(store, before, cut_off)
    with pytest.raises(CutOff):
        step(account_waits, "account")
    assert {kind: depth for kind in KINDS if (depth := store.depth(kind))} == waiting


def test_the_outbox_is_never_seen_empty_while_people_of_a_settled_account_wait(
    account_waits: Delivery, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth = store.depth

    def depth_and_delivery(kind: Kind) -> int:
        """What a reader sees beside whom the account is delivered, as soon as it has counted one kind."""
        seen = depth(kind)
        step(account_waits, "account")
        return seen

    monkeypatch.setattr(store, "depth", depth_and_delivery)
    assert outbox_depth(store) > 0
