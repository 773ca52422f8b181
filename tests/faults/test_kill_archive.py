"""`kill -9` in the middle of archiving, again and again: every message is there once, in order."""

import random
import subprocess
import sys
import time
from pathlib import Path

from flows.process import ROOT, environment
from tests.kafka_topics import TestTopics
from tests.unit.sinks.test_archive import lines
from tests.waiting import wait_for

MESSAGES = 30_000
PARTITIONS = 2
KILLS = 4
SMALL_FILES = """
from flows import archive as run
from flows.cli import main
from sinks import archive
run.AT_ONCE, archive.MOST_BYTES = 500, 600_000
main()
"""
"""The command as users have it, but for small files, so that a kill has something to hit."""


def archiving(topics: TestTopics, topic: str, folder: Path) -> "subprocess.Popen[bytes]":
    command = ["archive", "--kafka", topics.access.servers, "--topic", topic, "--until-end", str(folder)]
    env = {**environment(), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", SMALL_FILES, *command], env=env, stderr=subprocess.DEVNULL)


def whole(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*/*.zst"))


def archived(folder: Path, partition: int) -> list[bytes]:
    return [line for line in lines(folder) if line.endswith(b'"partition": %d}' % partition)]


def killed(topics: TestTopics, topic: str, folder: Path, moment_s: float) -> int:
    """Archive until a file more is whole, and kill it a moment later; how many files it was in the middle of."""
    before = len(whole(folder))
    process = archiving(topics, topic, folder)
    wait_for(lambda: len(whole(folder)) > before)
    time.sleep(moment_s)  # not a wait: somewhere in the middle of what comes next
    process.kill()
    assert process.wait(30) == -9
    return len(list(folder.glob("*/*/.unfinished-*")))


def test_kills_leave_no_message_out_and_none_twice(kafka_topics: TestTopics, tmp_path: Path) -> None:
    topic = kafka_topics.make(PARTITIONS)
    sent = [
        [b'{"n": %d, "pad": "%0300d", "partition": %d}' % (n, 0, p) for n in range(MESSAGES)] for p in range(PARTITIONS)
    ]
    for partition, messages in enumerate(sent):
        kafka_topics.write(topic, messages, partition)
    chance = random.Random(5)
    hit = [killed(kafka_topics, topic, tmp_path, chance.uniform(0, 0.02)) for _ in range(KILLS)]
    assert archiving(kafka_topics, topic, tmp_path).wait(60) == 0
    assert sum(hit) > 0
    assert [archived(tmp_path, partition) for partition in range(PARTITIONS)] == sent
