"""Putting a model to use while flows run: they switch, look at everybody again, and can be taken back."""

import json
from pathlib import Path

import pytest

from config.settings import Settings
from flows.reading import decode_subject
from flows.stores import connection
from state.clock import wall_clock
from state.moment import iso
from tests.commands import SIMPLE, Ended
from tests.events import append, event, write_log
from tests.integration.conftest import Leadstream, Score, Start
from tests.kafka_topics import TestTopics
from tests.waiting import wait_for

ANN, BOB = "ann@acme.com", "bob@globex.com"


@pytest.fixture
def double(tmp_path: Path) -> Path:
    """The simple model with everything about pricing worth double."""
    return model(tmp_path / "double.toml", "2", ("points = 10", "points = 20"))


def model(path: Path, version: str, *changes: tuple[str, str]) -> Path:
    text = SIMPLE.read_text()
    for old, new in (('version = "1"', f'version = "{version}"'), *changes):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def score_of(leadstream: Leadstream, key: str) -> float:
    return float(leadstream("show", key, "--json").json["score"])


def standing(settings: Settings) -> dict[str, int]:
    """What the flow itself last found everybody's score to be (tenths)."""
    with connection(settings) as store:
        found = map(decode_subject, store.scan("contact"))
        return {one.id: one.standing.score for one in found if one.standing}


def now() -> str:
    return iso(wall_clock())


def test_the_models_are_those_that_the_tests_think(double: Path, leadstream: Leadstream) -> None:
    assert "+20" in leadstream("model", "show", double).out


def test_whoever_reads_uses_the_active_model(
    tmp_path: Path, score: Score, leadstream: Leadstream, double: Path
) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN, timestamp=now())]))
    before = score_of(leadstream, ANN)
    leadstream("model", "activate", double)
    assert (before, score_of(leadstream, ANN)) == (10, 20)


def test_a_file_that_does_not_count_is_named(
    tmp_path: Path, score: Score, leadstream: Leadstream, double: Path
) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN, timestamp=now())]))
    leadstream("model", "activate", double)
    assert f"leadstream: {SIMPLE} (" in leadstream("top").err


@pytest.mark.parametrize("workers", [1, 2])
def test_a_running_flow_switches_and_looks_at_everybody_again(
    workers: int, tmp_path: Path, start: Start, leadstream: Leadstream, settings: Settings, double: Path
) -> None:
    log = write_log(tmp_path / "logs" / "events.jsonl", [event("pricing_viewed", email=ANN, timestamp=now())])
    flow = start("score", log.parent, "--workers", str(workers))
    wait_for(lambda: standing(settings) == {f"e:{ANN}": 100})
    leadstream("model", "activate", double)
    wait_for(lambda: standing(settings) == {f"e:{ANN}": 200})
    append(log, event("pricing_viewed", email=BOB, timestamp=now()))
    wait_for(lambda: standing(settings) == {f"e:{ANN}": 200, f"e:{BOB}": 200})
    assert (flow.end().code, "scoring under" in flow.err, "starting again" in flow.err) == (0, True, False)


def test_a_flow_that_reads_kafka_goes_on_where_it_was_under_the_other_model(
    kafka_topics: TestTopics, start: Start, leadstream: Leadstream, settings: Settings, double: Path
) -> None:
    topic = kafka_topics.make(2)
    kafka_topics.write(topic, [event("pricing_viewed", email=ANN, timestamp=now())])
    flow = start("score", "--kafka", kafka_topics.access.servers, "--topic", topic)
    wait_for(lambda: standing(settings) == {f"e:{ANN}": 100})
    leadstream("model", "activate", double)
    wait_for(lambda: standing(settings) == {f"e:{ANN}": 200})
    kafka_topics.write(topic, [event("pricing_viewed", email=BOB, timestamp=now())], 1)
    wait_for(lambda: standing(settings) == {f"e:{ANN}": 200, f"e:{BOB}": 200})
    assert (flow.end().code, "starting again" in flow.err) == (0, False)


def test_a_new_signal_is_heard_from_the_switch_on(
    tmp_path: Path, start: Start, leadstream: Leadstream, settings: Settings
) -> None:
    webinar = tmp_path / "webinar.toml"
    webinar.write_text(
        SIMPLE.read_text().replace("[contact]\n", '[signals.webinar]\nwords = "attended"\n\n[contact]\n', 1)
        + '\n[[contact.rules]]\nname = "webinar"\ntype = "points"\nsignal = "webinar"\npoints = 7\n'
    )
    log = write_log(tmp_path / "events.jsonl", [event("webinar", email=ANN, timestamp=now(), messageId="old")])
    start("score", log)
    wait_for(lambda: f"e:{ANN}" in standing(settings) or bool(leadstream("show", ANN, "--json").code == 0))
    ended = leadstream("model", "activate", webinar)
    assert "its past is not known: contact rule webinar: nobody listened for webinar" in ended.out
    wait_for(lambda: bool(switched(settings)))
    append(log, event("webinar", email=ANN, timestamp=now(), messageId="new"))
    wait_for(lambda: score_of(leadstream, ANN) == 7)


