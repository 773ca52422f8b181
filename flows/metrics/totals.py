"""Many processes, and all their starts, as one: counters never go back, gauges are of those that live."""

import threading
from collections.abc import Callable, Iterable

from flows.metrics.catalogue import METRICS, Over
from state.measures import Histogram, Measures, Sample

Series = tuple[str, tuple[str, ...]]
Value = float | Histogram

_TOGETHER: dict[Over, Callable[[float, float], float]] = {"sum": lambda a, b: a + b, "max": max, "min": min}


class Totals:
    """What the processes of a flow have said last, on top of what those before them had counted. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._past: dict[Series, Value] = {}
        self._last: dict[int, Measures] = {}

    def hear(self, measures: Measures) -> None:
        """A process's latest; what another start of it had counted stays counted."""
        with self._lock:
            known = self._last.get(measures.process)
            if known is not None and known.run != measures.run:
                self._retire(known)
            self._last[measures.process] = measures

    def ended(self) -> None:
        """No process lives any more."""
        with self._lock:
            for measures in self._last.values():
                self._retire(measures)
            self._last.clear()

    @property
    def processes(self) -> int:
        """How many have said something since they started."""
        return len(self._last)

    def samples(self) -> list[Sample]:
        """All of it, one sample per metric and labels."""
        with self._lock:
            merged = dict(self._past)
            for measures in self._last.values():
                _merge(merged, measures.samples)
        return [Sample(metric, labels, value) for (metric, labels), value in merged.items()]

    def _retire(self, measures: Measures) -> None:
        _merge(self._past, (sample for sample in measures.samples if METRICS[sample.metric].sort != "gauge"))


def _merge(merged: dict[Series, Value], samples: Iterable[Sample]) -> None:
    for sample in samples:
        series = (sample.metric, sample.labels)
        known = merged.get(series)
        merged[series] = sample.value if known is None else _together(known, sample)


def _together(known: Value, sample: Sample) -> Value:
    if isinstance(known, Histogram):
        assert isinstance(sample.value, Histogram)
        return known + sample.value
    assert not isinstance(sample.value, Histogram)
    return _TOGETHER[METRICS[sample.metric].over](known, sample.value)
