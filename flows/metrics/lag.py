"""How far behind a flow is, by partition."""

from collections import Counter
from collections.abc import Mapping

from flows.metrics.catalogue import LAG_SECONDS, Metric
from state.measures import Sample

NAMED = 50
"""So many partitions have a series of their own, those that are furthest behind; the rest is one series."""
OTHERS = "(others)"


def lag_samples(metric: Metric, behind: Mapping[str, int], ages: Mapping[str, float]) -> list[Sample]:
    """What each partition has not read yet, in the metric's unit, and the age (s) of the newest event of those read.

    Who has read everything is not late, however old its last event is.

    >>> from flows.metrics.catalogue import LAG_BYTES
    >>> [(one.metric, one.labels, one.value) for one in lag_samples(LAG_BYTES, {"a.jsonl#1": 9}, {"a.jsonl#1": 2.5})]
    [('leadstream_lag_bytes', ('a.jsonl',), 9), ('leadstream_lag_seconds', ('a.jsonl',), 2.5)]
    """
    left: Counter[str] = Counter()
    late: dict[str, float] = {}
    named = set(sorted(behind, key=lambda partition: -behind[partition])[:NAMED])
    for partition, amount in behind.items():
        name = _shown(partition) if partition in named else OTHERS
        left[name] += amount
        if partition in ages:
            late[name] = max(late.get(name, 0.0), ages[partition] if amount else 0.0)
    return [metric.of(amount, name) for name, amount in left.items()] + [
        LAG_SECONDS.of(seconds, name) for name, seconds in late.items()
    ]


def _shown(partition: str) -> str:
    """Without the checksum that tells a log from the one that takes its name after a rotation."""
    name, mark, _ = partition.rpartition("#")
    return name if mark else partition
