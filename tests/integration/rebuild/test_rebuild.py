"""`leadstream model activate FILE --rebuild LOG`: signals get their past, beside live flows, which go over to it."""

import json
import os
import signal
from pathlib import Path

import pytest

from config.settings import Settings
from flows.models import limits_in
from flows.stores import connection
from operators.identify_shard import Limits
from state.clock import wall_clock
from state.ids import shard_of
from state.moment import iso
from tests.commands import children
from tests.events import append, event
from tests.faults.remains import letters
from tests.integration.conftest import Leadstream, Score, Start
from tests.integration.rebuild.conftest import Folded, Rebuild, Shown
from tests.rebuilds import ANN, BOB, CID, LATER, OLD, began, generation
from tests.waiting import wait_for

LATE = event("pricing_viewed", "09:00:00", email=BOB, messageId="5")
MANY = [f"e:{number}@many.com" for number in range(20)]
BROKEN = b'{"event":"docs_viewed","timestamp":"never"}'


def changes(path: Path) -> list[tuple[str, float]]:
    """What a sink was told, in order."""
    lines = path.read_text().splitlines() if path.exists() else []
    told = [json.loads(line) for line in lines]
    return [(one["key"], one["score"]) for one in told]


def test_a_new_signal_has_its_past_and_live_flows_go_on_meanwhile_and_after(
    log: Path, start: Start, rebuild: Rebuild, settings: Settings,
    folded: Folded, shown: Shown,
) -> None:  # fmt: skip
    flow = start("score", log.parent)
    before = wait_for(lambda: shown(BOB))
    held = rebuild()
    wait_for(lambda: began(settings))
    held.process.send_signal(signal.SIGSTOP)
    append(log, LATE, BROKEN)
    live = wait_for(lambda: (now := shown(BOB)) != before and now)
    meanwhile = generation(settings)
    held.process.send_signal(signal.SIGCONT)
    ended = held.ended()
    append(log, LATER)
    wait_for(lambda: shown(CID))
    assert (ended.code, meanwhile, generation(settings)) == (0, 0, 1)
    assert [shown(key) for key in (BOB, CID)] == [live + 7, 7]
    assert (flow.end().code, "starting again" in flow.err) == (0, False)
    folded([*OLD, LATE, BROKEN, LATER])
    assert [folder.name for folder in (settings.data / "identity").iterdir()] == [f"{settings.namespace}~1"]
    with connection(settings) as store:
        assert [*store.client.scan_iter(f"{settings.namespace}:*")] == []


def test_a_sink_hears_of_whom_the_new_model_moves_and_of_nobody_else(
    log: Path, start: Start, rebuild: Rebuild, settings: Settings, tmp_path: Path
) -> None:
    told, now = tmp_path / "changes.jsonl", iso(wall_clock())
    append(log, event("webinar", email=ANN, timestamp=now), event("docs_viewed", email=ANN, timestamp=now))
    append(log, *(event("pricing_viewed", email=id_.removeprefix("e:"), timestamp=now) for id_ in MANY))
    start("score", log.parent)
    deliver = start("deliver", "--changes", told)
    wait_for(lambda: len(changes(told)) >= 22 and waiting(settings) == 0)
    before = changes(told)
    assert rebuild().ended().code == 0
    wait_for(lambda: "delivering under" in deliver.err and waiting(settings) == 0)
    news = dict(changes(told)[len(before) :])
    assert (sorted(news), news[ANN] - dict(before)[ANN] >= 7) == ([ANN, BOB], True)
    with connection(settings) as store:
        known = [store.told("changes", "contact", shard_of(id_, store.shards), [id_]) for id_ in MANY]
    assert [told for told in known if told == [None]] == []


def test_a_sink_that_was_away_hears_of_whoever_waited(
    log: Path, score: Score, start: Start, rebuild: Rebuild, settings: Settings, tmp_path: Path
) -> None:
    told = tmp_path / "changes.jsonl"
    score(log.parent)
    assert rebuild().ended().code == 0
    deliver = start("deliver", "--changes", told, "--until-empty")
    assert deliver.ended().code == 0
    assert {key for key, _ in changes(told)} == {ANN, BOB, "acme.com", "globex.com"}


