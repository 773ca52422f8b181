"""A replay of Kafka's topics is that of the same lines in a file, and leaves no trace on the broker."""

import json
from pathlib import Path

import pytest

from config.kafka import KafkaAccess
from config.loading import standard_model_path
from flows.replay.feed import frames
from flows.replay.history import of_log
from flows.replay.logs import fixed_now
from flows.replay.plan import DAY_MS, Plan
from flows.replay.subjects import Everyone
from operators.statements import TOPIC
from sources import kafka_range
from sources.kafka_stretch import Wanted
from sources.log_error import LogError
from tests.commands import SIMPLE
from tests.events import write_log
from tests.integration.conftest import Leadstream, Score
from tests.integration.test_fit import write as fit_files
from tests.integration.test_kafka_range import groups, offsets
from tests.integration.test_replay_command import log, outcomes, proposed
from tests.integration.test_replay_equals_live import Known, lines, told
from tests.kafka_topics import TestTopics

__all__ = ["lines", "log", "outcomes", "proposed"]  # fixtures of other suites, used here too
PARTITIONS = 3


@pytest.fixture
def topic(kafka_topics: TestTopics) -> str:
    return kafka_topics.make(PARTITIONS)


@pytest.fixture
def env(env: dict[str, str], kafka_topics: TestTopics, topic: str) -> dict[str, str]:
    """Commands read the topic unless they are told to read something else."""
    return {**env, "LEADSTREAM_KAFKA": kafka_topics.access.servers, "LEADSTREAM_TOPICS": topic}


def spread(topics: TestTopics, topic: str, lines: list[bytes]) -> None:
    for partition in range(PARTITIONS):
        topics.write(topic, lines[partition::PARTITIONS], partition)


def folded(plan: Plan) -> Known:
    joint, everyone = plan.load(), Everyone()
    for _ in of_log(plan, joint, everyone, frames(plan, joint), lambda frame: None):
        pass
    return told([*everyone.contacts, *everyone.accounts])


def range_of(access: KafkaAccess, topic: str, every: int) -> Plan:
    wanted = Wanted(access=access, topics=(topic,))
    return Plan(
        log=Path(), kafka=fixed_now(wanted), models=(standard_model_path(),), every=every, latest=1 << 43,
        trust_statements=True,
    )  # fmt: skip


@pytest.mark.parametrize("every", [0, DAY_MS])
def test_a_topic_folds_to_the_ledgers_and_scores_of_the_file_that_went_into_it(
    kafka_topics: TestTopics, topic: str, lines: list[bytes], tmp_path: Path, every: int
) -> None:
    spread(kafka_topics, topic, lines)
    events = write_log(tmp_path / "events.jsonl", lines)
    of_file = Plan(log=events, models=(standard_model_path(),), every=every, latest=1 << 43, trust_statements=True)
    assert folded(range_of(kafka_topics.access, topic, every)) == folded(of_file)


def test_brokers_that_fall_silent_stop_the_replay(
    kafka_topics: TestTopics, topic: str, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_range, "WAIT_S", 0.0)
    monkeypatch.setattr(kafka_range, "PATIENCE_S", 0.0)
    kafka_topics.write(topic, lines[:10])
    with pytest.raises(LogError, match="has given nothing for"):
        folded(range_of(kafka_topics.access, topic, DAY_MS))


def test_the_report_is_that_of_the_file_also_where_a_flow_has_scored_the_topic(
    leadstream: Leadstream, score: Score, kafka_topics: TestTopics, topic: str, log: Path, proposed: Path,
    outcomes: Path, tmp_path: Path,
) -> None:  # fmt: skip
    spread(kafka_topics, topic, log.read_bytes().splitlines())
    score(None, kafka=kafka_topics.access.servers, topics=(topic,), log_time=True)
    asked = ("--model", proposed, "--against", SIMPLE, "--outcomes", outcomes, "--horizon", "7d", "--json")
    leadstream("replay", log, *asked, tmp_path / "file.json")
    ended = leadstream("replay", *asked, tmp_path / "topic.json")
    of_file, of_topic = (json.loads((tmp_path / f"{name}.json").read_bytes()) for name in ("file", "topic"))
    assert (ended.code, of_topic["log"]) == (0, f"{topic} (Kafka)")
    assert {**of_topic, "log": ""} == {**of_file, "log": ""}


def test_a_replay_makes_no_topic_and_no_group_and_notes_no_offset(
    leadstream: Leadstream, kafka_topics: TestTopics, topic: str, log: Path
) -> None:
    spread(kafka_topics, topic, log.read_bytes().splitlines())
    before = groups(kafka_topics), set(kafka_topics.admin.list_topics().topics)
    ended = leadstream("replay", "--against", SIMPLE)
    after = groups(kafka_topics), set(kafka_topics.admin.list_topics().topics)
    assert (ended.code, after, [one for one in after[0] if offsets(kafka_topics, one, topic)]) == (0, before, [])


def test_statements_are_believed_in_their_own_topic(
    leadstream: Leadstream, kafka_topics: TestTopics, topic: str, log: Path, tmp_path: Path
) -> None:
    spread(kafka_topics, topic, log.read_bytes().splitlines())
    said = {
        "event": "leadstream:retract",
        "timestamp": "2025-06-20T00:00:00Z",
        "properties": {"source": "domain:acme.com"},
    }
    kafka_topics.write(kafka_topics.make(name=TOPIC), [json.dumps(said).encode()])
    leadstream("replay", "--against", SIMPLE, "--json", tmp_path / "report.json")
    kafka_topics.delete(TOPIC)
    assert json.loads((tmp_path / "report.json").read_bytes())["figures"]["high_now"] == 0.0


def test_a_model_is_fitted_to_a_topic_as_to_the_file(
    leadstream: Leadstream, kafka_topics: TestTopics, topic: str, tmp_path: Path
) -> None:
    command, of_file, *asked = fit_files(tmp_path)
    leadstream(command, of_file, *asked)
    expected = (tmp_path / "proposed.toml").read_bytes()
    spread(kafka_topics, topic, Path(of_file).read_bytes().splitlines())
    ended = leadstream(command, *asked)
    assert (ended.code, (tmp_path / "proposed.toml").read_bytes()) == (0, expected)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--topic", "nowhere"), "there is no topic nowhere: create it, or name another with --topic"),
        (("--from", "2030-01-01"), "(Kafka) is empty: name a topic that has events with --topic"),
        (("--from", "2026-06-02", "--until", "2026-06-01"), "--until is not later than --from: nothing lies"),
    ],
)  # fmt: skip
def test_what_has_to_be_changed_is_said_in_a_line(
    leadstream: Leadstream, arguments: tuple[str, ...], said: str
) -> None:
    ended = leadstream("replay", *arguments)
    assert (ended.code, ended.err.count("\n"), said in ended.err) == (2, 1, True)


def test_brokers_in_the_environment_are_for_when_nothing_else_is_named(leadstream: Leadstream, log: Path) -> None:
    assert leadstream("replay", log, "--against", SIMPLE).code == 0
