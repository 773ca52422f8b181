"""`leadstream replay` as people run it: what it prints and writes, how it ends, and what it never touches."""

import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from flows.cli_replay import ONE_OF
from flows.process import environment
from flows.replay.outcomes import read_outcomes
from flows.replay.run import Request, replay
from flows.replay.sides import Load
from tests.commands import SIMPLE
from tests.events import write_log
from tests.integration.conftest import Leadstream, Score
from tests.unit.flows.replay.conftest import Evaluate, evaluate
from tests.unit.flows.replay.days import hot, on

__all__ = ["evaluate"]  # a fixture of the unit tests, used here too
OUTCOMES = "contact,converted_at\nann@acme.com,2025-06-12T00:00:00Z\nbob@acme.com,\ncid@beta.io,\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Four weeks: Ann gets hot and converts, Bob reads the docs, Cid does not convert."""
    people = [on(1, "docs_viewed", email=f"{who}") for who in ("ann@acme.com", "bob@acme.com", "cid@beta.io")]
    weeks = [on(day, "docs_viewed", email="bob@acme.com") for day in range(2, 29)]
    return write_log(tmp_path / "events.jsonl", people + weeks + hot(5, "ann@acme.com"))


@pytest.fixture
def proposed(tmp_path: Path) -> Path:
    """The simple model with docs worth ten times as much, which makes Bob high."""
    path = tmp_path / "new.toml"
    path.write_text(
        SIMPLE.read_text().replace("points = 2\n", "points = 20\n").replace('version = "1"', 'version = "2"')
    )
    return path


@pytest.fixture
def outcomes(tmp_path: Path) -> Path:
    path = tmp_path / "outcomes.csv"
    path.write_text(OUTCOMES)
    return path


def test_it_says_who_moves_and_ends_well(leadstream: Leadstream, log: Path, proposed: Path) -> None:
    ended = leadstream("replay", log, "--model", proposed, "--against", SIMPLE)
    assert (ended.code, "1 of 3 contacts (33%) change bands: 1 up, 0 down." in ended.out) == (0, True)


def test_a_gate_that_is_broken_ends_with_1_and_the_reason(leadstream: Leadstream, log: Path, proposed: Path) -> None:
    gates = ("--fail-if", "moved_up > 0", "--fail-if", "moved_down > 0")
    ended = leadstream("replay", log, "--model", proposed, "--against", SIMPLE, *gates)
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "failed moved_up > 0: moved_up is 1")


def test_a_gate_that_cannot_be_read_stops_before_the_log_is(leadstream: Leadstream, tmp_path: Path) -> None:
    ended = leadstream("replay", tmp_path / "none.jsonl", "--fail-if", "heat > 1")
    assert (ended.code, "there is no figure heat" in ended.err) == (2, True)


def test_a_gate_on_outcomes_that_are_not_given_stops_before_the_log_is_read(
    leadstream: Leadstream, tmp_path: Path
) -> None:
    ended = leadstream("replay", tmp_path / "none.jsonl", "--fail-if", "auc < 0.6")
    assert (ended.code, ended.err) == (
        2, 'leadstream: --fail-if "auc < 0.6": auc can only be told with --outcomes FILE\n',
    )  # fmt: skip


@pytest.mark.parametrize("flag", ["--html", "--json", "--ledgers"])
def test_a_result_without_a_place_stops_before_the_log_is_read(
    flag: str, leadstream: Leadstream, tmp_path: Path
) -> None:
    ended = leadstream("replay", tmp_path / "none.jsonl", flag, tmp_path / "nowhere" / "x")
    assert (ended.code, f"{flag} {tmp_path}/nowhere/x: there is no folder" in ended.err) == (2, True)


