"""The identity log as a Kafka topic: facts about known ids that one shard learned and another needs."""

from collections.abc import Sequence

import msgspec
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from config.kafka import KafkaAccess
from sinks.kafka_writer import KafkaWriter, Outgoing
from state.messages import LinkFacts
from state.parcel import Parcel


class IdentityTopic(StatelessSinkPartition[Parcel]):
    """Writes link facts; durable when `write_batch` returns, so before the epoch ends."""

    def __init__(self, writer: KafkaWriter) -> None:
        self._writer = writer

    def write_batch(self, items: Sequence[Parcel]) -> None:
        """One message for each fact. Raises `KafkaUnavailable` and `KafkaRefused`."""
        self._writer.write([
            Outgoing(msgspec.json.encode(message))
            for parcel in items
            for message in parcel.messages
            if isinstance(message, LinkFacts)
        ])  # fmt: skip

    def close(self) -> None:
        """Leave the cluster."""
        self._writer.close()


class IdentityTopicSink(DynamicSink[Parcel]):
    """Every worker writes to the topic."""

    def __init__(self, access: KafkaAccess, topic: str) -> None:
        self._access = access
        self._topic = topic

    def build(self, step_id: str, worker_index: int, worker_count: int) -> IdentityTopic:  # noqa: ARG002  Bytewax's signature
        """This worker's."""
        return IdentityTopic(KafkaWriter(self._access, self._topic))
