"""Samples in Prometheus' words."""

from prometheus_client import generate_latest

from flows.metrics.catalogue import DEAD, EPOCH, PROGRESS_AT
from flows.metrics.exposition import registry
from state.measures import Histogram, Sample


def exposed(*samples: Sample) -> list[str]:
    text: str = generate_latest(registry(lambda: samples)).decode()
    return [line for line in text.splitlines() if not line.startswith("# HELP")]


def test_a_counter_with_its_labels() -> None:
    assert exposed(DEAD.of(3, "bad_time"), DEAD.of(0, "malformed")) == [
        "# TYPE leadstream_dead_total counter",
        'leadstream_dead_total{reason="bad_time"} 3.0',
        'leadstream_dead_total{reason="malformed"} 0.0',
    ]


def test_a_gauge() -> None:
    assert exposed(PROGRESS_AT.of(5.5)) == [
        "# TYPE leadstream_progress_timestamp_seconds gauge",
        "leadstream_progress_timestamp_seconds 5.5",
    ]


def test_the_buckets_of_a_histogram_are_summed_up() -> None:
    histogram = Histogram()
    for seconds in (0.02, 0.3, 0.3, 9000.0):
        histogram.observe(seconds)
    lines = exposed(EPOCH.of(histogram))
    assert (lines[0], lines[1], lines[2], lines[6], lines[-3:]) == (
        "# TYPE leadstream_epoch_seconds histogram",
        'leadstream_epoch_seconds_bucket{le="0.01"} 0.0',
        'leadstream_epoch_seconds_bucket{le="0.025"} 1.0',
        'leadstream_epoch_seconds_bucket{le="0.5"} 3.0',
        [
            'leadstream_epoch_seconds_bucket{le="+Inf"} 4.0',
            "leadstream_epoch_seconds_count 4.0",
            "leadstream_epoch_seconds_sum 9000.62",
        ],
    )


def test_a_metric_without_samples_is_left_out() -> None:
    assert exposed() == []
