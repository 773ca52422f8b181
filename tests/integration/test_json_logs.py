"""Standard error as a log collector reads it."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.commands import Running, children
from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Start
from tests.waiting import wait_for

GOOD = event("pricing_viewed", email="ann@acme.com")
BAD = b'{"email": "ann@acme.com"'


def events(flow: Running) -> list[str]:
    """What was said so far; fails when a line is no JSON."""
    return [json.loads(line)["event"] for line in flow.err.splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "events.jsonl", [GOOD, *[BAD] * 200])


@pytest.fixture
def flow(start: Start, log: Path, leadstream: Leadstream) -> Running:
    """A score flow that has scored its log."""
    flow = start("score", log, "--log-format", "json", "--secret", "hunter2")
    wait_for(lambda: leadstream("show", "ann@acme.com", "--secret", "hunter2").code == 0)
    return flow


def test_a_flows_life_is_told_in_events(flow: Running) -> None:
    wait_for(lambda: "dead_letters" in events(flow))
    os.kill(children(flow.process.pid)[0], signal.SIGKILL)
    wait_for(lambda: "resumed" in events(flow))
    flow.end()
    assert events(flow) == ["started", "dead_letters", "restarting", "resumed", "stopped"]


def test_the_last_line_has_the_counts(flow: Running) -> None:
    last = json.loads(flow.end().err.splitlines()[-1])
    assert (last["event"], last["flow"], last["code"], last["received"], last["dead"]) == (
        "stopped",
        "score",
        0,
        201,
        200,
    )


def test_nobody_and_no_secret_stands_in_it(flow: Running) -> None:
    wait_for(lambda: "dead_letters" in events(flow))
    os.kill(children(flow.process.pid)[0], signal.SIGKILL)
    wait_for(lambda: "resumed" in events(flow))
    ended = flow.end()
    assert [word for word in ("ann@", "acme.com", "hunter2") if word in ended.err] == []


def test_what_has_to_be_changed_first_is_an_event_too(tmp_path: Path, start: Start) -> None:
    ended = start("score", tmp_path / "nothing", "--log-format", "json").ended()
    line = json.loads(ended.err)
    assert (ended.code, line["event"], line["level"], "nothing" in line["message"]) == (
        2,
        "cannot_go_on",
        "error",
        True,
    )
