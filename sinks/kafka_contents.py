"""What a topic holds by now: its messages from the first to the last one."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from confluent_kafka.admin import OffsetSpec

from config.kafka import KafkaAccess
from state.kafka_cluster import Cluster, partitions_of, unavailable
from state.kafka_trouble import refusal

AT_ONCE = 10_000
LOOK_S = 0.1
PATIENCE_S = 15.0
"""Without a word for so long, the brokers are gone."""


def contents(access: KafkaAccess, topic: str) -> Iterator[Message]:
    """Each message, in order within a partition. Raises `KafkaUnavailable` and `KafkaRefused`."""
    cluster = Cluster(access)
    found = cluster.topic(topic)
    partitions = partitions_of([found], (0, 1)) if found else []
    first = cluster.offsets(partitions, OffsetSpec.earliest())
    with _consumer(access, [TopicPartition(topic, one.number, first[one.name]) for one in partitions]) as consumer:
        left, heard = {one.number for one in partitions}, time.monotonic()
        while left:
            messages = consumer.consume(AT_ONCE, LOOK_S)
            heard = time.monotonic() if messages else heard
            if time.monotonic() - heard > PATIENCE_S:
                raise unavailable(access.servers, KafkaError(KafkaError._TIMED_OUT))
            left -= {message.partition() for message in messages if _is_end(message)}
            yield from (message for message in messages if message.error() is None)


@contextmanager
def _consumer(access: KafkaAccess, places: Sequence[TopicPartition]) -> Iterator[Consumer]:
    settings = {**access.client(), "group.id": "leadstream", "enable.auto.commit": False, "enable.partition.eof": True}
    consumer = Consumer(settings)
    consumer.assign(list(places))
    try:
        yield consumer
    finally:
        consumer.close()


def _is_end(message: Message) -> bool:
    error = message.error()
    if error is not None and error.code() != KafkaError._PARTITION_EOF and (no := refusal(error)):
        raise no
    return error is not None and error.code() == KafkaError._PARTITION_EOF