def switched(settings: Settings) -> bool:
    with connection(settings) as store:
        return store.reviewed_under().startswith(store.activations()[-1].digest)


def test_a_flow_that_starts_later_uses_the_active_model_and_says_so(
    tmp_path: Path, score: Score, leadstream: Leadstream, settings: Settings, double: Path
) -> None:
    log = write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN, timestamp=now())])
    score(log)
    leadstream("model", "activate", double)
    ended = leadstream("score", log, "--until-end")
    assert (ended.code, "scoring under" in ended.err, "does not count" in ended.err) == (0, True, True)
    assert standing(settings) == {f"e:{ANN}": 200}


def test_rollback_goes_back_one_model_at_a_time(
    tmp_path: Path, score: Score, leadstream: Leadstream, double: Path
) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN, timestamp=now())]))
    triple = model(tmp_path / "triple.toml", "3", ("points = 10", "points = 30"))
    leadstream("model", "activate", double)
    leadstream("model", "activate", triple)
    scores = [score_of(leadstream, ANN)]
    for _ in range(2):
        leadstream("model", "rollback")
        scores.append(score_of(leadstream, ANN))
    assert (scores, leadstream("model", "rollback").code) == ([30, 20, 10], 2)


def test_history_says_who_when_why_and_on_which_report(
    tmp_path: Path, score: Score, leadstream: Leadstream, double: Path
) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN)]))
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"figures": {"auc": 0.7}, "baseline": {"auc": 0.6}, "more": []}))
    leadstream("model", "activate", double, "--why", "pricing sells", "--report", report)
    leadstream("model", "rollback", "--why", "it does not")
    entries = leadstream("model", "history", "--json").json
    assert [(one["why"], one.get("report"), one.get("back_to")) for one in entries] == [
        ("pricing sells", {"auc": 0.7, "baseline.auc": 0.6}, None),
        ("it does not", None, -1),
    ]
    assert "pricing sells" in leadstream("model", "history").out


def test_a_history_without_activations_says_so(tmp_path: Path, score: Score, leadstream: Leadstream) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN)]))
    told = leadstream("model", "history")
    assert (told.code, "no model was ever activated" in told.out, told.out.count("\n")) == (0, True, 1)
    assert leadstream("model", "history", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["activate", "/nowhere.toml"], "cannot be read"),
        (["activate", "{double}", "--report", "{double}"], "is no report"),
        (["rollback"], "nothing to roll back"),
    ],
)
def test_what_cannot_be_put_to_use_is_one_line_and_code_2(
    arguments: list[str], said: str, tmp_path: Path, score: Score, leadstream: Leadstream, double: Path
) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN)]))
    ended: Ended = leadstream("model", *(one.format(double=double) for one in arguments))
    assert (ended.code, ended.err.count("\n"), said in ended.err) == (2, 1, True)


def test_the_active_model_is_not_activated_twice(
    tmp_path: Path, score: Score, leadstream: Leadstream, double: Path
) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN)]))
    codes = [leadstream("model", "activate", double).code for _ in range(2)]
    assert codes == [0, 2]


def test_deliver_switches_and_writes_what_changed(
    tmp_path: Path, score: Score, start: Start, leadstream: Leadstream, double: Path
) -> None:
    log = write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN, timestamp=now())])
    score(log)
    changes = tmp_path / "changes.jsonl"
    deliver = start("deliver", "--changes", changes)
    wait_for(lambda: changes.exists() and changes.read_text().count("\n") >= 1)
    leadstream("model", "activate", double)
    start("score", log)
    wait_for(lambda: '"score":20' in changes.read_text() or '"score":20.0' in changes.read_text())
    assert deliver.end().code == 0


def test_facts_that_an_earlier_model_needs_are_kept_for_a_rollback(
    tmp_path: Path, score: Score, leadstream: Leadstream
) -> None:
    many = model(tmp_path / "many.toml", "2", ("points = 10", "points = 10\nlimit = 30"))
    log = write_log(tmp_path / "events.jsonl", [event("docs_viewed", email=ANN, timestamp=now())])
    score(log)
    leadstream("model", "activate", many)
    leadstream("model", "rollback")
    append(log, *(event("pricing_viewed", email=ANN, timestamp=now(), messageId=f"m{n}") for n in range(30)))
    score(log)
    assert leadstream("show", ANN, "--json").json["sources"][0]["touches"]["pricing_viewed"] == 30


def test_a_model_of_the_same_name_and_version_is_put_to_use_with_a_warning(
    tmp_path: Path, score: Score, leadstream: Leadstream
) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN, timestamp=now())]))
    same = model(tmp_path / "same.toml", "1", ("points = 10", "points = 20"))
    ended = leadstream("model", "activate", same)
    assert (ended.code, "is called simple 1 as well: raise `version`" in ended.err) == (0, True)
