"""The score flow on Kafka: the same scores as from files, and what it writes there."""

import json
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from flows.stores import connection
from tests.events import event
from tests.faults.messy_log import messy_log
from tests.faults.remains import State, state_of, undisturbed
from tests.integration.conftest import Leadstream, Score, Start
from tests.integration.test_score_flow import CRM_MEETS_EMAIL, CRM_MEETS_USER, USER_BROWSES
from tests.kafka_topics import TestTopics
from tests.waiting import wait_for

NOON = "2025-06-12T12:00:00Z"
MANY = 3_000


@pytest.fixture
def topic(kafka_topics: TestTopics) -> str:
    return kafka_topics.make(2)


@pytest.fixture
def score_topic(score: Score, kafka_topics: TestTopics, topic: str) -> Score:
    """Runs the score flow over the topic in this process."""
    return lambda **changes: score(None, kafka=kafka_topics.access.servers, topics=(topic,), **changes)


@pytest.fixture
def on_kafka(kafka_topics: TestTopics, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands read the topic."""
    monkeypatch.setenv("LEADSTREAM_KAFKA", kafka_topics.access.servers)
    monkeypatch.setenv("LEADSTREAM_TOPICS", topic)


def spread(topics: TestTopics, topic: str, lines: list[bytes]) -> None:
    for partition in range(2):
        topics.write(topic, lines[partition::2], partition)


def score_of(leadstream: Leadstream, key: str) -> object:
    return leadstream("show", key, "--json", "--at", NOON).json["score"]


def facts(settings: Settings) -> State:
    with connection(settings) as store:
        return state_of(store)


def test_a_topic_and_its_archive_give_the_facts_that_the_same_lines_in_files_give(
    settings: Settings, score: Score, score_topic: Score, kafka_topics: TestTopics, topic: str, leadstream: Leadstream,
    on_kafka: None, tmp_path: Path,
) -> None:  # fmt: skip
    lines = messy_log(tmp_path / "logs", MANY, seed=3)
    spread(kafka_topics, topic, lines)
    report = score_topic()
    leadstream("archive", tmp_path / "archive", "--until-end")
    elsewhere = msgspec.structs.replace(settings, namespace=f"{settings.namespace}-archive")
    again = score(tmp_path / "archive", namespace=elsewhere.namespace)
    expected, dead = undisturbed(lines, settings)
    assert [(one.received, one.dead) for one in (report, again)] == [(len(lines), dead)] * 2
    assert (facts(settings) == expected, facts(elsewhere) == expected) == (True, True)


def test_reading_goes_on_where_it_was(score_topic: Score, kafka_topics: TestTopics, topic: str) -> None:
    spread(kafka_topics, topic, [event("pricing_viewed", anonymousId=f"a{n}") for n in range(10)])
    first = score_topic(rewind_ms=0).received
    kafka_topics.write(topic, [event("pricing_viewed", anonymousId="b")])
    assert (first, score_topic(rewind_ms=0).received) == (10, 1)


def test_dead_letters_go_to_the_file_with_their_offsets(
    score_topic: Score, kafka_topics: TestTopics, topic: str, tmp_path: Path
) -> None:
    kafka_topics.write(topic, [event("pricing_viewed", anonymousId="a"), b"broken"])
    score_topic()
    (letter,) = map(json.loads, (tmp_path / "data" / "dead-letters.jsonl").read_bytes().splitlines())
    assert (letter["partition"].partition("#")[0], letter["position"]) == (f"kafka:{topic}[0]", 1)


def test_dead_letters_go_to_a_topic_with_their_bytes_and_the_reason(
    score_topic: Score, kafka_topics: TestTopics, topic: str
) -> None:
    kafka_topics.write(topic, [b"\xffbroken\n"])
    score_topic(dead_letter_topic=f"{topic}-dead")
    (letter,) = kafka_topics.messages(f"{topic}-dead")
    headers = dict(letter.headers() or [])
    assert (letter.value(), headers["reason"], headers["position"]) == (b"\xffbroken\n", b"not_utf8", b"0")
    assert str(headers["partition"]).startswith(f"b'kafka:{topic}[0]#")


def test_facts_for_other_known_ids_go_through_the_identity_topic(
    score_topic: Score, kafka_topics: TestTopics, topic: str, leadstream: Leadstream, namespace: str
) -> None:
    kafka_topics.write(topic, [USER_BROWSES, CRM_MEETS_EMAIL, CRM_MEETS_USER])
    score_topic()
    facts = kafka_topics.messages(f"{namespace}-identity")
    assert (len(facts) > 0, score_of(leadstream, "ann@acme.com")) == (True, 10.0)


def test_what_is_in_the_store_is_noted_in_the_group(
    score_topic: Score, kafka_topics: TestTopics, topic: str, namespace: str
) -> None:
    kafka_topics.write(topic, [event("pricing_viewed", anonymousId="a")] * 7)
    score_topic()
    assert wait_for(lambda: (at := kafka_topics.committed(namespace, topic)) > 0 and at) == 7


def test_statements_are_believed_in_their_own_topic_only(
    score_topic: Score, kafka_topics: TestTopics, topic: str, leadstream: Leadstream
) -> None:
    said = event("leadstream:retract", "10:00:00", properties={"source": "visitor:a1"})
    kafka_topics.write(topic, [event("pricing_viewed", anonymousId="a1", email="ann@acme.com"), said])
    dead = score_topic().dead
    before = score_of(leadstream, "ann@acme.com")
    kafka_topics.write(kafka_topics.make(name="leadstream-statements"), [said])
    score_topic()
    kafka_topics.delete("leadstream-statements")
    assert (dead, before, score_of(leadstream, "ann@acme.com")) == (1, 10.0, 0.0)


def test_the_command_follows_topics_until_it_is_stopped(start: Start, kafka_topics: TestTopics, topic: str) -> None:
    command = start("score", "--kafka", kafka_topics.access.servers, "--topic", topic, "--json")
    spread(kafka_topics, topic, [event("pricing_viewed", anonymousId=f"a{n}") for n in range(10)])
    command.says("received 10 = used 10")
    assert command.end().json["received"] == 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a LOG to read, or the brokers with --kafka"),
        (("a.jsonl", "--kafka", "localhost:1"), "one of the two"),
        (("--kafka", "localhost:1", "--speed", "1"), "leave it out with --kafka"),
    ],
)
def test_what_is_read_is_one_of_the_two(leadstream: Leadstream, arguments: tuple[str, ...], said: str) -> None:
    ended = leadstream("score", *arguments)
    assert (ended.code, said in ended.err) == (2, True)


def test_a_missing_topic_is_named_before_anything_starts(leadstream: Leadstream, on_kafka: None) -> None:
    ended = leadstream("score", "--topic", "nowhere")
    assert (ended.code, "there is no topic nowhere" in ended.err) == (2, True)


def test_identity_is_put_right_through_the_topic_of_statements(
    score_topic: Score, kafka_topics: TestTopics, topic: str, leadstream: Leadstream, on_kafka: None
) -> None:
    kafka_topics.write(topic, [event("pricing_viewed", email=f"{name}@acme.com") for name in ("old", "ann")])
    score_topic()
    told, again = (leadstream("identity", "merge", "old@acme.com", "into", "ann@acme.com") for _ in range(2))
    score_topic()
    kafka_topics.delete("leadstream-statements")
    assert ("topic leadstream-statements" in told.err, score_of(leadstream, "ann@acme.com")) == (True, 20.0)
    assert "are one contact already" in again.err


def test_nothing_is_said_to_a_flow_that_does_not_read_kafka(leadstream: Leadstream, on_kafka: None) -> None:
    leadstream("score", "--until-end", "--topic", "nowhere")
    ended = leadstream("retract", "visitor:a1")
    assert (ended.code, "Traceback" in ended.err) == (2, False)
