"""Kafka that is gone, comes back, or does not know us: what is waited for, and what is told."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from config.kafka import KafkaAccess
from dev import kafka_broker
from dev.kafka_broker import Broker
from sources.kafka import KafkaLog
from sources.kafka_messages import KafkaPlan
from state import kafka_cluster
from state.kafka_cluster import Cluster
from state.kafka_trouble import KafkaRefused, KafkaUnavailable
from tests.kafka_topics import TestTopics
from tests.waiting import wait_for


@pytest.fixture
def topics(own_broker: Broker) -> TestTopics:
    return TestTopics(own_broker.address)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def log(topics: TestTopics, said: list[str]) -> Iterator[KafkaLog]:
    """A topic with one message, which is followed; the message was read."""
    topic = topics.write(topics.make(name="followed"), [b"1"])
    with closing(KafkaLog(topics.access, KafkaPlan(topics=(topic,)), said.append)) as opened:
        batch = wait_for(opened.read)
        assert batch.lines == [b"1"]
        yield opened
    topics.delete(topic)


@pytest.mark.parametrize("hard", [True, False])
def test_reading_goes_on_after_a_broker_was_restarted(
    log: KafkaLog, topics: TestTopics, own_broker: Broker, said: list[str], hard: bool
) -> None:
    own_broker.stop(hard=hard)
    wait_for(lambda: log.read() or said)
    own_broker.start()
    topics.write("followed", [b"2"])
    batch = wait_for(log.read)
    assert (batch.lines, batch.starts) == ([b"2"], 1)
    assert [line.partition("(")[0] for line in said] == [
        f"Kafka at {own_broker.address} does not answer ",
        "Kafka answers again",
    ]


def login(own_broker: Broker, password: str) -> KafkaAccess:
    return KafkaAccess(servers=own_broker.sasl_address, user=kafka_broker.USER, password=password)


def test_a_user_logs_in(own_broker: Broker) -> None:
    assert Cluster(login(own_broker, kafka_broker.PASSWORD)).topic("nowhere") is None


def test_a_wrong_password_is_told_at_once_and_not_shown(own_broker: Broker) -> None:
    with pytest.raises(KafkaRefused, match="LEADSTREAM_KAFKA_PASSWORD") as refused:
        Cluster(login(own_broker, "hush")).topic("nowhere")
    assert "hush" not in str(refused.value)


def test_a_broker_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_cluster, "ANSWER_S", 0.5)
    with pytest.raises(KafkaUnavailable, match=r"Kafka at 127.0.0.1:1 does not answer .*refused.*check --kafka"):
        Cluster(KafkaAccess(servers="127.0.0.1:1")).topic("nowhere")


def test_a_broker_that_wants_no_tls_is_told(own_broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_cluster, "ANSWER_S", 0.5)
    with pytest.raises(KafkaUnavailable, match="SSL"):
        Cluster(msgspec.structs.replace(KafkaAccess(servers=own_broker.address), tls=True)).topic("nowhere")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(KafkaRefused, match="check the flags that begin with --kafka"):
        Cluster(KafkaAccess(servers="127.0.0.1:1", ca=tmp_path / "none.pem"))
