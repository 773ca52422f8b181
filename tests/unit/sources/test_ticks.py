"""The heartbeat that wakes the stages that wait for time to pass."""

import pytest

from sources import ticks as module
from sources.ticks import EVERY_MS, Ticks
from state.parcel import Parcel


class Time:
    now = 1_000_000


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(module, "wall_clock", lambda: time.now)
    return time


def woken(parcels: list[Parcel]) -> list[tuple[str, int]]:
    return [(parcel.stage, parcel.shard) for parcel in parcels]


def test_a_tick_wakes_every_shard_of_the_stages_with_timers() -> None:
    assert woken(Ticks(2).due()) == [("contact", 0), ("contact", 1), ("account", 0), ("account", 1)]


def test_a_tick_says_nothing() -> None:
    assert [parcel.messages for parcel in Ticks(2).due()] == [[], [], [], []]


@pytest.mark.parametrize(("passed", "parcels"), [(EVERY_MS - 1, 0), (EVERY_MS, 2)])
def test_the_next_tick_comes_when_its_time_has_come(time: Time, passed: int, parcels: int) -> None:
    ticks = Ticks(1)
    ticks.due()
    time.now += passed
    assert len(ticks.due()) == parcels
