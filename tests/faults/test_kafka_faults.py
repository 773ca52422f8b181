"""A broker that is stopped or killed under two processes that score from it: in the end all is as if nothing had."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from dev.kafka_broker import Broker
from flows.stores import connection
from tests.commands import SIMPLE, Running, running
from tests.faults.messy_log import messy_log
from tests.faults.remains import compare
from tests.faults.test_kill_score import run_to_the_end
from tests.kafka_topics import TestTopics
from tests.waiting import wait_for

PARTITIONS = 4
EVENTS = 6_000


@pytest.fixture
def settings(redis_url: str, namespace: str, tmp_path: Path) -> Settings:
    """Epochs and rewind as short as a test needs them; `kafka` and `topics` are the test's."""
    return Settings(
        forget_after_days=0,
        data=tmp_path / "data",
        redis=redis_url,
        namespace=namespace,
        model=SIMPLE,
        epoch_ms=40,
        rewind_ms=200,
        shards=8,
    )


def on(topics: TestTopics, settings: Settings) -> Settings:
    """The settings for a new topic."""
    return msgspec.structs.replace(settings, kafka=topics.access.servers, topics=(topics.make(PARTITIONS),))


def spread(topics: TestTopics, settings: Settings, lines: Sequence[bytes]) -> None:
    for partition in range(PARTITIONS):
        topics.write(settings.topics[0], lines[partition::PARTITIONS], partition)


@contextmanager
def two_processes(settings: Settings, folder: Path) -> Iterator[Running]:
    env = {
        "LEADSTREAM_REDIS": settings.redis,
        "LEADSTREAM_NAMESPACE": settings.namespace,
        "LEADSTREAM_DATA": str(settings.data),
        "LEADSTREAM_MODEL": str(SIMPLE),
        "LEADSTREAM_SHARDS": "8",
        "LEADSTREAM_KAFKA": settings.kafka,
        "LEADSTREAM_TOPICS": settings.topics[0],
    }
    with running(folder, "score", "--workers", "2", env=env) as started:
        yield started


@pytest.mark.timeout(180)
@pytest.mark.parametrize("hard", [True, False])
def test_two_processes_go_on_after_the_broker_was_restarted(
    settings: Settings, own_broker: Broker, tmp_path: Path, hard: bool
) -> None:
    topics = TestTopics(own_broker.address)
    settings = on(topics, settings)
    lines = messy_log(tmp_path / "lines", EVENTS, seed=12)
    half = len(lines) // 2
    spread(topics, settings, lines[:half])
    with two_processes(settings, tmp_path) as command:
        wait_for(lambda: _stored(settings), seconds=60)
        own_broker.stop(hard=hard)
        wait_for(lambda: "does not answer" in command.err, seconds=60)
        own_broker.start()
        spread(topics, settings, lines[half:])
        wait_for(lambda: _all_read(settings, lines), seconds=60)
        assert command.end().code == 0
    run_to_the_end(msgspec.structs.replace(settings, until_end=True))  # facts that came back at the very end as well
    compare(settings, lines)


def _reached(settings: Settings) -> dict[str, int]:
    with connection(settings) as store:
        return {name: points[-1].position for name, points in store.checkpoints().items()}


def _stored(settings: Settings) -> bool:
    return any(_reached(settings).values())


def _all_read(settings: Settings, lines: Sequence[bytes]) -> bool:
    """Whether the store has every event; what the flow told itself is read when it ends."""
    reached = _reached(settings)
    return sum(at for name, at in reached.items() if name.startswith(f"kafka:{settings.topics[0]}[")) == len(lines)
