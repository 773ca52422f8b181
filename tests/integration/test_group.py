"""Several processes that run one flow: the same result as one, and how they start, hang, die and end together."""

import json
import os
import signal
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from flows import launcher as launching
from flows.launcher import Launcher
from flows.scoring_run import Report
from flows.stores import connection
from state.codec import Decoder
from state.ids import shard_of
from state.subject import Subject
from tests.commands import children
from tests.events import append, event, write_log
from tests.faults.messy_log import messy_log
from tests.faults.remains import letters, state_of, undisturbed
from tests.integration.conftest import Leadstream, Start
from tests.integration.test_score_flow import NOON, sources_of, story
from tests.waiting import wait_for

pytestmark = pytest.mark.usefixtures("signals")


def reports_of(settings: Settings) -> list[Report]:
    """The last report of each process, after a run to the log's end."""
    last: dict[int, Report] = {}

    def hear(line: bytes) -> None:
        report = msgspec.json.decode(line, type=Report)
        last[report.process] = report

    said: list[str] = []
    assert (Launcher("score", settings, lambda notice: said.append(notice.text)).run(hear), said) == (0, [])
    return [last[number] for number in sorted(last)]


@pytest.mark.parametrize("workers", [2, 3])
def test_several_processes_leave_what_one_would(workers: int, settings: Settings, tmp_path: Path) -> None:
    settings = msgspec.structs.replace(settings, workers=workers, log=tmp_path / "logs", shards=8)
    lines = messy_log(tmp_path / "logs", 4_000, seed=7)
    reports = reports_of(settings)
    expected, dead = undisturbed(lines, settings)
    with connection(settings) as store:
        found = state_of(store)
    assert {key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)} == set()
    assert (len(letters(settings)), sum(report.received for report in reports)) == (dead, len(lines))
    assert [report.received > 0 and report.done for report in reports] == [True] * workers


def test_known_id_visitor_contact_and_account_may_all_be_on_different_processes(
    settings: Settings, tmp_path: Path, leadstream: Leadstream
) -> None:
    for number, line in enumerate(story()):
        write_log(tmp_path / "logs" / f"{number}.jsonl", [line])
    reports = reports_of(msgspec.structs.replace(settings, workers=2, log=tmp_path / "logs"))
    assert (sources_of(leadstream, "ann@acme.com"), sources_of(leadstream, "bob@acme.com")) == (
        {"a1": {"docs_viewed": 1, "pricing_viewed": 1}, "c1": {"pricing_viewed": 1}},
        {"a1": {"docs_viewed": 1}, "a2": {"docs_viewed": 1, "pricing_viewed": 1}},
    )
    assert sum(report.received for report in reports) == len(story())


