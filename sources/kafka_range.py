"""A range of Kafka's topics, read as often as one likes: no group is joined, and nothing is written or noted."""

import time
from collections.abc import Iterator
from contextlib import closing

from confluent_kafka.admin import OffsetSpec

from config.kafka import KafkaAccess
from sources.kafka import KafkaLog
from sources.kafka_messages import KafkaPlan
from sources.kafka_start import Span
from sources.kafka_stretch import Range, Stretch, Wanted
from sources.kafka_topics import Topics
from sources.log_error import NoLogs
from state.batch import Batch
from state.kafka_cluster import Cluster, Partition, partitions_of, silent

WAIT_S = 0.1
PATIENCE_S = 60.0
"""Who waits for a result, not for events, is told when brokers are silent for so long; a restart takes less."""


def fixed(wanted: Wanted) -> Range:
    """What there is of it now. Raises `NoLogs` if that is nothing, `KafkaRefused` and `KafkaUnavailable`."""
    cluster = Cluster(wanted.access)
    partitions = partitions_of(Topics(cluster, wanted.topics, wanted.optional).found, (0, 1))
    first = cluster.offsets(partitions, OffsetSpec.earliest())
    last = cluster.offsets(partitions, OffsetSpec.latest())
    begins = first | _at(cluster, partitions, wanted.since, last)
    ends = last | _at(cluster, partitions, wanted.until, last)
    found = [Stretch(one.topic.name, one.name, Span(begins[one.name], ends[one.name])) for one in partitions]
    found = [one for one in found if one.span.earliest < one.span.latest]
    if not any(one.topic in wanted.topics for one in found):
        raise NoLogs(wanted.nothing(empty=not any(first[name] < last[name] for name in first)))
    return Range(wanted.access, tuple(found))


def _at(cluster: Cluster, partitions: list[Partition], at: int | None, ends: dict[str, int]) -> dict[str, int]:
    """The first offsets of that time or later, the ends where there are none; nothing if no time was named."""
    if at is None:
        return {}
    found = cluster.offsets(partitions, OffsetSpec.for_timestamp(at))
    return {name: ends[name] if offset < 0 else offset for name, offset in found.items()}


class StretchReader:
    """Reads stretches of one cluster, side by side if need be, with a consumer each."""

    def __init__(self, access: KafkaAccess, count: int) -> None:
        """`count` are those that may be read at the same time. Raises `KafkaRefused`."""
        self._access = access
        self._count = count
        self._cluster = Cluster(access)

    def batches(self, stretch: Stretch) -> Iterator[Batch]:
        """All of a stretch, from its beginning. Raises `LogError` when it is no longer there as it was, `KafkaRefused`,
        and `KafkaUnavailable` when nothing comes for too long.
        """
        plan = KafkaPlan(
            topics=(stretch.topic,), within={stretch.partition: stretch.span}, until_end=True, readers=self._count
        )
        with closing(KafkaLog(self._access, plan, _unsaid, self._cluster)) as log:
            heard = time.monotonic()
            while not log.at_end:
                batch = log.read(wait_s=WAIT_S)
                if batch is not None:
                    yield batch
                    heard = time.monotonic()
                elif time.monotonic() - heard > PATIENCE_S:
                    raise silent(self._access.servers, PATIENCE_S)


def _unsaid(text: str) -> None:
    """What passes by itself is no news to who waits for a result; what does not is raised."""