def waiting(settings: Settings) -> int:
    with connection(settings) as store:
        return store.depth("contact") + store.depth("account")


def test_who_was_erased_stays_erased(
    log: Path, score: Score, rebuild: Rebuild, leadstream: Leadstream, settings: Settings, shown: Shown
) -> None:
    score(log.parent)
    leadstream("erase", BOB, "--yes")
    assert rebuild().ended().code == 0
    score(log.parent)
    assert (generation(settings), shown(BOB), bool(shown(ANN))) == (1, None, True)


def test_an_erasure_after_a_rebuild_takes_the_facts_out_of_the_new_generations_files(
    log: Path, score: Score, rebuild: Rebuild, leadstream: Leadstream, settings: Settings
) -> None:
    score(log.parent)
    assert rebuild().ended().code == 0
    append(log, event("docs_viewed", "11:00:00", email="bob@new.com", contactId="crm-bob", messageId="7"))
    append(log, event("docs_viewed", "11:01:00", email="bob@new.com", userId="u-bob", messageId="8"))
    append(log, event("docs_viewed", "11:02:00", userId="u-bob", contactId="crm-bob", messageId="9"))
    score(log.parent)
    facts = settings.data / "identity" / f"{settings.namespace}~1" / "identity.jsonl"
    before = b"u-bob" in facts.read_bytes()
    ended = leadstream("erase", "bob@new.com", "--yes")
    assert (before, ended.code, b"u-bob" in facts.read_bytes()) == (True, 0, False)


def test_the_active_model_may_be_rebuilt_and_the_history_stays(
    log: Path, score: Score, rebuild: Rebuild, leadstream: Leadstream, settings: Settings, webinar: Path, shown: Shown
) -> None:
    score(log.parent)
    leadstream("model", "activate", webinar)
    before = shown(BOB)
    assert rebuild().ended().code == 0
    score(log.parent)
    assert (before or 0) + 7 == shown(BOB)
    with connection(settings) as store:
        assert (store.generation, store.count_activations()) == (1, 1)


def test_what_only_the_rebuild_has_read_has_its_dead_letters_from_the_next_flow(
    log: Path, score: Score, rebuild: Rebuild, settings: Settings, folded: Folded
) -> None:
    score(log.parent)
    append(log, LATE, BROKEN)
    assert rebuild().ended().code == 0
    before = len(letters(settings))
    score(log.parent, rewind_ms=0)
    assert (before, len(letters(settings))) == (1, 2)
    folded([*OLD, LATE, BROKEN])


def test_a_rebuild_goes_by_the_limits_of_the_live_flow(
    log: Path, score: Score, rebuild: Rebuild, settings: Settings
) -> None:
    score(log.parent, contacts_per_visitor=1, visitors_per_id=2)
    assert rebuild().ended().code == 0
    with connection(settings) as store:
        assert (store.generation, limits_in(store)) == (1, Limits(contacts_per_visitor=1, visitors_per_id=2))


def test_where_the_log_s_time_rules_it_does_so_after_a_rebuild(
    log: Path, score: Score, rebuild: Rebuild, settings: Settings
) -> None:
    clocks = []
    for make in (lambda: score(log.parent, log_time=True), lambda: rebuild().ended()):
        make()
        with connection(settings) as store:
            clocks.append((store.generation, store.clock()))
    assert clocks == [(0, 1_749_715_380_000), (1, 1_749_715_380_000)]


@pytest.mark.faults
def test_a_flow_that_was_paused_through_the_switch_goes_on_in_the_new_generation(
    log: Path, start: Start, rebuild: Rebuild, settings: Settings, shown: Shown
) -> None:
    flow = start("score", log.parent)
    wait_for(lambda: shown(BOB))
    (child,) = children(flow.process.pid, "flows.child")
    os.kill(child, signal.SIGSTOP)
    assert rebuild().ended().code == 0
    os.kill(child, signal.SIGCONT)
    append(log, LATER)
    wait_for(lambda: shown(CID))
    assert flow.end().code == 0