def test_figures_for_programs_are_in_the_json(
    leadstream: Leadstream, log: Path, outcomes: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.json"
    leadstream("replay", log, "--against", SIMPLE, "--outcomes", outcomes, "--horizon", "7d", "--json", out)
    figures = json.loads(out.read_bytes())["figures"]
    assert {name: figures[name] for name in ("auc", "high_now", "high_before_outcome", "speed_days")} == {
        "auc": 1.0, "high_now": 2.0, "high_before_outcome": 1.0, "speed_days": 6.0,
    }  # fmt: skip


def test_saved_ledgers_give_the_report_that_the_log_gives(
    leadstream: Leadstream, log: Path, proposed: Path, outcomes: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "june.ledgers"
    asked = ("--model", proposed, "--against", SIMPLE, "--outcomes", outcomes, "--horizon", "7d", "--json")
    leadstream("replay", log, *asked, tmp_path / "log.json", "--ledgers", saved)
    leadstream("replay", saved, *asked, tmp_path / "saved.json")
    of_log, of_saved = (json.loads((tmp_path / name).read_bytes()) | {"log": ""} for name in ("log.json", "saved.json"))
    assert of_log == of_saved


def test_ledgers_tell_which_rules_they_cannot_judge(
    leadstream: Leadstream, log: Path, tmp_path: Path, proposed: Path
) -> None:
    saved = tmp_path / "june.ledgers"
    leadstream("replay", log, "--against", SIMPLE, "--ledgers", saved)
    proposed.write_text(proposed.read_text().replace("docs_viewed", "manual_viewed"))
    ended = leadstream("replay", saved, "--model", proposed, "--against", SIMPLE)
    assert "nobody listened for manual_viewed" in ended.out


def test_as_of_a_moment_only_what_had_happened_counts(leadstream: Leadstream, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    leadstream("replay", log, "--against", SIMPLE, "--as-of", "2025-06-04T00:00:00Z", "--json", out)
    report = json.loads(out.read_bytes())
    assert (report["figures"]["high_now"], report["as_of"]) == (0.0, "2025-06-04T00:00:00Z")


def test_the_page_needs_no_network_and_no_script(
    leadstream: Leadstream, log: Path, proposed: Path, outcomes: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    leadstream(
        "replay",
        log,
        "--model",
        proposed,
        "--against",
        SIMPLE,
        "--outcomes",
        outcomes,
        "--horizon",
        "7d",
        "--html",
        out,
    )
    page = out.read_text()
    loaded = re.findall(r"<script|<link|<img|@import|(?:src|href)=\"(?!#)[^\"]*|url\((?!#)", page)
    assert (page.count("<svg"), loaded) == (6, [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.jsonl",), "cannot be read"),
        (("events.jsonl", "--every", "1 day"), "--every 1 day: a span is"),
        (("events.jsonl", "--as-of", "soon"), "--as-of soon: give a time in ISO 8601"),
        (("events.jsonl", "--model", "none.toml"), "none.toml: cannot be read"),
        (("events.jsonl", "--html", "none/a.html"), "--html none/a.html: there is no folder none"),
    ],
)
def test_what_has_to_be_changed_is_named(  # the flag or the file, in one line
    leadstream: Leadstream, log: Path, arguments: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(log.parent)
    ended = leadstream("replay", *arguments)
    assert (ended.code, said in ended.err.splitlines()[-1]) == (2, True)


FORBIDDING = """
import sys
WRITABLE = {allowed!r}
def forbid(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        raise AssertionError(f"{{event}} in a replay")
    if event == "import" and arguments[0].partition(".")[0] in {{"redis", "httpx", "confluent_kafka", "openai"}}:
        raise AssertionError(f"import of {{arguments[0]}} in a replay")
    if event == "open" and isinstance(arguments[0], (str, bytes)) and (arguments[2] or 0) & 3:
        if str(arguments[0]) not in WRITABLE:
            raise AssertionError(f"{{arguments[0]}} was opened for writing in a replay")
sys.addaudithook(forbid)
"""
REPLAYING = """
import sys
from pathlib import Path
from rich.console import Console
from flows.replay.run import Request, run
log, current, proposed, report, json = map(Path, sys.argv[1:])
sys.exit(run(Request(log=log, current=current, proposed=proposed, html=report, json=json), Console()))
"""


def test_a_replay_opens_no_socket_imports_no_client_and_writes_nothing_but_its_report(
    log: Path, proposed: Path, tmp_path: Path
) -> None:
    """Held by an audit hook in all of its processes."""
    watch = tmp_path / "watch"
    watch.mkdir()
    report = [tmp_path / "report.html", tmp_path / "report.json"]
    allowed = {*map(str, report), "/dev/null"}
    (watch / "sitecustomize.py").write_text(FORBIDDING.format(allowed=allowed))
    env = environment()
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "MPLCONFIGDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], env=env, check=True)  # lists the fonts
    env["PYTHONPATH"] = f"{watch}:{env['PYTHONPATH']}"
    command = [sys.executable, "-c", REPLAYING, str(log), str(SIMPLE), str(proposed), *map(str, report)]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, cwd=tmp_path, check=False)
    caught = re.findall(r"\S+ .*in a replay", ended.stderr)
    assert (ended.returncode, caught, [path.exists() for path in report]) == (0, [], [True, True])


def test_live_ledgers_are_evaluated_under_both_models(
    score: Score, leadstream: Leadstream, log: Path, proposed: Path
) -> None:
    score(log, log_time=True)
    ended = leadstream("replay", "--live", "--model", proposed, "--against", SIMPLE)
    assert (ended.code, "1 of 3 contacts (33%) change bands: 1 up, 0 down." in ended.out) == (0, True)


def test_live_ledgers_say_which_rules_they_cannot_judge(
    score: Score, leadstream: Leadstream, log: Path, proposed: Path
) -> None:
    score(log, log_time=True)
    proposed.write_text(proposed.read_text().replace("docs_viewed", "manual_viewed"))
    ended = leadstream("replay", "--live", "--model", proposed, "--against", SIMPLE)
    assert "contact rule docs: nobody listened for manual_viewed" in ended.out


@pytest.mark.parametrize(
    "arguments",
    [(), ("events.jsonl", "--live"), ("events.jsonl", "--kafka", "localhost:1"), ("--live", "--kafka", "localhost:1")],
)
def test_a_replay_is_of_a_log_of_topics_or_of_what_is_live(leadstream: Leadstream, arguments: tuple[str, ...]) -> None:
    ended = leadstream("replay", *arguments)
    assert (ended.code, ended.err) == (2, f"leadstream: {ONE_OF}\n")


@pytest.mark.parametrize("flags", [("--from", "2026-06-01"), ("--until", "2026-06-01")])
def test_a_range_is_not_taken_out_of_a_file(leadstream: Leadstream, log: Path, flags: tuple[str, ...]) -> None:
    ended = leadstream("replay", log, *flags)
    assert (ended.code, "--from and --until are for a range of Kafka's topics" in ended.err) == (2, True)


def test_what_needs_a_log_is_refused_for_live_ledgers(leadstream: Leadstream, outcomes: Path) -> None:
    assert "--outcomes needs a log" in leadstream("replay", "--live", "--outcomes", outcomes).err


def test_two_models_in_two_processes_give_the_report_of_one_process(
    log: Path, proposed: Path, outcomes: Path, evaluate: Evaluate
) -> None:
    known = read_outcomes(outcomes)
    together = evaluate(log.read_bytes().splitlines(), SIMPLE, proposed, outcomes=known).report([])
    apart = replay(Request(log=log, current=SIMPLE, proposed=proposed, outcomes=outcomes, load=Load(2, 1.0, 100)))
    assert msgspec.structs.replace(apart, log="") == msgspec.structs.replace(together, log="")


def test_live_ledgers_are_held_beside_the_model_that_was_put_to_use(
    score: Score, leadstream: Leadstream, log: Path, proposed: Path
) -> None:
    score(log, log_time=True)
    leadstream("model", "activate", proposed)
    ended = leadstream("replay", "--live", "--model", SIMPLE)
    assert "1 of 3 contacts (33%) change bands: 0 up, 1 down." in ended.out
