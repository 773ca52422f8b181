"""A consumer that gives nothing although there is more is made to begin anew."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import ListOffsetsResultInfo, OffsetSpec

from sources import kafka_messages, kafka_stalls
from sources.kafka import KafkaLog
from sources.kafka_messages import KafkaPlan
from state.kafka_cluster import Cluster, Partition
from tests.kafka_topics import TestTopics
from tests.waiting import wait_for

Answers = dict[Partition, "Future[ListOffsetsResultInfo]"]


class Pausable(Consumer):
    """A real consumer that a test can make stall."""

    made: Consumer

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        Pausable.made = self


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def topic(kafka_topics: TestTopics) -> str:
    return kafka_topics.write(kafka_topics.make(), [b"1"])


@pytest.fixture
def log(kafka_topics: TestTopics, topic: str, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaLog]:
    """A topic that is followed, of which one message was read; it is looked at every 0.1 s whether it stalls."""
    monkeypatch.setattr(kafka_messages, "Consumer", Pausable)
    monkeypatch.setattr(kafka_stalls, "STALLED_MS", 100)
    with closing(KafkaLog(kafka_topics.access, KafkaPlan(topics=(topic,)), said.append)) as opened:
        assert wait_for(opened.read).lines == [b"1"]
        yield opened


def test_what_stalls_is_asked_for_anew_and_goes_on(
    log: KafkaLog, kafka_topics: TestTopics, topic: str, said: list[str]
) -> None:
    Pausable.made.pause([TopicPartition(topic, 0)])
    kafka_topics.write(topic, [b"2", b"3"])
    batch = wait_for(log.read)
    heard = {line.partition(" gave")[0] for line in said}  # more than once when a broker is slow
    assert (batch.lines[0], batch.starts, heard) == (b"2", 1, {batch.partition})


def test_offsets_without_messages_at_the_end_are_asked_for_once(
    log: KafkaLog, kafka_topics: TestTopics, topic: str, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka_topics.abort(topic, [b"never"])
    wait_for(lambda: log.read() or said)
    asked = 0
    ask = Cluster.ask_offsets

    def counted(cluster: Cluster, partitions: Sequence[Partition], spec: OffsetSpec) -> Answers:
        nonlocal asked
        asked += 1
        return ask(cluster, partitions, spec)

    monkeypatch.setattr(Cluster, "ask_offsets", counted)
    wait_for(lambda: log.read() or asked == 3)
    assert len(said) == 1
