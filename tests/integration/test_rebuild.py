"""`leadstream model activate FILE --rebuild LOG`: signals get their past, beside live flows, which go over to it."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from flows.stores import connection
from state.clock import wall_clock
from state.moment import iso
from state.redis_store import RedisStore
from tests.commands import SIMPLE, Running, children
from tests.events import append, event, write_log
from tests.faults.remains import compare, state_of
from tests.integration.conftest import Leadstream, Score, Start
from tests.waiting import wait_for

ANN, BOB, CID = "ann@acme.com", "bob@globex.com", "cid@initech.com"
OLD = [
    event("webinar", "08:00:00", anonymousId="a1", messageId="1"),
    event("pricing_viewed", "08:01:00", anonymousId="a1", email=ANN, messageId="2"),
    event("docs_viewed", "08:02:00", email=BOB, userId="u-bob", messageId="3"),
    event("webinar", "08:03:00", userId="u-bob", messageId="4"),
    b'{"event":"docs_viewed","timestamp":"soon"}',
]
LATE = event("pricing_viewed", "09:00:00", email=BOB, messageId="5")
LATER = event("webinar", "10:00:00", email=CID, anonymousId="a2", messageId="6")
BROKEN = b'{"event":"docs_viewed","timestamp":"never"}'
SHOWN = ("--json", "--at", "2025-06-12T12:00:00Z")


@pytest.fixture
def webinar(tmp_path: Path) -> Path:
    """The simple model with a signal more, worth 7."""
    path = tmp_path / "webinar.toml"
    path.write_text(
        SIMPLE.read_text()
        .replace('version = "1"', 'version = "2"', 1)
        .replace("[contact]\n", '[signals.webinar]\nwords = "attended"\n\n[contact]\n', 1)
        + '\n[[contact.rules]]\nname = "webinar"\ntype = "points"\nsignal = "webinar"\npoints = 7\n'
    )
    return path


@pytest.fixture
def folded(settings: Settings, webinar: Path) -> Callable[[list[bytes]], None]:
    """Every ledger, score and dead letter is what a fold of these lines under the new model gives."""
    return lambda lines: compare(msgspec.structs.replace(settings, model=webinar), lines)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "logs" / "events.jsonl", OLD)


@pytest.fixture
def rebuild(start: Start, webinar: Path, log: Path) -> Callable[[], Running]:
    """Starts a rebuild."""
    return lambda: start("model", "activate", webinar, "--rebuild", log.parent)


def generation(settings: Settings) -> int:
    with connection(settings) as store:
        return store.generation


def shown(leadstream: Leadstream, key: str) -> float | None:
    ended = leadstream("show", key, *SHOWN)
    return None if ended.code else float(ended.json["score"])


def in_generation(settings: Settings, number: int, look: Callable[[RedisStore], object]) -> object:
    """What `look` finds in a generation, None before it was begun."""
    with connection(settings) as store:
        if not {number} <= store.leftovers() | {store.generation}:
            return None
    with connection(msgspec.structs.replace(settings, generation=number)) as store:
        return look(store)


def began(settings: Settings) -> object:
    return in_generation(settings, 1, lambda _: True)


def read_something(settings: Settings) -> object:
    return in_generation(settings, 1, lambda store: bool(store.checkpoints()))


def records(settings: Settings) -> dict[tuple[str, str], bytes]:
    """What the current generation holds."""
    with connection(settings) as store:
        return state_of(store)


def changes(path: Path) -> list[tuple[str, float]]:
    """What a sink was told, in order."""
    lines = path.read_text().splitlines() if path.exists() else []
    told = [json.loads(line) for line in lines]
    return [(one["key"], one["score"]) for one in told]


def test_a_new_signal_has_its_past_and_live_flows_go_on_meanwhile_and_after(
    log: Path, start: Start, rebuild: Callable[[], Running], leadstream: Leadstream, settings: Settings,
    folded: Callable[[list[bytes]], None],
) -> None:  # fmt: skip
    flow = start("score", log.parent)
    before = wait_for(lambda: shown(leadstream, BOB))
    held = rebuild()
    wait_for(lambda: began(settings))
    held.process.send_signal(signal.SIGSTOP)
    append(log, LATE, BROKEN)
    live = wait_for(lambda: (now := shown(leadstream, BOB)) != before and now)
    meanwhile = generation(settings)
    held.process.send_signal(signal.SIGCONT)
    ended = held.ended()
    append(log, LATER)
    wait_for(lambda: shown(leadstream, CID))
    assert (ended.code, meanwhile, generation(settings)) == (0, 0, 1)
    assert [shown(leadstream, key) for key in (BOB, CID)] == [live + 7, 7]
    assert (flow.end().code, "starting again" in flow.err) == (0, False)
    folded([*OLD, LATE, BROKEN, LATER])


def test_a_sink_hears_of_whom_the_new_model_moves_and_of_nobody_else(
    log: Path, start: Start, rebuild: Callable[[], Running], settings: Settings, tmp_path: Path
) -> None:
    told, now = tmp_path / "changes.jsonl", iso(wall_clock())
    append(log, event("webinar", email=ANN, timestamp=now), event("docs_viewed", email=ANN, timestamp=now))
    append(log, *(event("pricing_viewed", email=f"{n}@many.com", timestamp=now) for n in range(20)))
    start("score", log.parent)
    deliver = start("deliver", "--changes", told)
    wait_for(lambda: len(changes(told)) >= 22 and waiting(settings) == 0)
    before = changes(told)
    assert rebuild().ended().code == 0
    wait_for(lambda: "delivering under" in deliver.err and waiting(settings) == 0)
    news = dict(changes(told)[len(before) :])
    assert (sorted(news), news[ANN] - dict(before)[ANN] >= 7) == ([ANN, BOB], True)


def test_a_sink_that_was_away_hears_of_whoever_waited(
    log: Path, score: Score, start: Start, rebuild: Callable[[], Running], settings: Settings, tmp_path: Path
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


@pytest.mark.parametrize("reached", [began, read_something])
def test_a_rebuild_that_is_killed_leaves_the_live_generation_and_the_next_one_begins_anew(
    reached: Callable[[Settings], object], log: Path, score: Score, rebuild: Callable[[], Running], settings: Settings,
    folded: Callable[[list[bytes]], None],
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
    log: Path, score: Score, rebuild: Callable[[], Running], settings: Settings
) -> None:
    score(log.parent)
    before = records(settings)
    running = rebuild()
    wait_for(lambda: began(settings))
    ended = running.end(signal.SIGINT)
    assert (ended.code, "interrupted: nothing was switched" in ended.err) == (1, True)
    assert (generation(settings), records(settings)) == (0, before)
    assert [folder.name for folder in (settings.data / "identity").iterdir()] == [settings.namespace]


def test_while_one_rebuild_is_at_work_others_and_erasures_are_refused(
    log: Path, score: Score, rebuild: Callable[[], Running], leadstream: Leadstream, settings: Settings, webinar: Path
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
    log: Path, score: Score, rebuild: Callable[[], Running], leadstream: Leadstream, settings: Settings, tmp_path: Path
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


def test_who_was_erased_stays_erased(
    log: Path, score: Score, rebuild: Callable[[], Running], leadstream: Leadstream, settings: Settings
) -> None:
    score(log.parent)
    leadstream("erase", BOB, "--yes")
    assert rebuild().ended().code == 0
    score(log.parent)
    assert (generation(settings), shown(leadstream, BOB), bool(shown(leadstream, ANN))) == (1, None, True)


def test_an_erasure_after_a_rebuild_takes_the_facts_out_of_the_new_generations_files(
    log: Path, score: Score, rebuild: Callable[[], Running], leadstream: Leadstream, settings: Settings
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


def test_incomplete_takes_what_is_left_of_the_log(
    log: Path, score: Score, leadstream: Leadstream, settings: Settings, webinar: Path
) -> None:
    more = write_log(log.with_name("more.jsonl"), [LATER])
    score(log.parent)
    more.unlink()
    ended = leadstream("model", "activate", webinar, "--rebuild", log.parent, "--incomplete")
    assert (ended.code, generation(settings), shown(leadstream, CID)) == (0, 1, None)


def test_another_data_folder_than_the_flows_is_refused(
    log: Path, score: Score, leadstream: Leadstream, tmp_path: Path, webinar: Path
) -> None:
    score(log.parent)
    ended = leadstream("model", "activate", webinar, "--rebuild", log.parent, "--data", tmp_path / "elsewhere")
    assert (ended.code, "is not the folder of the live flow" in ended.err) == (2, True)


def test_the_active_model_may_be_rebuilt_and_the_history_stays(
    log: Path, score: Score, rebuild: Callable[[], Running], leadstream: Leadstream, settings: Settings, webinar: Path
) -> None:
    score(log.parent)
    leadstream("model", "activate", webinar)
    before = shown(leadstream, BOB)
    assert rebuild().ended().code == 0
    score(log.parent)
    assert (before or 0) + 7 == shown(leadstream, BOB)
    with connection(settings) as store:
        assert (store.generation, store.count_activations()) == (1, 1)


def test_a_flow_that_was_paused_through_the_switch_goes_on_in_the_new_generation(
    log: Path, start: Start, rebuild: Callable[[], Running], leadstream: Leadstream, settings: Settings
) -> None:
    flow = start("score", log.parent)
    wait_for(lambda: shown(leadstream, BOB))
    (child,) = children(flow.process.pid, "flows.child")
    os.kill(child, signal.SIGSTOP)
    assert rebuild().ended().code == 0
    os.kill(child, signal.SIGCONT)
    append(log, LATER)
    wait_for(lambda: shown(leadstream, CID))
    assert flow.end().code == 0
