"""Samples in Prometheus' words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from flows.metrics.catalogue import METRICS
from flows.metrics.catalogue import Metric as Ours
from state.measures import BOUNDS_S, Histogram, Sample

EDGES = (*map(floatToGoString, BOUNDS_S), "+Inf")


class Exposition(Collector):
    """Asks for the samples whenever it is scraped."""

    def __init__(self, samples: Callable[[], Sequence[Sample]]) -> None:
        self._samples = samples

    def collect(self) -> Iterator[Metric]:
        """Every metric of which there is a sample, with all of them."""
        by_metric: dict[str, list[Sample]] = {}
        for sample in self._samples():
            by_metric.setdefault(sample.metric, []).append(sample)
        for name, metric in METRICS.items():
            if name in by_metric:
                yield _family(metric, by_metric[name])


def registry(samples: Callable[[], Sequence[Sample]]) -> CollectorRegistry:
    """A registry with nothing else in it."""
    made = CollectorRegistry(auto_describe=False)
    made.register(Exposition(samples))
    return made


def _family(metric: Ours, samples: Iterable[Sample]) -> Metric:
    if metric.sort == "histogram":
        return _histogram(metric, samples)
    make = CounterMetricFamily if metric.sort == "counter" else GaugeMetricFamily
    family = make(metric.name, metric.help, labels=metric.labels)
    for sample in samples:
        assert not isinstance(sample.value, Histogram)
        family.add_metric(sample.labels, sample.value)
    return family


def _histogram(metric: Ours, samples: Iterable[Sample]) -> Metric:
    family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    for sample in samples:
        assert isinstance(sample.value, Histogram)
        buckets = list(zip(EDGES, map(float, accumulate(sample.value.counts)), strict=True))
        family.add_metric(sample.labels, buckets, sample.value.total)
    return family
