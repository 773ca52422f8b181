"""Rebuilds that do not come to their end: killed, stopped, refused; the live generation stays as it is."""

import gzip
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import Settings
from state.store import StoreUnavailable
from tests.commands import SIMPLE
from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Score
from tests.integration.rebuild.conftest import Folded, Rebuild, Shown
from tests.rebuilds import ANN, CID, LATER, OLD, began, folds, generation, read_something, records
from tests.waiting import wait_for


@pytest.mark.parametrize("reached", [pytest.param(began, marks=pytest.mark.faults), read_something])
def test_a_rebuild_that_is_killed_leaves_the_live_generation_and_the_next_one_begins_anew(
    reached: Callable[[Settings], object], log: Path, score: Score, rebuild: Rebuild, settings: Settings,
    folded: Folded,
) -> None:  # fmt: skip
    score(log.parent)
    before = records(settings)
    killed = rebuild()
    wait_for(lambda: reached(settings))
    killed.process.kill()
    killed.ended()
    assert (generation(settings), records(settings)) == (0, before)
    ended = rebuild().ended()
    assert (ended.code, generation(settings)) == (0, 2)
    score(log.parent)
    folded(OLD)


def test_ctrl_c_before_the_switch_removes_what_was_begun(
    log: Path, score: Score, rebuild: Rebuild, settings: Settings
) -> None:
    score(log.parent)
    before = records(settings)
    running = rebuild()
    wait_for(lambda: folds(settings))
    running.process.send_signal(signal.SIGSTOP)
    wait_for(lambda: read_something(settings))
    running.process.send_signal(signal.SIGINT)
    ended = running.end(signal.SIGCONT)
    with pytest.raises(StoreUnavailable, match="there is nothing in namespace"):
        began(settings)
    assert (ended.code, "interrupted: nothing was switched" in ended.err) == (1, True)
    assert (generation(settings), records(settings)) == (0, before)
    assert [folder.name for folder in (settings.data / "identity").iterdir()] == [settings.namespace]


def test_while_one_rebuild_is_at_work_others_and_erasures_are_refused(
    log: Path, score: Score, rebuild: Rebuild, leadstream: Leadstream, settings: Settings, webinar: Path
) -> None:
    score(log.parent)
    first = rebuild()
    wait_for(lambda: began(settings))
    first.process.send_signal(signal.SIGSTOP)
    refused = [
        leadstream("model", "activate", webinar, "--rebuild", log.parent),
        leadstream("erase", ANN, "--yes"),
    ]
    first.process.send_signal(signal.SIGCONT)
    assert [(one.code, "another rebuild (process" in one.err) for one in refused] == [(2, True), (2, True)]
    assert first.ended().code == 0


def test_a_model_that_is_activated_meanwhile_ends_the_rebuild(
    log: Path, score: Score, rebuild: Rebuild, leadstream: Leadstream, settings: Settings, tmp_path: Path
) -> None:
    score(log.parent)
    other = tmp_path / "other.toml"
    other.write_text(SIMPLE.read_text().replace('version = "1"', 'version = "3"', 1))
    running = rebuild()
    wait_for(lambda: began(settings))
    running.process.send_signal(signal.SIGSTOP)
    leadstream("model", "activate", other)
    running.process.send_signal(signal.SIGCONT)
    ended = running.ended()
    assert (ended.code, generation(settings)) == (2, 0)
    assert "another model was activated meanwhile" in ended.err


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda log: write_log(log, [event("other", email=ANN)]), "the score flow has read nothing of"),
        (lambda log: write_log(log, OLD[:2]), "the log ends before what the score flow has read of it"),
        (lambda log: log.with_name("more.jsonl").unlink(), "lacks 1 of the 2 logs that the score flow has read"),
    ],
)
def test_a_log_that_is_not_what_the_live_flow_reads_is_refused(
    spoil: Callable[[Path], object], said: str, log: Path, score: Score, leadstream: Leadstream, settings: Settings,
    webinar: Path,
) -> None:  # fmt: skip
    if "lacks" in said:
        write_log(log.with_name("more.jsonl"), [LATER])
    score(log.parent)
    spoil(log)
    ended = leadstream("model", "activate", webinar, "--rebuild", log.parent)
    assert (ended.code, said in ended.err, generation(settings)) == (2, True, 0)


def test_a_packed_log_that_was_cut_is_refused_when_its_end_was_read(
    log: Path, score: Score, rebuild: Rebuild, settings: Settings
) -> None:
    packed = log.with_suffix(".jsonl.gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    log.unlink()
    score(log.parent)
    packed.write_bytes(gzip.compress(OLD[0] + b"\n"))
    ended = rebuild().ended()
    assert (ended.code, "the log ends before" in ended.err, generation(settings)) == (2, True, 0)


def test_incomplete_takes_what_is_left_of_the_log(
    log: Path, score: Score, leadstream: Leadstream, settings: Settings, webinar: Path, shown: Shown
) -> None:
    more = write_log(log.with_name("more.jsonl"), [LATER])
    score(log.parent)
    more.unlink()
    ended = leadstream("model", "activate", webinar, "--rebuild", log.parent, "--incomplete")
    assert (ended.code, generation(settings), shown(CID)) == (0, 1, None)


def test_another_data_folder_than_the_flows_is_refused(
    log: Path, score: Score, leadstream: Leadstream, tmp_path: Path, webinar: Path
) -> None:
    score(log.parent)
    ended = leadstream("model", "activate", webinar, "--rebuild", log.parent, "--data", tmp_path / "elsewhere")
    assert (ended.code, "is not the folder of the live flow" in ended.err) == (2, True)
