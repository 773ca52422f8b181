"""Offsets in a consumer group: for people who look at lag. What we go by ourselves is in the store."""

import re
from collections.abc import Mapping

from confluent_kafka import Consumer, TopicPartition

from config.kafka import KafkaAccess

_NAME = re.compile(r"kafka:(.+)\[(\d+)\]#")


class GroupOffsets:
    """Notes offsets in `group`, without waiting: a note that does not arrive is followed by another."""

    def __init__(self, access: KafkaAccess, group: str) -> None:
        settings = {**access.client(), "group.id": group, "enable.auto.commit": False}
        self._consumer = Consumer(settings)

    def note(self, positions: Mapping[str, int]) -> None:
        """How far partitions were read, by their names; other logs' are left out."""
        offsets = [TopicPartition(*place, at) for name, at in positions.items() if (place := _place(name))]
        if offsets:
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def close(self) -> None:
        """Wait for what is under way, and leave."""
        self._consumer.close()


def _place(name: str) -> tuple[str, int] | None:
    """
    >>> _place("kafka:events[3]#EbxqULff"), _place("june.jsonl#0a1b2c3d")
    (('events', 3), None)
    """
    found = _NAME.match(name)
    return (found[1], int(found[2])) if found else None
