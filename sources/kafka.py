"""Kafka topics as a stream of batches, each of one partition; positions are offsets."""

from collections import deque
from collections.abc import Callable

from confluent_kafka import Message

from config.kafka import KafkaAccess
from sources.jsonl import LINE_LIMIT
from sources.kafka_messages import AT_ONCE, KafkaMessages, KafkaPlan
from state.batch import Batch, Unit
from state.kafka_cluster import Cluster, Partition


class KafkaLog:
    """Batches of messages, each message a line: a message without a value is an empty line.

    Raises `KafkaRefused` for what a person has to change, `LogError` where reading on would jump over events, and on
    opening `KafkaUnavailable`; a cluster that stops answering is waited for.
    """

    unit: Unit = "events"

    def __init__(
        self, access: KafkaAccess, plan: KafkaPlan, say: Callable[[str], None], cluster: Cluster | None = None
    ) -> None:
        self._messages = KafkaMessages(access, plan, say, cluster)
        self._ready = deque(Batch(one.name, at, [], at) for one, at in self._messages.skipped)

    @property
    def at_end(self) -> bool:
        """Every line was given that there was at the start. Never when it follows."""
        return self._messages.at_end and not self._ready

    def read(self, most: int = AT_ONCE, wait_s: float = 0.0) -> Batch | None:
        """The next lines of some partition; None: none now. Waits so long at most for as many."""
        if not self._ready:
            self._ready.extend(_batch(*run) for run in self._messages.read(most, wait_s))
        return self._ready.popleft() if self._ready else None

    def behind(self) -> dict[str, int]:
        """How many messages were not read yet, by partition."""
        behind = dict(self._messages.behind())
        for batch in self._ready:
            behind[batch.partition] += batch.position - batch.starts
        return behind

    def close(self) -> None:
        """Leave the cluster."""
        self._messages.close()


def _batch(partition: Partition, starts: int, run: list[Message]) -> Batch:
    lines = [message.value() or b"" for message in run]
    offsets = [message.offset() or 0 for message in run]
    oversized = {index: len(line) for index, line in enumerate(lines) if len(line) > LINE_LIMIT}
    for index in oversized:
        lines[index] = lines[index][:LINE_LIMIT]
    return Batch(partition.name, offsets[-1] + 1, lines, starts, oversized, offsets)
