"""The launcher: what it does when its child dies, fails, crashes or is told to stop."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis

from config.settings import Settings
from flows import launcher, processes
from flows.launcher import Launcher
from tests.commands import children
from tests.events import append, event, write_log
from tests.integration.conftest import Leadstream, Start
from tests.waiting import wait_for

GOOD = event("pricing_viewed", email="ann@acme.com")
NOON = "2025-06-12T12:00:00Z"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


@pytest.fixture
def score_shown(leadstream: Leadstream) -> Callable[[], float | None]:
    """Ann's score now, None before there is one."""

    def look() -> float | None:
        ended = leadstream("show", "ann@acme.com", "--json", "--at", NOON)
        return None if ended.code else ended.json["score"]

    return look


def test_what_is_appended_is_scored_within_about_a_second(
    log: Path, start: Start, score_shown: Callable[[], float | None]
) -> None:
    start("score", write_log(log, [GOOD]))
    wait_for(score_shown)
    append(log, event("docs_viewed", "09:00:00", email="ann@acme.com"))
    wait_for(lambda: score_shown() == 12.0, seconds=3.0)


def test_sigterm_ends_a_flow_with_everything_read_in_the_store(
    log: Path, start: Start, score_shown: Callable[[], float | None]
) -> None:
    write_log(log, [GOOD])
    flow = start("score", log, "--json")
    wait_for(score_shown)
    append(log, event("docs_viewed", "09:00:00", email="ann@acme.com"))
    wait_for(lambda: score_shown() == 12.0)
    ended = flow.end(signal.SIGTERM)
    report = json.loads(ended.out.splitlines()[-1])
    assert (ended.code, report["received"], report["done"]) == (0, 2, True)


def test_ctrl_c_ends_a_flow_in_good_order(log: Path, start: Start, score_shown: Callable[[], float | None]) -> None:
    flow = start("score", write_log(log, [GOOD]))
    wait_for(score_shown)
    assert flow.end(signal.SIGINT).code == 0


def test_a_stopped_flow_leaves_the_namespace_to_the_next(
    log: Path, start: Start, leadstream: Leadstream, score_shown: Callable[[], float | None]
) -> None:
    flow = start("score", write_log(log, [GOOD]))
    wait_for(score_shown)
    flow.end()
    append(log, event("docs_viewed", "09:00:00", email="ann@acme.com"))
    assert (leadstream("score", log, "--until-end").code, score_shown()) == (0, 12.0)


def test_a_killed_child_is_started_again_and_the_user_is_told_why(
    log: Path, start: Start, score_shown: Callable[[], float | None]
) -> None:
    flow = start("score", write_log(log, [GOOD]))
    wait_for(score_shown)
    os.kill(children(flow.process.pid)[0], signal.SIGKILL)
    flow.says("leadstream: the flow ended with signal SIGKILL; starting again in 0.2 s (1/10)")
    append(log, event("docs_viewed", "09:00:00", email="ann@acme.com"))
    wait_for(lambda: score_shown() == 12.0)


def test_a_child_whose_launcher_is_killed_ends_too(
    log: Path, start: Start, score_shown: Callable[[], float | None]
) -> None:
    flow = start("score", write_log(log, [GOOD]))
    wait_for(score_shown)
    child = children(flow.process.pid)[0]
    flow.process.kill()
    flow.process.wait()
    wait_for(lambda: child not in children(1) + children(os.getpid()))


def test_a_flow_that_was_paused_and_replaced_cannot_write_and_says_so(
    log: Path, start: Start, redis_url: str, namespace: str, score_shown: Callable[[], float | None]
) -> None:
    paused = start("score", write_log(log, [GOOD]))
    wait_for(score_shown)
    child = children(paused.process.pid)[0]
    os.kill(child, signal.SIGSTOP)
    take_over(redis_url, namespace)
    append(log, event("docs_viewed", "09:00:00", email="ann@acme.com"))
    os.kill(child, signal.SIGCONT)
    ended = paused.ended()
    assert (ended.code, ended.err.splitlines()[-1], score_shown()) == (
        2,
        f"leadstream: another flow has taken over namespace {namespace!r}",
        10.0,
    )


def take_over(redis_url: str, namespace: str) -> None:
    """As another flow does once the lease has run out."""
    with closing(Redis.from_url(redis_url)) as admin:
        shards = int(admin.hget(f"{{{namespace}}}:config", "shards") or 0)
        for name in [f"{{{namespace}}}:fence", *(f"{namespace}:{{{shard}}}:fence" for shard in range(shards))]:
            admin.set(name, "another")


