"""Dead letters as messages of a Kafka topic: the original bytes, and in headers where they lay and why they are dead.

A letter's key is where its input lay, so a letter that a replay brings again has the same one.
"""

from collections.abc import Sequence

from bytewax.outputs import DynamicSink, StatelessSinkPartition

from config.kafka import KafkaAccess
from sinks.kafka_writer import KafkaWriter, Outgoing
from state.event import DeadLetter

LARGEST = 900_000
"""Bytes of an original at most: brokers take messages of a million by default. What is longer is cut."""


class DeadLetterTopic(StatelessSinkPartition[DeadLetter]):
    """Writes dead letters; durable when `write_batch` returns."""

    def __init__(self, writer: KafkaWriter) -> None:
        self._writer = writer

    def write_batch(self, items: Sequence[DeadLetter]) -> None:
        """One message for each. Raises `KafkaUnavailable` and `KafkaRefused`."""
        self._writer.write(map(_message, items))

    def close(self) -> None:
        """Leave the cluster."""
        self._writer.close()


class DeadLetterTopicSink(DynamicSink[DeadLetter]):
    """Every worker writes to the topic."""

    def __init__(self, access: KafkaAccess, topic: str) -> None:
        self._access = access
        self._topic = topic

    def build(self, step_id: str, worker_index: int, worker_count: int) -> DeadLetterTopic:  # noqa: ARG002  Bytewax's signature
        """This worker's."""
        return DeadLetterTopic(KafkaWriter(self._access, self._topic))


def _message(letter: DeadLetter) -> Outgoing:
    place = {"partition": letter.partition, "position": str(letter.position)}
    why: dict[str, str | bytes | None] = {**place, "reason": letter.reason, "detail": letter.detail}
    cut = {"bytes": str(len(letter.original))} if len(letter.original) > LARGEST else {}
    return Outgoing(letter.original[:LARGEST], f"{letter.partition}@{letter.position}".encode(), {**why, **cut})