def test_the_number_of_processes_may_change_between_runs(settings: Settings, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    lines = messy_log(logs, 3_000, seed=11)
    names = sorted(logs.iterdir())
    aside = tmp_path / "aside"
    aside.mkdir()
    for name in names[4:]:
        name.rename(aside / name.name)
    for workers, batch in ((1, names[4:8]), (3, names[8:]), (2, [])):
        reports_of(msgspec.structs.replace(settings, workers=workers, log=logs, shards=8))
        for name in batch:
            (aside / name.name).rename(name)
    expected, dead = undisturbed(lines, settings)
    with connection(settings) as store:
        assert state_of(store) == expected
    assert len(letters(settings)) == len(set(letters(settings))) == dead


@pytest.mark.parametrize("worker", [0, 1])
def test_a_group_that_scores_by_the_logs_time_ends_at_one_time(
    worker: int, settings: Settings, tmp_path: Path, leadstream: Leadstream
) -> None:
    names = [f"{number}.jsonl" for number in range(20)]
    early, late = (next(name for name in names if shard_of(name, 2) == one) for one in (worker, 1 - worker))
    write_log(tmp_path / "logs" / early, [event("pricing_viewed", email="ann@acme.com")])
    write_log(tmp_path / "logs" / late, [event("docs_viewed", email="bob@other.com", timestamp="2025-07-30")])
    cooling = msgspec.structs.replace(settings, workers=2, log=tmp_path / "logs", log_time=True, model=None)
    reports = reports_of(cooling)
    assert ([report.as_of for report in reports], told_of(cooling, "e:ann@acme.com")) == (
        ["2025-07-30T00:00:00Z"] * 2,
        0,
    )


def told_of(settings: Settings, id_: str) -> int | None:
    """The score, in tenths, that delivery was last called for."""
    with connection(settings) as store:
        (record,) = store.read("contact", shard_of(id_, store.shards), [id_])
    assert record is not None
    standing = Decoder(Subject).decode(record).standing
    return standing.score if standing else None


def test_one_process_that_is_killed_takes_the_group_down_and_it_starts_again(
    start: Start, leadstream: Leadstream, tmp_path: Path
) -> None:
    log = write_log(tmp_path / "logs" / "a.jsonl", [event("pricing_viewed", email="ann@acme.com")])
    flow = start("score", log.parent, "--workers", "2")
    wait_for(lambda: leadstream("show", "ann@acme.com").code == 0)
    os.kill(children(flow.process.pid, "flows.child")[1], signal.SIGKILL)
    flow.says("leadstream: the flow ended with signal SIGKILL; starting again in 0.2 s (1/10)")
    append(log, event("docs_viewed", "09:00:00", email="ann@acme.com"))
    wait_for(lambda: leadstream("show", "ann@acme.com", "--json", "--at", NOON).json["score"] == 12.0)
    assert flow.end().code == 0


def test_a_group_that_is_told_to_stop_ends_with_everything_read_in_the_store(
    start: Start, leadstream: Leadstream, tmp_path: Path
) -> None:
    lines = [event("pricing_viewed", f"08:{number:02}:00", email=f"p{number}@acme.com") for number in range(10)]
    for number, line in enumerate(lines):
        write_log(tmp_path / "logs" / f"{number}.jsonl", [line])
    flow = start("score", tmp_path / "logs", "--workers", "2", "--json")
    wait_for(lambda: all(leadstream("show", f"p{number}@acme.com").code == 0 for number in range(10)))
    ended = flow.end(signal.SIGTERM)
    report = json.loads(ended.out.splitlines()[-1])
    assert (ended.code, report["received"], report["done"]) == (0, 10, True)


def test_a_process_that_hangs_is_noticed_and_the_group_starts_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "QUIET_S", {"score": 1.5})
    log = write_log(tmp_path / "logs" / "a.jsonl", [event("pricing_viewed", email="ann@acme.com")])
    settings = msgspec.structs.replace(settings, log=log.parent, workers=2, until_end=False)
    said: list[str] = []
    running = Launcher("score", settings, lambda notice: said.append(notice.text))
    stopped: list[int] = []

    def hear(line: bytes) -> None:
        if said:
            running.stop()
        elif msgspec.json.decode(line, type=Report).used and not stopped:
            stopped.append(children(os.getpid(), "flows.child")[-1])
            os.kill(stopped[0], signal.SIGSTOP)

    assert (running.run(hear), said) == (
        0,
        ["the flow ended with no epoch completed for too long; starting again in 0.2 s (1/10)"],
    )


def test_a_second_group_on_the_same_namespace_is_refused(
    start: Start, leadstream: Leadstream, tmp_path: Path, namespace: str
) -> None:
    log = write_log(tmp_path / "a.jsonl", [event("pricing_viewed", email="ann@acme.com")])
    start("score", log, "--workers", "2")
    wait_for(lambda: leadstream("show", "ann@acme.com").code == 0)
    ended = leadstream("score", log, "--until-end", "--workers", "2")
    assert (ended.code, ended.err.count("is scoring namespace"), "Traceback" in ended.err) == (2, 1, False)
