"""Many processes and all their starts, as one."""

import pytest

from flows.metrics.catalogue import EPOCH, METRICS, PROGRESS_AT, RECEIVED, WAITING, Metric
from flows.metrics.totals import Totals
from state.measures import Histogram, Measures, Sample


def told(run: str, *samples: Sample, process: int = 0) -> Measures:
    return Measures(run, process, samples)


def heard(*measures: Measures) -> Totals:
    totals = Totals()
    for one in measures:
        totals.hear(one)
    return totals


def observed(*seconds: float) -> Histogram:
    histogram = Histogram()
    for one in seconds:
        histogram.observe(one)
    return histogram


def test_what_a_process_says_takes_the_place_of_what_it_said_before() -> None:
    assert heard(told("one", RECEIVED.of(5)), told("one", RECEIVED.of(7))).samples() == [RECEIVED.of(7)]


def test_what_a_process_had_counted_before_it_was_started_again_stays_counted() -> None:
    assert heard(told("one", RECEIVED.of(5)), told("two", RECEIVED.of(1))).samples() == [RECEIVED.of(6)]


def test_counters_are_kept_when_no_process_lives() -> None:
    totals = heard(told("one", RECEIVED.of(5)))
    totals.ended()
    assert (totals.processes, totals.samples()) == (0, [RECEIVED.of(5)])


def test_a_process_that_comes_after_the_end_of_all_counts_on() -> None:
    totals = heard(told("one", RECEIVED.of(5)))
    totals.ended()
    totals.hear(told("two", RECEIVED.of(2)))
    assert totals.samples() == [RECEIVED.of(7)]


def test_processes_are_counted_together() -> None:
    totals = heard(told("one", RECEIVED.of(5)), told("other", RECEIVED.of(2), process=1))
    assert (totals.processes, totals.samples()) == (2, [RECEIVED.of(7)])


def test_histograms_are_counted_together_over_processes_and_starts() -> None:
    totals = heard(
        told("one", EPOCH.of(observed(0.5))),
        told("two", EPOCH.of(observed(2.0))),
        told("other", EPOCH.of(observed(8.0)), process=1),
    )
    assert totals.samples() == [EPOCH.of(observed(0.5, 2.0, 8.0))]


def test_a_gauge_is_that_of_the_living() -> None:
    totals = heard(told("one", PROGRESS_AT.of(5.0)), told("two", RECEIVED.of(1)))
    assert totals.samples() == [RECEIVED.of(1)]


@pytest.mark.parametrize(
    ("gauge", "together"),
    [(PROGRESS_AT, 5.0), (Metric("x", "gauge", "", over="max"), 7.0), (Metric("x", "gauge", ""), 12.0)],
)
def test_gauges_of_several_processes_are_one(gauge: Metric, together: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METRICS, gauge.name, gauge)
    totals = heard(told("one", gauge.of(5.0)), told("other", gauge.of(7.0), process=1))
    assert totals.samples() == [gauge.of(together)]


def test_series_of_one_metric_stay_apart() -> None:
    totals = heard(told("one", WAITING.of(3, "contact", "band_up"), WAITING.of(4, "account", "band_up")))
    assert totals.samples() == [WAITING.of(3, "contact", "band_up"), WAITING.of(4, "account", "band_up")]
