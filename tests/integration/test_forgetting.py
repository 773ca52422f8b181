"""What visitors did whom nobody is known for leaves their accounts: in a live flow, not while an old log is read."""

import json
import time
from pathlib import Path

from config.settings import Settings
from flows.stores import connection
from state.clock import wall_clock
from state.moment import iso
from state.retention import DAY_MS
from tests.events import append, write_log
from tests.integration.conftest import Leadstream, Score, Start
from tests.waiting import wait_for


def viewed(visitor: str, days_ago: int) -> bytes:
    """A visitor looked at the prices, for a company."""
    at = time.time_ns() // 1_000_000 - days_ago * DAY_MS
    named = {"anonymousId": visitor, "accountDomain": "acme.com", "timestamp": iso(at)}
    return json.dumps({"event": "pricing_viewed", **named}).encode()


def due(settings: Settings) -> list[int | None]:
    """When accounts are looked at next."""
    with connection(settings) as store:
        return [store.next_due("account", shard) for shard in range(store.shards)]


def visitors(leadstream: Leadstream) -> list[object]:
    """Those that the account knows."""
    found = leadstream("show", "acme.com", "--json")
    sources = found.json["sources"] if found.code == 0 else []
    return sorted(source["id"] for source in sources)


def test_a_live_flow_lets_accounts_go_of_what_a_finished_log_brought_when_that_is_too_old(
    tmp_path: Path, score: Score, leadstream: Leadstream, start: Start
) -> None:
    log = write_log(tmp_path / "events.jsonl", [viewed("old", 400), viewed("recent", 1)])
    score(log)
    imported = visitors(leadstream)
    start("score", log)
    append(log, viewed("new", 0))
    wait_for(lambda: "new" in visitors(leadstream))
    assert (imported, visitors(leadstream)) == (["old", "recent"], ["new", "recent"])


def test_a_lifetime_that_was_set_later_reaches_everybody(
    tmp_path: Path, score: Score, leadstream: Leadstream, start: Start
) -> None:
    score(write_log(tmp_path / "events.jsonl", [viewed("old", 400), viewed("recent", 1)]), forget_after_days=0)
    start("score", write_log(tmp_path / "other.jsonl", []))
    wait_for(lambda: visitors(leadstream) == ["recent"])


def test_an_erasure_does_not_put_off_what_ends_soon(
    tmp_path: Path, settings: Settings, leadstream: Leadstream, start: Start
) -> None:
    ann = json.dumps({"event": "docs_viewed", "email": "ann@acme.com", "timestamp": iso(wall_clock())}).encode()
    flow = start("score", write_log(tmp_path / "events.jsonl", [viewed("recent", 175), ann]))
    wait_for(lambda: "recent" in visitors(leadstream))
    assert flow.end().code == 0
    before = due(settings)
    assert leadstream("erase", "ann@acme.com", "--yes").code == 0
    assert due(settings) == before