def test_a_folder_of_the_users_does_not_pass_for_our_packages(
    log: Path, tmp_path: Path, leadstream: Leadstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "__init__.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    assert leadstream("score", write_log(log, [GOOD]), "--until-end").code == 0


# From here on the child is a small program of the test.


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> Callable[[str], Launcher]:
    """Makes a launcher whose child runs some lines of Python; it has `start`, which counts the starts from 1."""
    counter = tmp_path / "starts"
    monkeypatch.setattr(launcher, "PAUSES_S", (0.01,))
    prelude = f"""
import os, signal, sys, time
settings = sys.stdin.buffer.read()
with open({str(counter)!r}, "a+") as starts:
    starts.write(".")
    start = starts.tell()
"""

    def make(program: str) -> Launcher:
        path = tmp_path / "program.py"
        path.write_text(prelude + program)
        monkeypatch.setattr(processes, "program", lambda module: [sys.executable, str(path)])
        return Launcher("score", Settings(secret="do-not-tell"), lambda notice: said.append(notice.text))

    return make


def ignore(report: bytes) -> None:
    """Nobody reads it."""


def test_the_exit_code_of_a_flow_that_is_done_is_0(child: Callable[[str], Launcher], said: list[str]) -> None:
    assert (child("").run(ignore), said) == (0, [])


def test_reports_are_handed_on_line_by_line(child: Callable[[str], Launcher]) -> None:
    reports: list[bytes] = []
    child("print('one'); print('two')").run(reports.append)
    assert reports == [b"one\n", b"two\n"]


def test_what_a_person_has_to_change_is_not_tried_again(child: Callable[[str], Launcher], said: list[str]) -> None:
    assert (child("sys.exit(2)").run(ignore), said) == (2, [])


def test_a_failure_is_tried_again(child: Callable[[str], Launcher], said: list[str]) -> None:
    code = child("sys.exit(0 if start == 3 else 1)").run(ignore)
    assert (code, said) == (
        0,
        [
            "the flow ended with exit code 1; starting again in 0.01 s (1/10)",
            "the flow ended with exit code 1; starting again in 0.01 s (2/10)",
        ],
    )


def test_failures_without_end_are_given_up(
    child: Callable[[str], Launcher], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "MOST_RESTARTS", 4)
    assert (child("sys.exit(1)").run(ignore), said[-1]) == (1, "the flow ended 5 times in a row; giving up")


def test_redis_being_away_is_no_failure(child: Callable[[str], Launcher], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "MOST_RESTARTS", 1)
    assert child("sys.exit(0 if start == 4 else 69)").run(ignore) == 0


def test_redis_being_away_for_too_long_is_given_up(
    child: Callable[[str], Launcher], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "LONGEST_OUTAGE_S", 0.1)
    assert (child("sys.exit(69)").run(ignore), said[0], said[-1].split(" for ")[0]) == (
        1,
        "the flow ended with Redis away; starting again in 0.01 s",
        "Redis could not be used",
    )


def test_a_crash_is_tried_less_often(child: Callable[[str], Launcher], said: list[str]) -> None:
    assert (child("sys.exit(70)").run(ignore), len(said), said[-1]) == (
        1,
        3,
        "the flow ended 3 times in a row; giving up",
    )


def test_after_a_calm_time_the_failures_count_from_one_again(
    child: Callable[[str], Launcher], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "CALM_S", 0.0)
    child("sys.exit(0 if start == 4 else 70)").run(ignore)
    assert said == ["the flow ended with a crash; starting again in 0.01 s (1/10)"] * 3


def test_a_stop_during_a_pause_starts_nothing_more(
    child: Callable[[str], Launcher], said: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(launcher, "PAUSES_S", (60.0,))
    failing = child("sys.exit(1)")
    running = threading.Thread(target=failing.run, args=(ignore,))
    running.start()
    wait_for(lambda: said)
    failing.stop()
    running.join(10.0)
    assert (running.is_alive(), (tmp_path / "starts").read_text()) == (False, ".")


def test_a_flow_told_to_stop_that_fails_then_is_a_failure(child: Callable[[str], Launcher]) -> None:
    failing = child("signal.signal(signal.SIGTERM, lambda *_: sys.exit(1)); print('up', flush=True); time.sleep(60)")
    assert failing.run(lambda _: failing.stop()) == 1


def test_a_flow_told_to_stop_before_it_can_hear_ends_well(child: Callable[[str], Launcher]) -> None:
    deaf = child("print('up', flush=True); time.sleep(60)")
    assert deaf.run(lambda _: deaf.stop()) == 0


def test_no_secret_stands_in_the_list_of_processes(child: Callable[[str], Launcher]) -> None:
    listed: list[str] = []

    def look(_: bytes) -> None:
        shown = ["ps", "-A", "-ww", "-o", "args="]
        listed.append(subprocess.run(shown, capture_output=True, text=True, check=True).stdout)
        running.stop()

    running = child("print('up', flush=True); time.sleep(60)")
    running.run(look)
    assert ["program.py" in text and "do-not-tell" not in text for text in listed] == [True]


def test_a_flow_that_lets_go_for_maintenance_is_started_again_and_has_not_failed(
    child: Callable[[str], Launcher], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "MOST_RESTARTS", 1)
    assert (child("sys.exit(0 if start == 4 else 75)").run(ignore), said) == (0, [])


def test_a_flow_told_to_stop_while_it_waits_for_maintenance_ends_well(child: Callable[[str], Launcher]) -> None:
    waiting = child("signal.signal(signal.SIGTERM, lambda *_: sys.exit(75)); print('up', flush=True); time.sleep(60)")
    assert waiting.run(lambda _: waiting.stop()) == 0
