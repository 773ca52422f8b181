"""`kill -9` of one of two processes that read Kafka, again and again: nothing is lost, nothing counted twice."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from tests.commands import SIMPLE
from tests.faults.lives import EPOCH_S, Lives
from tests.faults.messy_log import messy_log
from tests.faults.remains import compare
from tests.faults.test_kill_group import EVENTS, LINES_A_FILE
from tests.kafka_topics import TestTopics

PARTITIONS = 4


class TopicLives(Lives):
    """The log is a topic."""

    def __init__(self, settings: Settings, seed: int, topics: TestTopics) -> None:
        super().__init__(settings, seed)
        self._topic = settings.topics[0]
        self._topics = topics

    def grow(self, files: Iterator[Path], events: int, lines_a_file: int) -> None:
        """Write so many events, a file of them to each partition in turn."""
        for number, path in enumerate(itertools.islice(files, max(events // lines_a_file, 1))):
            self._topics.write(self._topic, path.read_bytes().splitlines(), number % PARTITIONS)


@pytest.fixture
def settings(redis_url: str, namespace: str, kafka_topics: TestTopics, tmp_path: Path) -> Settings:
    return Settings(
        forget_after_days=0,
        data=tmp_path / "data", redis=redis_url, namespace=namespace, model=SIMPLE, shards=8, rewind_ms=300,
        epoch_ms=int(EPOCH_S * 1000), kafka=kafka_topics.access.servers, topics=(kafka_topics.make(PARTITIONS),),
    )  # fmt: skip


def check(settings: Settings, topics: TestTopics, kills: int, seed: int) -> None:
    """Kill one of two processes so often, in each tempo in turn; compare what is left."""
    tempos = list(itertools.islice(itertools.cycle(EVENTS), kills))
    folder = settings.data.with_name("lines")
    lines = messy_log(folder, sum(EVENTS[tempo] for tempo in tempos) + 2_000, seed, LINES_A_FILE)
    files = iter(sorted(folder.iterdir()))
    lives = TopicLives(settings, seed, topics)
    for tempo in tempos:
        lives.grow(files, EVENTS[tempo], LINES_A_FILE)
        lives.killed(2, tempo)
    lives.grow(files, len(lines), LINES_A_FILE)
    lives.ended(2)
    compare(settings, lines)
    assert (lives.kills, lives.read > len(lines)) == (kills, True)


@pytest.mark.timeout(170)
def test_a_few_kills_leave_no_trace(settings: Settings, kafka_topics: TestTopics) -> None:
    check(settings, kafka_topics, kills=3, seed=81)


@pytest.mark.faults
@pytest.mark.timeout(1_800)
def test_fifty_kills_leave_no_trace(settings: Settings, kafka_topics: TestTopics) -> None:
    check(settings, kafka_topics, kills=50, seed=82)
