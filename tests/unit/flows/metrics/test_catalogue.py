"""The list of metrics."""

import re

import pytest

from flows.metrics.catalogue import DEAD, METRICS, Metric
from state.measures import Sample


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_names_keep_to_prometheus_conventions(metric: Metric) -> None:
    ending = {"counter": "_total", "histogram": "_seconds", "gauge": ""}[metric.sort]
    assert re.fullmatch(rf"leadstream_[a-z_]+{ending}", metric.name)
    assert metric.name.endswith("_total") == (metric.sort == "counter")


def test_a_sample_has_its_metric_s_labels() -> None:
    assert DEAD.of(1, "bad_time") == Sample("leadstream_dead_total", ("bad_time",), 1)


def test_a_sample_without_its_labels_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="leadstream_dead_total has the labels"):
        DEAD.of(1)
