"""A replay without who was erased: as if their events had never been, like the flow that reads the log again."""

import json
from pathlib import Path

import pytest

from config.settings import Settings
from flows.replay.feed import frames
from flows.replay.history import of_log
from flows.replay.live import buried
from flows.replay.plan import DAY_MS, Plan, from_json, to_json
from flows.replay.subjects import Everyone
from flows.stores import connection
from state.codec import Decoder
from state.subject import Subject
from tests.commands import SIMPLE
from tests.integration.conftest import Leadstream, Score
from tests.integration.test_erase import ANN, BOB, log
from tests.integration.test_replay_equals_live import Known, told

__all__ = ["log"]  # a fixture of another suite, used here too


@pytest.fixture
def erased(score: Score, leadstream: Leadstream, log: Path) -> None:
    score(log, log_time=True)
    leadstream("erase", ANN, "--yes")


def folded(settings: Settings, log: Path, every: int) -> Known:
    erased = buried(settings, live=False)
    plan = Plan(log=log, models=(SIMPLE,), every=every, latest=1 << 43, erased=erased)
    plan = from_json(to_json(plan), Plan)  # as the process gets it that reads the log
    joint, everyone = plan.load(), Everyone()
    for _ in of_log(plan, joint, everyone, frames(plan, joint), lambda frame: None):
        pass
    return told([*everyone.contacts, *everyone.accounts])


@pytest.mark.parametrize("every", [0, DAY_MS])
def test_the_replay_ends_as_the_live_flow_that_reads_the_log_again(
    score: Score, leadstream: Leadstream, settings: Settings, log: Path, erased: None, every: int
) -> None:
    with connection(settings) as store:
        store.start_over()
    score(log, log_time=True)
    decode = Decoder(Subject).decode
    with connection(settings) as store:
        live = told([decode(record) for kind in ("contact", "account") for record in store.scan(kind)])
    found = folded(settings, log, every)
    assert (found == live, f"e:{BOB}" in found, f"e:{ANN}" in found) == (True, True, False)


def test_the_report_says_that_somebody_was_left_out_and_not_who(
    leadstream: Leadstream, log: Path, erased: None, tmp_path: Path
) -> None:
    asked = ("replay", log, "--against", SIMPLE, "--json")
    leadstream(*asked, tmp_path / "with.json")
    ended = leadstream(*asked, tmp_path / "without.json", "--without-erased")
    counts = [json.loads((tmp_path / f"{name}.json").read_bytes())["contacts"] for name in ("with", "without")]
    assert (counts, "identifiers that were erased is left out" in ended.out, ANN in ended.out) == ([3, 2], True, False)


def test_ledgers_folded_without_somebody_hold_no_byte_of_theirs(
    leadstream: Leadstream, log: Path, erased: None, tmp_path: Path
) -> None:
    import zstandard

    saved = []
    for name, flags in (("with", ()), ("without", ("--without-erased",))):
        leadstream("replay", log, "--against", SIMPLE, "--ledgers", tmp_path / name, *flags)
        packed = (tmp_path / name).read_bytes().partition(b"\n")[2]
        saved.append(zstandard.ZstdDecompressor().stream_reader(packed).read())
    assert [ANN.encode() in ledgers for ledgers in saved] == [True, False]


def test_saved_ledgers_and_live_ones_are_refused(
    leadstream: Leadstream, log: Path, erased: None, tmp_path: Path
) -> None:
    leadstream("replay", log, "--against", SIMPLE, "--ledgers", tmp_path / "saved")
    ended = [leadstream("replay", what, "--without-erased") for what in (tmp_path / "saved", "--live")]
    assert [(one.code, "--without-erased is for logs" in one.err) for one in ended] == [(2, True), (2, True)]


def test_a_replay_that_is_to_leave_out_the_erased_needs_to_know_them(
    leadstream: Leadstream, log: Path, tmp_path: Path
) -> None:
    ended = leadstream("replay", log, "--without-erased")
    assert (ended.code, "there is nothing in namespace" in ended.err) == (2, True)
