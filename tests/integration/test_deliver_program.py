"""The deliver command as a program: what it refuses, how it follows, how it ends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from state.clock import wall_clock
from tests.commands import SIMPLE
from tests.events import append, event, write_log
from tests.integration.conftest import Leadstream, Score, Start
from tests.simulated_crm import TOKEN, SimulatedCrm, running_crm
from tests.waiting import wait_for

ANN = "ann@acme.com"


@pytest.fixture
def crm() -> Iterator[SimulatedCrm]:
    with running_crm() as crm:
        yield crm


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def test_a_refused_token_is_one_line_and_code_2(
    log: Path, score: Score, leadstream: Leadstream, crm: SimulatedCrm
) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN)]))
    ended = leadstream("deliver", "--hubspot-url", crm.url, "--hubspot-token", "wrong")
    assert (ended.code, ended.err.count("\n"), "refused the token (401)" in ended.err) == (2, 1, True)


def test_with_a_refused_token_in_a_file_it_waits_for_the_right_one_and_goes_on(
    log: Path, tmp_path: Path, score: Score, start: Start, crm: SimulatedCrm
) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN)]))
    token = tmp_path / "token"
    token.write_text("rotated-away\n")
    flow = start("deliver", "--hubspot-url", crm.url, "--hubspot-token-file", token)
    flow.says(f"write the private app's current one into {token}")
    token.write_text(f"{TOKEN}\n")
    wait_for(lambda: [each.get("leadstream_score") for each in crm.records("contacts")] == ["10.0"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "deliver has nowhere to write: give --hubspot-token"),
        (["--hubspot-token", "two words"], "has characters that no token has"),
        (["--changes", "/nowhere/changes.jsonl"], "/nowhere/changes.jsonl cannot be opened"),
        (["--changes", __file__], "is no score change"),
    ],
)
def test_a_sink_that_cannot_be_is_one_line_and_code_2(
    arguments: list[str], said: str, log: Path, score: Score, leadstream: Leadstream
) -> None:
    score(write_log(log, []))
    ended = leadstream("deliver", "--until-empty", *arguments)
    assert (ended.code, ended.err.count("\n"), said in ended.err) == (2, 1, True)


def test_a_second_deliver_on_a_namespace_is_refused(
    tmp_path: Path, log: Path, score: Score, start: Start, leadstream: Leadstream
) -> None:
    score(write_log(log, []))
    changes = tmp_path / "changes.jsonl"
    start("deliver", "--changes", changes)
    wait_for(changes.exists)
    ended = leadstream("deliver", "--changes", tmp_path / "other.jsonl")
    assert (ended.code, ended.err.count("\n"), "another deliver" in ended.err) == (2, 1, True)


def test_while_a_log_grows_the_crm_follows(log: Path, start: Start, crm: SimulatedCrm) -> None:
    write_log(log, [event("pricing_viewed", email=ANN)])
    start("score", log)
    start("deliver", "--hubspot-url", crm.url, "--hubspot-token", TOKEN)
    wait_for(lambda: [each for each in crm.records("contacts") if each.get("leadstream_score") == "10.0"])
    append(log, event("pricing_viewed", "09:00:00", email=ANN))
    wait_for(lambda: crm.contact(ANN)["leadstream_score"] == "20.0", seconds=5.0)


def test_deliver_ends_in_good_order_and_says_how_far_it_came(
    log: Path, score: Score, start: Start, crm: SimulatedCrm
) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN)]))
    flow = start("deliver", "--hubspot-url", crm.url, "--hubspot-token", TOKEN, "--json")
    wait_for(lambda: crm.records("contacts"))
    ended = flow.end()
    assert (ended.code, json.loads(ended.out)["done"]) == (0, True)


def test_when_time_passes_and_nothing_happens_the_change_of_band_is_told_all_the_same(
    log: Path, tmp_path: Path, start: Start
) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text(SIMPLE.read_text().replace("points = 10\n", 'points = 10\nwindow = "4s"\n'))
    changes = tmp_path / "changes.jsonl"
    start("score", write_log(log, []), "--model", brief)
    start("deliver", "--changes", changes, "--model", brief)
    wait_for(changes.exists)
    fields = {"event": "pricing_viewed", "email": ANN, "timestamp": wall_clock()}
    append(log, *(json.dumps({**fields, "messageId": number}).encode() for number in range(2)))
    wait_for(lambda: ("medium", 20.0) in told(changes, ANN))
    wait_for(lambda: told(changes, ANN)[-1] == ("low", 0.0))


def told(changes: Path, key: str) -> list[tuple[str, float]]:
    lines = [json.loads(line) for line in changes.read_bytes().splitlines()]
    return [(line["band"], line["score"]) for line in lines if line["key"] == key]


def test_deliver_waits_for_a_namespace_that_no_score_flow_has_begun(
    tmp_path: Path, log: Path, start: Start, leadstream: Leadstream
) -> None:
    changes = tmp_path / "changes.jsonl"
    flow = start("deliver", "--changes", changes, "--namespace", "later")
    flow.says("waiting until it is begun")
    assert not changes.exists()
    leadstream("score", write_log(log, [event("pricing_viewed", email=ANN)]), "--until-end", "--namespace", "later")
    wait_for(changes.exists)


def test_a_delivery_of_what_is_there_is_refused_where_nothing_is(tmp_path: Path, leadstream: Leadstream) -> None:
    ended = leadstream("deliver", "--until-empty", "--changes", tmp_path / "changes.jsonl", "--namespace", "typo")
    assert (ended.code, ended.err.count("\n"), "'typo'" in ended.err) == (2, 1, True)
