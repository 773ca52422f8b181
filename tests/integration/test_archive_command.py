"""`leadstream archive`: from a topic to a folder, and on from there."""

from pathlib import Path

import pytest

from flows.metrics.catalogue import ARCHIVE, LAUNCHER
from tests.integration.conftest import Leadstream, Start
from tests.integration.test_metrics import address_of, exported, scraped
from tests.kafka_topics import TestTopics
from tests.unit.sinks.test_archive import files, lines
from tests.waiting import wait_for

TEN = [b'{"n": %d}' % n for n in range(10)]


@pytest.fixture
def topic(kafka_topics: TestTopics) -> str:
    return kafka_topics.write(kafka_topics.make(), TEN, times=[1_781_265_600_000] * 10)


@pytest.fixture
def env(env: dict[str, str], kafka_topics: TestTopics, topic: str) -> dict[str, str]:
    return {**env, "LEADSTREAM_KAFKA": kafka_topics.access.servers, "LEADSTREAM_TOPICS": topic}


def test_what_a_topic_has_is_archived_and_told(leadstream: Leadstream, topic: str, tmp_path: Path) -> None:
    ended = leadstream("archive", tmp_path / "a", "--until-end", "--json")
    told = {name: ended.json[name] for name in ("messages", "files", "done")}
    assert (told, lines(tmp_path / "a")) == ({"messages": 10, "files": 1, "done": True}, TEN)
    assert "2026-06-12/" in files(tmp_path / "a")[0]


def test_archiving_goes_on_where_it_was(
    leadstream: Leadstream, kafka_topics: TestTopics, topic: str, tmp_path: Path
) -> None:
    leadstream("archive", tmp_path / "a", "--until-end")
    kafka_topics.write(topic, [b"more"])
    leadstream("archive", tmp_path / "a", "--until-end")
    leadstream("archive", tmp_path / "a", "--until-end")
    assert (lines(tmp_path / "a"), len(files(tmp_path / "a"))) == ([*TEN, b"more"], 2)


def test_a_topic_that_is_followed_is_archived_as_it_is_when_that_is_stopped(
    start: Start, kafka_topics: TestTopics, topic: str, tmp_path: Path
) -> None:
    command = start("archive", tmp_path / "a")
    wait_for(lambda: list(tmp_path.glob("a/*/*/.unfinished-*")))
    ended = command.end()
    assert (ended.code, lines(tmp_path / "a")) == (0, TEN)


def test_statements_are_archived_where_they_are_believed(
    leadstream: Leadstream, kafka_topics: TestTopics, tmp_path: Path
) -> None:
    kafka_topics.make(name="leadstream-statements")
    kafka_topics.write("leadstream-statements", [b'{"event": "leadstream:retract"}'])
    leadstream("archive", tmp_path / "a", "--until-end")
    kafka_topics.delete("leadstream-statements")
    assert [name for name in files(tmp_path / "a") if "/leadstream-statements.jsonl-00000-" in name] != []


def test_what_is_gone_before_it_was_archived_stops_the_command(
    leadstream: Leadstream, kafka_topics: TestTopics, topic: str, tmp_path: Path
) -> None:
    leadstream("archive", tmp_path / "a", "--until-end")
    kafka_topics.write(topic, TEN)
    kafka_topics.drop_before(topic, 12)
    ended = leadstream("archive", tmp_path / "a", "--until-end")
    assert (ended.code, "deleted the offsets 10 to 11" in ended.err, "Traceback" in ended.err) == (2, True, False)


def test_without_brokers_the_flag_is_named(leadstream: Leadstream, tmp_path: Path) -> None:
    ended = leadstream("archive", tmp_path / "a", "--kafka", "")
    assert (ended.code, "--kafka HOST:PORT" in ended.err) == (2, True)


def test_an_unknown_topic_is_named(leadstream: Leadstream, tmp_path: Path) -> None:
    ended = leadstream("archive", tmp_path / "a", "--topic", "nowhere")
    assert (ended.code, "there is no topic nowhere" in ended.err, (tmp_path / "a").exists()) == (2, True, False)


@pytest.mark.parametrize("bad", [("--from", "soon"), ("--topic", "a/b"), ("--kafka-mechanism", "GUESS")])
def test_what_cannot_be_is_refused(leadstream: Leadstream, tmp_path: Path, bad: tuple[str, str]) -> None:
    assert leadstream("archive", tmp_path / "a", *bad).code == 2


def test_an_archive_can_be_watched(start: Start, topic: str, tmp_path: Path) -> None:
    address = address_of(start("archive", tmp_path / "a", "--metrics-port", "0"))
    wait_for(lambda: scraped(address).get("leadstream_archived_total") == 10)
    assert exported(address) == {metric.name for metric in (*ARCHIVE, *LAUNCHER)}
