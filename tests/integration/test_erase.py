"""`leadstream erase`: a person goes, with their bytes, and does not come back."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from redis import Redis

from config.settings import Settings
from flows.process import environment, program
from flows.stores import connection
from state.codec import Decoder, encode
from state.embedded import serve
from state.store import Kind
from state.subject import Source, Subject
from tests.commands import SIMPLE, children
from tests.events import append, event, write_log
from tests.integration.conftest import Leadstream, Score, Start
from tests.simulated_crm import TOKEN, SimulatedCrm, running_crm
from tests.waiting import wait_for

SOURCES: tuple[Kind, ...] = ("known", "visitor")
SUBJECTS: tuple[Kind, ...] = ("contact", "account")
ANN = "ann.the.first@acme.com"
BOB = "bob@acme.com"
DEVICE, SHARED = "anon-of-ann-1", "anon-of-the-kiosk"
IDS = (ANN, DEVICE, "user-of-ann", "crm-of-ann")
OF_ANN = [
    event("pricing_viewed", "08:00:00", anonymousId=DEVICE, messageId="1"),
    event("signed_up", "08:01:00", anonymousId=DEVICE, email=ANN, userId="user-of-ann", messageId="2", traits={"x": 1}),
    event("docs_viewed", "08:02:00", userId="user-of-ann", contactId="crm-of-ann", email=ANN, messageId="3"),
    event("docs_viewed", "08:03:00", anonymousId=SHARED, email=ANN, accountDomain="acme.com", messageId="4"),
]
OF_OTHERS = [
    event("pricing_viewed", "09:00:00", anonymousId=SHARED, email=BOB, messageId="5"),
    event("docs_viewed", "09:01:00", email=BOB, messageId="6"),
    event("pricing_viewed", "09:02:00", anonymousId="anon-of-cid", email="cid@beta.io", messageId="7"),
]
BROKEN = [
    b'{"event":"x","timestamp":"soon","email":"%s"}' % ANN.encode(),
    b'{"event":"x","timestamp":"soon","email":"%s"}' % BOB.encode(),
    b'{"anonymousId":"%s","event' % DEVICE.encode(),
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "events.jsonl", [*OF_ANN, *OF_OTHERS, *BROKEN])


@pytest.fixture(scope="module")
def crm() -> Iterator[SimulatedCrm]:
    with running_crm() as running:
        yield running


def dumped(url: str, namespace: str) -> bytes:
    """Every key and every value of a namespace as the server dumps it; its tombstones are digests anyway."""
    with closing(Redis.from_url(url)) as admin:
        keys = [key for key in admin.scan_iter(count=1_000) if namespace.encode() in key]
        return b"".join(key + (admin.dump(key) or b"") for key in keys)


def records(settings: Settings) -> dict[str, bytes]:
    """Every record of a namespace, without what ranks its next change, and without those left with nothing."""
    found = {}
    with connection(settings) as store:
        for kind in SOURCES:
            for source in map(Decoder(Source).decode, store.scan(kind)):
                found[f"{kind} {source.id}"] = encode(source)
        for kind in SUBJECTS:
            for subject in map(Decoder(Subject).decode, store.scan(kind)):
                subject.standing = None
                if subject.sources:
                    found[f"{kind} {subject.id}"] = encode(subject)
    return found


def test_after_an_erasure_no_byte_of_redis_names_the_person(
    log: Path, score: Score, leadstream: Leadstream, redis_url: str, namespace: str
) -> None:
    score(log)
    before = dumped(redis_url, namespace)
    ended = leadstream("erase", ANN, "--yes", "--json")
    after = dumped(redis_url, namespace)
    assert (ended.code, ended.err) == (0, "")
    assert [id_ for id_ in IDS if id_.encode() not in before] == []
    assert [id_ for id_ in IDS if id_.encode() in after] == []
    assert BOB.encode() in after


def test_the_certificate_says_what_went_and_names_nobody(log: Path, score: Score, leadstream: Leadstream) -> None:
    score(log)
    ended = leadstream("erase", "user:user-of-ann", "--yes", "--json")
    told = ended.json
    removed = {f"{one['where']}: {one['what']}": one["count"] for one in told["removed"]}
    assert removed == {
        "Redis: contacts": 1,
        "Redis: known ids": 3,
        "Redis: visitors": 1,
        "Redis: shared visitors, who start anew": 1,
        "Redis: shares in other contacts": 1,
        "Redis: shares in accounts": 1,
        "Redis: mentions at other ids": 1,
        "dead-letters.jsonl: lines": 2,
    }
    assert (len(told["tombstones"]), told["done"], told["key"]) == (4, True, "u…")
    assert not any(name in ended.out for name in ("ann", "acme", "kiosk"))
    assert [word in " ".join(told["remains"]) for word in ("raw event log", "BGREWRITEAOF")] == [True, True]


def test_erase_then_replay_equals_never_seen_byte_for_byte(
    log: Path, score: Score, leadstream: Leadstream, settings: Settings, tmp_path: Path
) -> None:
    score(log)
    assert leadstream("erase", ANN, "--yes").code == 0
    with closing(Redis.from_url(settings.redis)) as admin:
        admin.delete(f"{{{settings.namespace}}}:positions")
    report = score(log)
    other = msgspec.structs.replace(settings, namespace=f"{settings.namespace}-never", data=tmp_path / "never")
    score(write_log(tmp_path / "others.jsonl", OF_OTHERS), namespace=other.namespace, data=other.data)
    assert (report.received, report.used, report.ignored, report.dead) == (10, 3, 6, 1)
    assert records(settings) == records(other)


def test_dead_letters_of_others_stay_and_those_of_the_person_do_not_come_back(
    log: Path, score: Score, leadstream: Leadstream, settings: Settings
) -> None:
    score(log)
    leadstream("erase", ANN, "--yes")
    with closing(Redis.from_url(settings.redis)) as admin:
        admin.delete(f"{{{settings.namespace}}}:positions")
    score(log)
    letters = [json.loads(line)["original"] for line in (settings.data / "dead-letters.jsonl").read_text().splitlines()]
    assert letters == [BROKEN[1].decode()]


def test_the_accounts_and_the_other_contacts_correct_themselves(
    log: Path, score: Score, leadstream: Leadstream
) -> None:
    score(log)
    at = ("--json", "--at", "2025-06-12T12:00:00Z")
    before = [leadstream("show", key, *at).json["score"] for key in ("acme.com", BOB)]
    leadstream("erase", ANN, "--yes")
    assert (before, [leadstream("show", key, *at).json["score"] for key in ("acme.com", BOB)]) == (
        [13.0, 12.0],
        [1.0, 2.0],
    )


def test_who_was_erased_is_gone_from_the_crm_and_the_changes_file(
    log: Path, score: Score, leadstream: Leadstream, crm: SimulatedCrm, tmp_path: Path
) -> None:
    crm.reset()
    sinks = ("--hubspot-token", TOKEN, "--hubspot-url", crm.url, "--changes", tmp_path / "changes.jsonl")
    score(log)
    leadstream("deliver", "--until-empty", *sinks)
    ended = leadstream("erase", ANN, "--yes", "--json", *sinks)
    removed = {one["where"]: one["count"] for one in ended.json["removed"]}
    assert (ended.code, removed["hubspot"], removed["changes"]) == (0, 1, 1)
    assert ANN not in [one["email"] for one in crm.records("contacts")]
    assert ANN not in (tmp_path / "changes.jsonl").read_text()
    leadstream("deliver", "--until-empty", *sinks)
    assert ANN not in [one["email"] for one in crm.records("contacts")]


def test_a_crm_that_is_not_reachable_is_noted_and_erased_from_later(
    log: Path, score: Score, leadstream: Leadstream, crm: SimulatedCrm
) -> None:
    crm.reset()
    hubspot = ("--hubspot-token", TOKEN, "--hubspot-url", crm.url)
    score(log)
    leadstream("deliver", "--until-empty", *hubspot)
    crm.fail("expired")
    first = leadstream("erase", ANN, "--yes", "--json", *hubspot)
    crm.heal()
    again = leadstream("erase", ANN, "--yes", "--json", *hubspot)
    assert (first.code, first.json["done"], len(first.json["failed"])) == (1, False, 2)
    assert (again.code, again.json["failed"]) == (0, [])
    assert ANN not in [one["email"] for one in crm.records("contacts")]


def test_a_crm_that_was_told_and_is_not_given_is_a_failure(
    log: Path, score: Score, leadstream: Leadstream, crm: SimulatedCrm
) -> None:
    crm.reset()
    score(log)
    leadstream("deliver", "--until-empty", "--hubspot-token", TOKEN, "--hubspot-url", crm.url)
    ended = leadstream("erase", ANN, "--yes", "--json")
    assert (ended.code, ended.json["failed"]) == (
        1,
        ["hubspot was told of this person, and has not erased them: run this again with it"],
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            (ANN,),
            2,
            "leadstream: erase asks before it removes anybody, and there is no terminal to ask on: add --yes\n",
        ),
        (("nobody@acme.com", "--yes"), 3, "nothing is known under 'nobody@acme.com'"),
        (("acme.com", "--yes"), 2, "acme.com is a company; erase takes a person"),
    ],
)
def test_what_cannot_be_erased_is_one_clear_line(
    log: Path, score: Score, leadstream: Leadstream, arguments: tuple[str, ...], code: int, said: str
) -> None:
    score(log)
    ended = leadstream("erase", *arguments)
    assert (ended.code, said in ended.err, ended.err.count("\n")) == (code, True, 1)


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, False), ("n\n", 1, True)])
def test_on_a_terminal_it_says_what_would_go_and_asks(
    log: Path, score: Score, leadstream: Leadstream, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, left: bool
) -> None:
    score(log)
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    ended = leadstream("erase", ANN)
    assert "this removes a person for good, with 3 known ids and 1 visitors" in ended.err
    assert "0 ids and 1 visitors of others start anew" in ended.err
    assert (ended.code, leadstream("show", ANN, "--json").code == 0) == (code, left)


def test_a_second_erasure_finds_the_tombstones(log: Path, score: Score, leadstream: Leadstream) -> None:
    score(log)
    leadstream("erase", ANN, "--yes")
    again = leadstream("erase", ANN, "--yes")
    assert (again.code, "removed:\n  nothing\n" in again.out) == (0, True)


def test_a_visitor_whom_nobody_knows_can_be_erased(
    tmp_path: Path, score: Score, leadstream: Leadstream, redis_url: str, namespace: str
) -> None:
    score(write_log(tmp_path / "events.jsonl", [event("x", anonymousId="anon-alone"), *OF_OTHERS]))
    assert leadstream("erase", "anon-alone", "--yes").code == 0
    assert b"anon-alone" not in dumped(redis_url, namespace)


def test_running_flows_pause_for_an_erasure_and_go_on(
    log: Path, start: Start, leadstream: Leadstream, redis_url: str, namespace: str, tmp_path: Path
) -> None:
    changes = tmp_path / "changes.jsonl"
    changes.touch()
    scoring = start("score", log)
    delivering = start("deliver", "--changes", changes)
    wait_for(lambda: ANN in changes.read_text())
    pids = [children(flow.process.pid)[0] for flow in (scoring, delivering)]
    ended = leadstream("erase", ANN, "--yes", "--json", "--changes", changes)
    assert (ended.code, ended.json["done"]) == (0, True)
    append(
        log, event("pricing_viewed", "10:00:00", email=ANN), event("pricing_viewed", "10:00:00", email="dan@acme.com")
    )
    wait_for(lambda: "dan@acme.com" in changes.read_text())
    assert ANN not in changes.read_text()
    assert ANN.encode() not in dumped(redis_url, namespace)
    assert [flow.process.poll() for flow in (scoring, delivering)] == [None, None]
    assert all(children(flow.process.pid)[0] not in pids for flow in (scoring, delivering))
    assert [flow.end().code for flow in (scoring, delivering)] == [0, 0]


def test_an_embedded_server_s_files_keep_no_byte_of_the_person(tmp_path: Path) -> None:
    data = tmp_path / "data"
    log = write_log(tmp_path / "events.jsonl", [*OF_ANN, *OF_OTHERS])
    env = {**environment(), "LEADSTREAM_DATA": str(data), "LEADSTREAM_MODEL": str(SIMPLE)}

    def run(*arguments: str | Path) -> None:
        subprocess.run([*program("flows.cli"), *map(str, arguments)], env=env, check=True, capture_output=True)

    with serve(data) as url, closing(Redis.from_url(url)) as admin:
        run("score", log, "--until-end")
        before = bytes_of(data)
        run("erase", ANN, "--yes")
        admin.config_set("rdbcompression", "no")
        admin.save()
        wait_for(lambda: not any(id_.encode() in bytes_of(data) for id_ in IDS))
        assert ANN.encode() in before
        assert (data / "dump.rdb").stat().st_size > 0
        assert BOB.encode() in (data / "dump.rdb").read_bytes()


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
