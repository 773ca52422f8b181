"""How many wait, looked at now and then."""

import time

import pytest

from flows.metrics.catalogue import WAITING
from flows.metrics.outbox import LOOK_S, Depths
from operators.urgency import Urgency, outbox_score
from state.memory import MemoryStore
from state.store import Commit


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def waits(store: MemoryStore, id_: str, urgency: Urgency) -> None:
    store.commit(Commit("contact", 0, {id_: b"record"}, {}, {id_: outbox_score(urgency, 1)}))


def told(depths: Depths) -> dict[tuple[str, ...], float]:
    """Those who wait."""
    return {
        sample.labels: sample.value for sample in depths.samples() if isinstance(sample.value, int) and sample.value
    }


def test_depths_are_told_by_kind_and_priority(clock: list[float]) -> None:
    store = MemoryStore(1)
    waits(store, "c:1", Urgency.BAND_UP)
    waits(store, "c:2", Urgency.DRIFTED)
    waits(store, "c:3", Urgency.DRIFTED)
    assert told(Depths(store)) == {("contact", "band_up"): 1, ("contact", "drifted"): 2}


def test_those_that_nobody_waits_in_are_told_too(clock: list[float]) -> None:
    assert WAITING.of(0, "account", "band_down") in Depths(MemoryStore(1)).samples()


def test_it_looks_again_after_a_while_only(clock: list[float]) -> None:
    store = MemoryStore(1)
    depths = Depths(store)
    depths.samples()
    waits(store, "c:1", Urgency.BAND_UP)
    before = told(depths)
    clock[0] += LOOK_S
    assert (before, told(depths)) == ({}, {("contact", "band_up"): 1})
