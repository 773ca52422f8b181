"""What a process of the score flow says of itself."""

import time

import pytest

from flows.intake import Intake
from flows.metrics.catalogue import COMMIT, EPOCH, LAG_EVENTS, LAG_SECONDS, PROGRESS_AT, WAITING
from flows.metrics.score_meter import ScoreMeter
from flows.models import model_of, parts_of
from flows.parts import Parts
from operators.decode import Decoder
from state.batch import Unit
from state.clock import LogClock, WallClock
from state.measures import Histogram, Measures
from state.memory import MemoryStore
from tests.unit.flows.conftest import NOON, SETTINGS


class Partitions:
    """Logs that a test says how far behind they are."""

    unit: Unit = "events"

    def __init__(self, **behind: int) -> None:
        self._behind = behind

    def behind(self) -> dict[str, int]:
        return self._behind


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


@pytest.fixture
def parts(store: MemoryStore) -> Parts:
    return parts_of(SETTINGS, store, WallClock())


@pytest.fixture
def meter(parts: Parts, clock: list[float]) -> ScoreMeter:
    return meter_of(parts)


def meter_of(parts: Parts, *, leads: bool = True) -> ScoreMeter:
    intake = Intake(Decoder(model_of(SETTINGS)), 4, parts.clock)
    intake.reached["p"] = NOON
    store = parts.store
    assert isinstance(store, MemoryStore)
    return ScoreMeter(parts, intake, 1, store if leads else None)


def value(measures: Measures, metric: str) -> object:
    return next((sample.value for sample in measures.samples if sample.metric == metric), None)


def histogram(*seconds: float) -> Histogram:
    made = Histogram()
    for one in seconds:
        made.observe(one)
    return made


def test_before_the_first_epoch_it_has_not_got_on(meter: ScoreMeter) -> None:
    assert value(meter.measures(None), PROGRESS_AT.name) is None


def test_an_epoch_is_as_long_as_from_one_proof_to_the_next(meter: ScoreMeter, clock: list[float]) -> None:
    for clock[0] in (100.0, 100.5, 102.5):
        meter.proven()
    assert value(meter.measures(None), EPOCH.name) == histogram(0.5, 2.0)


def test_what_an_epochs_end_took_is_counted_by_epoch(meter: ScoreMeter, parts: Parts) -> None:
    for parts.probes.closing_s in (0.25, 1.25):
        meter.proven()
    assert value(meter.measures(None), COMMIT.name) == histogram(0.25, 1.0)


def test_lag_is_in_the_unit_of_the_log(meter: ScoreMeter) -> None:
    found = meter.measures(Partitions(p=7)).samples
    assert (LAG_EVENTS.of(7, "p") in found, value(meter.measures(None), LAG_SECONDS.name) is not None) == (True, True)


def test_logs_are_not_looked_at_with_every_report(meter: ScoreMeter, clock: list[float]) -> None:
    meter.measures(Partitions(p=7))
    before = value(meter.measures(Partitions(p=8)), LAG_EVENTS.name)
    clock[0] += 1.0
    assert (before, value(meter.measures(Partitions(p=8)), LAG_EVENTS.name)) == (7, 8)


def test_in_a_time_lapse_nothing_is_late(store: MemoryStore, clock: list[float]) -> None:
    meter = meter_of(parts_of(SETTINGS, store, LogClock(NOON)))
    assert value(meter.measures(Partitions(p=7)), LAG_SECONDS.name) is None


@pytest.mark.parametrize(("leads", "looks"), [(True, True), (False, False)])
def test_one_process_of_a_group_looks_at_the_outbox(parts: Parts, leads: bool, looks: bool) -> None:
    assert (value(meter_of(parts, leads=leads).measures(None), WAITING.name) is not None) == looks


def test_each_start_has_a_name_of_its_own(parts: Parts) -> None:
    assert meter_of(parts).measures(None).run != meter_of(parts).measures(None).run
