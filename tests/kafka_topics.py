"""Topics for tests: each has a name that no other test knows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    NewPartitions,
    NewTopic,
)

from config.kafka import KafkaAccess
from tests.waiting import wait_for

ANSWER_S = 20.0


class TestTopics:
    """What a test does to a broker besides what leadstream does."""

    __test__ = False

    def __init__(self, address: str) -> None:
        self.access = KafkaAccess(servers=address)
        self.admin = AdminClient({"bootstrap.servers": address, "log_level": 0})

    def make(self, partitions: int = 1, name: str = "", **config: str) -> str:
        """A new topic that keeps what has old times."""
        name = name or f"test-{uuid4().hex}"
        settings = {"retention.ms": "-1"} | {key.replace("_", "."): value for key, value in config.items()}
        self.admin.create_topics([NewTopic(name, partitions, config=settings)])[name].result(ANSWER_S)
        wait_for(lambda: self._is_led(name))
        return name

    def _is_led(self, name: str) -> bool:
        """Whether all its partitions can be read: a topic is known before its partitions have leaders."""
        topic = self.admin.list_topics(timeout=ANSWER_S).topics.get(name)
        return topic is not None and all(one.leader >= 0 for one in topic.partitions.values())

    def delete(self, name: str) -> None:
        self.admin.delete_topics([name])[name].result(ANSWER_S)
        wait_for(lambda: name not in self.admin.list_topics(timeout=ANSWER_S).topics)

    def write(self, name: str, values: Sequence[bytes | None], partition: int = 0, times: Sequence[int] = ()) -> str:
        """Append messages, with times in ms if they matter."""
        settings = {"bootstrap.servers": self.access.servers, "message.max.bytes": 2_000_000, "log_level": 0}
        producer = Producer(settings)
        for index, value in enumerate(values):
            at = times[index] if times else 0  # 0: now
            producer.produce(name, value, key=b"k", partition=partition, timestamp=at)
        assert producer.flush(ANSWER_S) == 0
        return name

    def abort(self, name: str, values: Sequence[bytes]) -> None:
        """Append messages that count for nobody, since their transaction is given up; it leaves a mark as well."""
        with self.transaction(name, values):
            pass

    @contextmanager
    def transaction(self, name: str, values: Sequence[bytes]) -> Iterator[None]:
        """Append messages whose transaction is open for the length of the block, and given up then."""
        settings = {"bootstrap.servers": self.access.servers, "transactional.id": uuid4().hex, "log_level": 0}
        producer = Producer(settings)
        producer.init_transactions(ANSWER_S)
        producer.begin_transaction()
        for value in values:
            producer.produce(name, value, partition=0)
        producer.flush(ANSWER_S)
        try:
            yield
        finally:
            producer.abort_transaction(ANSWER_S)

    def grow(self, name: str, partitions: int) -> None:
        self.admin.create_partitions([NewPartitions(name, partitions)])[name].result(ANSWER_S)

    def drop_before(self, name: str, offset: int) -> None:
        """As retention does it."""
        at = TopicPartition(name, 0, offset)
        self.admin.delete_records([at])[at].result(ANSWER_S)

    def messages(self, name: str) -> list[Message]:
        """All that is in partition 0."""
        with _reading(self.access.servers, name) as consumer:
            _, end = wait_for(lambda: _edges(consumer, name))
            found: list[Message] = []
            while not found or (found[-1].offset() or 0) < end - 1:
                if not end:
                    break
                found += consumer.consume(10_000, 0.1)
            return found

    def committed(self, group: str, name: str) -> int:
        """What a group has noted of partition 0."""
        with _reading(self.access.servers, name, group) as consumer:
            return consumer.committed([TopicPartition(name, 0)], timeout=ANSWER_S)[0].offset


def _edges(consumer: Consumer, name: str) -> tuple[int, int] | None:
    """Where partition 0 begins and ends; None while its leader, though named, does not know yet that it is."""
    try:
        return consumer.get_watermark_offsets(TopicPartition(name, 0), timeout=ANSWER_S)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.NOT_LEADER_FOR_PARTITION:
            raise
        return None


@contextmanager
def _reading(address: str, name: str, group: str = "tests") -> Iterator[Consumer]:
    consumer = Consumer({
        "bootstrap.servers": address, "group.id": group, "enable.auto.commit": False, "log_level": 0,
        "auto.offset.reset": "earliest",
    })  # fmt: skip
    consumer.assign([TopicPartition(name, 0, 0)])
    try:
        yield consumer
    finally:
        consumer.close()
