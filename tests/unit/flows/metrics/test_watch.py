"""What the launcher knows of its flow."""

import msgspec
import pytest

from flows.metrics.catalogue import INFO, PROCESSES, PROGRESS_AT, READY, RECEIVED, RESTARTS
from flows.metrics.watch import READY_WITHIN_S, Watch
from state.measures import Measures, Sample

NOON_S = 1_749_729_600


@pytest.fixture
def watch() -> Watch:
    """Of a score flow, at noon."""
    return Watch("score", lambda: NOON_S * 1000)


def report(*samples: Sample, run: str = "one", process: int = 0) -> bytes:
    """A line as a flow's process writes it."""
    return msgspec.json.encode({"received": 5, "measures": Measures(run, process, samples)}) + b"\n"


def test_a_flow_that_has_said_nothing_is_not_ready(watch: Watch) -> None:
    assert watch.why_not_ready() == "score has not begun: it starts, or waits for its namespace"


def test_a_report_without_measures_is_no_sign_that_it_got_on(watch: Watch) -> None:
    watch.report(b'{"received": 0}\n')
    assert watch.why_not_ready().startswith("score has not begun")


def test_a_flow_that_got_on_lately_is_ready(watch: Watch) -> None:
    watch.report(report(PROGRESS_AT.of(NOON_S - READY_WITHIN_S)))
    assert watch.why_not_ready() == ""


def test_a_flow_that_has_not_got_on_for_long_is_not_ready(watch: Watch) -> None:
    watch.report(report(PROGRESS_AT.of(NOON_S - 31)))
    assert watch.why_not_ready() == "score has not got on for 31 s"


def test_one_process_that_does_not_get_on_makes_the_flow_unready(watch: Watch) -> None:
    watch.report(report(PROGRESS_AT.of(NOON_S - 40)))
    watch.report(report(PROGRESS_AT.of(NOON_S), process=1))
    assert watch.why_not_ready() == "score has not got on for 40 s"


def test_a_flow_whose_processes_ended_is_not_ready(watch: Watch) -> None:
    watch.report(report(PROGRESS_AT.of(NOON_S)))
    watch.ended()
    assert watch.why_not_ready().startswith("score has not begun")


def test_restarts_are_counted_by_cause(watch: Watch) -> None:
    watch.restarts("signal")
    watch.restarts("signal")
    counted = {sample.labels[0]: sample.value for sample in watch.samples() if sample.metric == RESTARTS.name}
    assert counted == {"crash": 0, "signal": 2, "failure": 0, "hang": 0, "store": 0}


def test_what_the_processes_count_is_exported(watch: Watch) -> None:
    watch.report(report(RECEIVED.of(5.0)))
    assert RECEIVED.of(5.0) in watch.samples()


@pytest.mark.parametrize(("progress", "ready"), [([], 0), ([PROGRESS_AT.of(NOON_S)], 1)])
def test_readiness_is_a_metric_too(watch: Watch, progress: list[Sample], ready: int) -> None:
    watch.report(report(*progress))
    assert READY.of(ready) in watch.samples()


def test_the_processes_that_report_are_counted(watch: Watch) -> None:
    watch.report(report())
    watch.report(report(process=1))
    assert PROCESSES.of(2) in watch.samples()


def test_the_flow_says_which_it_is(watch: Watch) -> None:
    assert [sample.labels[0] for sample in watch.samples() if sample.metric == INFO.name] == ["score"]
