"""The log's own time, which the deliver flow and all who read go by."""

from pathlib import Path

import msgspec
import pytest

from config.checking import needed_keep
from config.loading import load_model, standard_model_path
from config.settings import Settings
from flows.delivery import KINDS, outbox_depth
from flows.process import ROOT
from flows.reading import Reading
from flows.scoring_run import ScoringRun
from flows.stores import connection
from operators.evaluate import Scoring
from state.ledger import Keep
from state.store import Commit
from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Start
from tests.waiting import wait_for

SAMPLE = ROOT / "sample" / "events.jsonl.zst"


class Change(msgspec.Struct):
    """Of a line of changes, who is in which band."""

    key: str
    band: str


def test_nothing_waits_for_delivery_before_the_store_knows_the_time_that_it_was_scored_as_of(
    settings: Settings, tmp_path: Path, signals: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email="ann@acme.com")])
    lapse = msgspec.structs.replace(settings, log=log, until_end=True, log_time=True)
    marks: list[tuple[int, int]] = []
    with connection(lapse) as store:
        commit = store.commit

        def watch(changes: Commit) -> None:
            marks.extend((mark % (1 << 44), store.clock() or 0) for mark in changes.outbox.values())
            commit(changes)

        monkeypatch.setattr(store, "commit", watch)
        ScoringRun(lapse, store, lambda _: None).run()
    assert [clock >= marked for marked, clock in marks] == [True, True]


def test_delivery_beside_a_time_lapse_has_told_everybodys_band_when_it_ends(
    settings: Settings, tmp_path: Path, start: Start, leadstream: Leadstream
) -> None:
    standard = standard_model_path()
    changes = tmp_path / "changes.jsonl"
    delivering = start("deliver", "--changes", changes, "--model", standard)
    assert leadstream("score", SAMPLE, "--until-end", "--speed", "50", "--model", standard).code == 0
    with connection(settings) as store:
        wait_for(lambda: outbox_depth(store) == 0)
        delivering.end()
        model = load_model(standard)
        reading = Reading(store, model, Scoring(model, Keep(needed_keep(model))))
        subjects = [one for kind in KINDS for one in reading.subjects(kind) if one.sources]
        true = {record.key: record.band for record in reading.records(subjects, store.clock() or 0)}
    told = {
        change.key: change.band
        for change in map(msgspec.json.Decoder(Change).decode, changes.read_bytes().splitlines())
    }
    assert {key for key, band in true.items() if told.get(key) != band} == set() != set(true)
