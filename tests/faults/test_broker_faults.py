"""A Kafka broker that is stopped and killed, again and again, under a flow of two processes: nothing is lost."""

from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from dev.kafka_broker import Broker
from tests.commands import SIMPLE
from tests.faults.launched import Launched, launched, score_to_the_end
from tests.faults.messy_log import messy_log
from tests.faults.remains import compare
from tests.kafka_topics import TestTopics
from tests.waiting import wait_for

PARTITIONS = 4
EVENTS_A_LIFE = 1_000


@pytest.fixture
def topics(own_broker: Broker) -> TestTopics:
    return TestTopics(own_broker.address)


@pytest.fixture
def settings(redis_url: str, namespace: str, topics: TestTopics, tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path / "data", redis=redis_url, namespace=namespace, model=SIMPLE, shards=8, workers=2, epoch_ms=100,
        rewind_ms=300, kafka=topics.access.servers, topics=(topics.make(PARTITIONS),),
    )  # fmt: skip


def write(settings: Settings, topics: TestTopics, lines: list[bytes]) -> None:
    for partition in range(PARTITIONS):
        topics.write(settings.topics[0], lines[partition::PARTITIONS], partition)


def outage(flow: Launched, broker: Broker, *, hard: bool) -> None:
    """The broker goes while the flow reads, and comes back."""
    before = flow.received
    wait_for(lambda: flow.received > before)
    broker.stop(hard=hard)
    broker.start()


def check(settings: Settings, topics: TestTopics, broker: Broker, restarts: int, seed: int) -> None:
    """Restart the broker so often, every other time with `kill -9`; compare what is left."""
    lines = messy_log(Path(settings.data).with_name("log"), EVENTS_A_LIFE * (restarts + 1), seed)
    parts = [lines[start : start + EVENTS_A_LIFE] for start in range(0, len(lines), EVENTS_A_LIFE)]
    with launched(settings) as flow:
        for number in range(restarts):
            write(settings, topics, parts[number])
            outage(flow, broker, hard=number % 2 == 0)
        for part in parts[restarts:]:
            write(settings, topics, part)
        wait_for(lambda: flow.received >= len(lines), seconds=120.0)
        assert flow.end() == 0
    score_to_the_end(msgspec.structs.replace(settings, until_end=True))
    compare(settings, lines)


@pytest.mark.faults
@pytest.mark.timeout(1_800)
def test_twenty_restarts_of_the_broker_leave_no_trace(
    settings: Settings, topics: TestTopics, own_broker: Broker
) -> None:
    check(settings, topics, own_broker, restarts=20, seed=72)
