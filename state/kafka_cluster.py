"""What a Kafka cluster says of its topics, and making topics there."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import TypeVar

import msgspec
from confluent_kafka import IsolationLevel, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, ListOffsetsResultInfo, NewTopic, OffsetSpec, TopicDescription

from config.kafka import KafkaAccess
from state.kafka_trouble import KafkaRefused, KafkaUnavailable, refusal, words

ANSWER_S = 15.0
POLL_S = 0.01
FOREVER = {"retention.ms": "-1"}
"""For what has old times in it, which a broker's own retention would delete at once."""

Answer = TypeVar("Answer")


class Topic(msgspec.Struct, frozen=True):
    """A topic as it is now. One that is deleted and created again has another `id`."""

    name: str
    id: str
    partitions: int


class Partition(msgspec.Struct, frozen=True):
    """One partition of a topic."""

    topic: Topic
    number: int

    @property
    def name(self) -> str:
        """What positions are kept under.

        >>> Partition(Topic("events", "EbxqULffQDOHe7m80Y22_Q", 4), 3).name
        'kafka:events[3]#EbxqULffQDOHe7m80Y22_Q'
        """
        return f"kafka:{self.topic.name}[{self.number}]#{self.topic.id}"


class Cluster:
    """Questions to a cluster. Every answer may be waited for until `ANSWER_S`.

    Raises `KafkaUnavailable`, and `KafkaRefused` for what a person has to change.
    """

    def __init__(self, access: KafkaAccess) -> None:
        self._servers = access.servers
        self._trouble: KafkaError | None = None
        try:
            self._admin = AdminClient(access.client(), error_cb=self._hear)
        except KafkaException as error:
            raise refused(error) from None

    def describe(self, names: Sequence[str]) -> "dict[str, Future[TopicDescription]]":
        """Ask what these topics are now; `topic_in` reads the answers."""
        return self._admin.describe_topics(TopicCollection(list(names)), request_timeout=ANSWER_S)

    def topic_in(self, answer: "Future[TopicDescription]") -> Topic | None:
        """The topic that was asked for; None: there is none of that name."""
        try:
            found = self._wait(answer)
        except KafkaException as error:
            if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                return None
            raise self._failed(error.args[0]) from None
        return Topic(found.name, str(found.topic_id).replace("/", "_").replace("+", "-"), len(found.partitions))

    def topic(self, name: str) -> Topic | None:
        """The topic as it is now; None: there is none of that name."""
        return self.topic_in(self.describe([name])[name])

    def offsets(self, partitions: Sequence[Partition], spec: OffsetSpec) -> dict[str, int]:
        """Partition's name -> the offset that `spec` asks for; -1: no event is as late as that.

        What an open transaction has written is not there yet, nor is anything behind it: no reader would get it.
        """
        return {one.name: self.offset_in(answer) for one, answer in self.ask_offsets(partitions, spec).items()}

    def ask_offsets(
        self, partitions: Sequence[Partition], spec: OffsetSpec
    ) -> "dict[Partition, Future[ListOffsetsResultInfo]]":
        """Ask for the offsets; `offset_in` reads the answers."""
        if not partitions:
            return {}
        asked = {TopicPartition(one.topic.name, one.number): spec for one in partitions}
        answers = self._admin.list_offsets(
            asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=ANSWER_S
        )
        found = {(at.topic, at.partition): answer for at, answer in answers.items()}
        return {one: found[one.topic.name, one.number] for one in partitions}

    def create(self, name: str, config: Mapping[str, str], partitions: int = -1) -> None:
        """Make a topic, unless there is one of that name; -1: with so many partitions as brokers give by default."""
        (answer,) = self._admin.create_topics([NewTopic(name, partitions, config=dict(config))]).values()
        try:
            self._wait(answer)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise self._failed(error.args[0], f"topic {name}") from None

    def offset_in(self, answer: "Future[ListOffsetsResultInfo]") -> int:
        """The offset that was asked for."""
        try:
            return self._wait(answer).offset
        except KafkaException as error:
            raise self._failed(error.args[0]) from None

    def _wait(self, answer: "Future[Answer]") -> Answer:
        """The answer, or what keeps it from coming as soon as that is known."""
        until = time.monotonic() + ANSWER_S
        while not answer.done() and time.monotonic() < until:
            self._admin.poll(POLL_S)
            if self._trouble and (no := refusal(self._trouble)):
                raise no
        if not answer.done():
            raise self._failed(KafkaError(KafkaError._TIMED_OUT))
        return answer.result()

    def _hear(self, error: KafkaError) -> None:
        """What goes wrong in connections; the last that says why is the best to tell."""
        if error.code() != KafkaError._ALL_BROKERS_DOWN or self._trouble is None:
            self._trouble = error

    def _failed(self, error: KafkaError, what: str = "Kafka") -> KafkaRefused | KafkaUnavailable:
        return refusal(error, what) or unavailable(self._servers, self._trouble or error)


def unavailable(servers: str, error: KafkaError) -> KafkaUnavailable:
    """The sentence for brokers that do not answer."""
    return KafkaUnavailable(f"Kafka at {servers} does not answer ({words(error)}): see that it runs; check --kafka")


def silent(servers: str, seconds: float) -> KafkaUnavailable:
    """The sentence for brokers that have events and do not give them."""
    return KafkaUnavailable(
        f"Kafka at {servers} has given nothing for {seconds:.0f} s: see that it runs; check --kafka"
    )


def refused(error: KafkaException) -> KafkaRefused:
    """The sentence for settings that librdkafka does not take."""
    return KafkaRefused(f"Kafka cannot be used: {words(error.args[0])}: check the flags that begin with --kafka")


def partitions_of(topics: Sequence[Topic], share: tuple[int, int]) -> list[Partition]:
    """The partitions that worker k of n reads: by number, the same on every worker.

    >>> [one.number for one in partitions_of([Topic("events", "", 5)], (1, 2))]
    [1, 3]
    """
    worker, workers = share
    return [Partition(topic, number) for topic in topics for number in range(worker, topic.partitions, workers)]
