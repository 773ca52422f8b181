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
RESTARTS = 20


@pytest.fixture
def topics(own_broker: Broker) -> TestTopics:
    return TestTopics(own_broker.address)


@pytest.fixture
def settings(redis_url: str, namespace: str, topics: TestTopics, tmp_path: Path) -> Settings:
    return Settings(
        forget_after_days=0,
        data=tmp_path / "data", redis=redis_url, namespace=namespace, model=SIMPLE, shards=8, workers=2, epoch_ms=100,
        rewind_ms=300, kafka=topics.access.servers, topics=(topics.make(PARTITIONS),),
    )  # fmt: skip


def write(settings: Settings, topics: TestTopics, lines: list[bytes]) -> None:
    for partition in range(PARTITIONS):
        topics.write(settings.topics[0], lines[partition::PARTITIONS], partition)


class Outages:
    """Takes the broker away from a flow that has read since the last time, and brings it back when it was missed."""

    def __init__(self, flow: Launched, broker: Broker, captured: pytest.CaptureFixture[str]) -> None:
        self._flow = flow
        self._broker = broker
        self._captured = captured
        self._received = 0

    def next(self, *, hard: bool) -> None:
        wait_for(lambda: self._flow.received > self._received, seconds=60.0)
        self._captured.readouterr()
        said = len(self._flow.said)
        self._broker.stop(hard=hard)
        wait_for(lambda: len(self._flow.said) > said or "does not answer" in self._captured.readouterr().err)
        self._broker.start()
        self._received = self._flow.received


@pytest.mark.faults
@pytest.mark.timeout(1_800)
def test_twenty_restarts_of_the_broker_leave_no_trace(
    settings: Settings, topics: TestTopics, own_broker: Broker, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = messy_log(settings.data.with_name("log"), EVENTS_A_LIFE * (RESTARTS + 1), seed=72)
    parts = [lines[start : start + EVENTS_A_LIFE] for start in range(0, len(lines), EVENTS_A_LIFE)]
    with launched(settings) as flow:
        outages = Outages(flow, own_broker, capfd)
        for number in range(RESTARTS):
            write(settings, topics, parts[number])
            outages.next(hard=number % 2 == 0)
        for part in parts[RESTARTS:]:
            write(settings, topics, part)
        wait_for(lambda: flow.received >= len(lines), seconds=120.0)
        assert flow.end() == 0
    score_to_the_end(msgspec.structs.replace(settings, until_end=True))
    compare(settings, lines)
