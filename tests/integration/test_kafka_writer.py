"""Writing to Kafka: what is there afterwards, and that no failure is silent."""

from collections.abc import Iterator
from contextlib import closing
from secrets import token_bytes

import pytest

from config.kafka import KafkaAccess
from sinks.dead_letter_topic import LARGEST, DeadLetterTopic
from sinks.kafka_writer import KafkaWriter, Outgoing
from state.event import DeadLetter
from state.kafka_trouble import KafkaRefused, KafkaUnavailable
from tests.kafka_topics import TestTopics


@pytest.fixture
def topic(kafka_topics: TestTopics) -> str:
    return kafka_topics.make()


@pytest.fixture
def writer(kafka_topics: TestTopics, topic: str) -> Iterator[KafkaWriter]:
    with closing(KafkaWriter(kafka_topics.access, topic)) as opened:
        yield opened


def test_what_was_written_is_there_in_its_order(writer: KafkaWriter, kafka_topics: TestTopics, topic: str) -> None:
    writer.write(Outgoing(b"%d" % number, key=b"k", headers={"n": str(number)}) for number in range(1_000))
    found = kafka_topics.messages(topic)
    assert [message.value() for message in found] == [b"%d" % number for number in range(1_000)]
    assert (found[7].key(), found[7].headers()) == (b"k", [("n", b"7")])


def test_nothing_to_write_is_no_failure(writer: KafkaWriter, kafka_topics: TestTopics, topic: str) -> None:
    writer.write([])
    assert kafka_topics.messages(topic) == []


def test_brokers_that_are_gone_are_told() -> None:
    with (
        closing(KafkaWriter(KafkaAccess(servers="127.0.0.1:1"), "events", deadline_s=0.5)) as writer,
        pytest.raises(KafkaUnavailable, match="refused"),
    ):
        writer.write([Outgoing(b"{}")])


def test_a_message_that_the_topic_does_not_take_is_told(kafka_topics: TestTopics) -> None:
    topic = kafka_topics.make(max_message_bytes="1000")
    with (
        closing(KafkaWriter(kafka_topics.access, topic)) as writer,
        pytest.raises(KafkaRefused, match=r"raise the topic's max\.message\.bytes"),
    ):
        writer.write([Outgoing(token_bytes(5_000))])


def test_a_topic_that_is_not_there_is_told(kafka_topics: TestTopics) -> None:
    with (
        closing(KafkaWriter(kafka_topics.access, "nowhere", deadline_s=3.0)) as writer,
        pytest.raises(KafkaRefused, match="nowhere"),
    ):
        writer.write([Outgoing(b"{}")])


def test_a_long_dead_letter_is_cut_and_says_how_long_it_was(
    writer: KafkaWriter, kafka_topics: TestTopics, topic: str
) -> None:
    long = DeadLetter("events.jsonl#1", 7, "oversized", "cut there", b"x" * 1_000_000)
    DeadLetterTopic(writer).write_batch([long])
    (letter,) = kafka_topics.messages(topic)
    assert (len(letter.value() or b""), dict(letter.headers() or [])["bytes"]) == (LARGEST, b"1000000")
