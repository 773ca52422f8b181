"""Whatever comes in: a dead letter with the original bytes and a reason, or one clear line and an exit code."""

import base64
import json
import resource
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from redis import Redis

from config.settings import Settings
from tests.commands import SIMPLE
from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Score, Start
from tests.waiting import wait_for

GOOD = event("pricing_viewed", email="ann@acme.com")
DEEP = b'{"a":' * 1_000 + b"1" + b"}" * 1_000
IDENTIFIED = {"email": "ann@acme.com"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def letters(settings: Settings) -> list[dict[str, object]]:
    lines = (settings.data / "dead-letters.jsonl").read_bytes().splitlines()
    return [json.loads(line) for line in lines]


def original(letter: dict[str, object]) -> bytes:
    text, encoded = letter.get("original"), letter.get("original_base64")
    return str(text).encode() if encoded is None else base64.b64decode(str(encoded))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (GOOD[:40], "malformed"),
        (b"[1, 2]", "malformed"),
        (b"null", "malformed"),
        (b"\x00\x01", "malformed"),
        (b'{"event": "x", "timestamp": "2025-06-12T08:00:00Z", "email": 5}', "malformed"),
        (b'{"event": 1, "timestamp": "2025-06-12T08:00:00Z", "userId": "u1"}', "malformed"),
        (b'{"event": "x", "userId": "u1"}', "malformed"),
        (b'{"event": "x", "timestamp": null, "userId": "u1"}', "malformed"),
        (b'{"event": "x", "timestamp": "2025-06-12T08:00:00Z", "userId": "u1", "traits": [1]}', "malformed"),
        (b'{"event": "x", "timestamp": "2025-06-12T08:00:00Z", "userId": "u1", "properties": "p"}', "malformed"),
        (b'{"event": "x", "timestamp": "2025-06-12T08:00:00Z", "userId": "u1", "p": %b}' % DEEP, "malformed"),
        (b'{"event": "x", "timestamp": "2025-06-12T08:00:00Z", "userId": "u1", "traits": %b}' % DEEP, "malformed"),
        (b'{"event": "x\xff", "timestamp": "2025-06-12T08:00:00Z", "userId": "u1"}', "not_utf8"),
        (b'{"event": "", "timestamp": "2025-06-12T08:00:00Z", "userId": "u1"}', "no_name"),
        (event("x"), "no_identifier"),
        (event("x", userId="undefined", anonymousId="", email="none"), "no_identifier"),
        (b'{"event": "x", "timestamp": "1970-01-01T00:00:00Z", "userId": "u1"}', "bad_time"),
        (b'{"event": "x", "timestamp": 0, "userId": "u1"}', "bad_time"),
        (b'{"event": "x", "timestamp": "2100-01-01", "userId": "u1"}', "bad_time"),
        (b'{"event": "x", "timestamp": 1e300, "userId": "u1"}', "bad_time"),
        (b'{"event": "x", "timestamp": "yesterday", "userId": "u1"}', "bad_time"),
        (b'{"event": "x", "pad": "%b"}' % (b"x" * (1 << 20)), "oversized"),
    ],
    ids=lambda value: value[:60].decode("latin-1") if isinstance(value, bytes) else value,
)
def test_a_line_that_cannot_be_used_is_a_dead_letter(
    line: bytes, reason: str, log: Path, score: Score, settings: Settings
) -> None:
    report = score(write_log(log, [GOOD, line]))
    found = [(letter["position"], letter["reason"], original(letter)) for letter in letters(settings)]
    assert (report.used, report.dead, found) == (1, 1, [(len(GOOD) + 1, reason, line[: 1 << 20])])


@pytest.mark.parametrize(
    "line",
    [
        event("pricing_viewed", **IDENTIFIED, whatever={"deep": [1, None]}),
        GOOD[:-1] + b', "email": "bob@acme.com", "email": "ann@acme.com"}',
        event("pricing_viewed", **IDENTIFIED, traits={"big": 10**40, "small": -(10**40), "flag": True, "none": None}),
        event("pricing_viewed", **IDENTIFIED, traits={"deep": {"er": {"est": 1}}, "list": [1]}),
        event("pricing_viewed", **IDENTIFIED, anonymousId=None, userId="", contactId="null"),
        event("pricing_viewed", **IDENTIFIED, messageId=12345),
        b"  " + GOOD + b" \r",
    ],
)
def test_what_is_odd_but_clear_is_used(line: bytes, log: Path, score: Score, leadstream: Leadstream) -> None:
    report = score(write_log(log, [line]))
    found = leadstream("show", "ann@acme.com", "--json", "--at", "2025-06-12T12:00:00Z").json["score"]
    assert (report.used, report.dead, found) == (1, 0, 10.0)


def test_a_dead_letter_is_kept_once_however_often_its_line_is_read(log: Path, score: Score, settings: Settings) -> None:
    write_log(log, [b"{", GOOD])
    dead = [score(log).dead for _ in range(3)]
    assert (dead, len(letters(settings))) == ([1, 1, 1], 1)


def test_a_log_of_nothing_but_rubbish_is_read_to_its_end(log: Path, score: Score, settings: Settings) -> None:
    log.write_bytes(bytes(range(256)) * 100)
    report = score(log)
    assert report.received == report.dead + report.ignored == len(log.read_bytes().split(b"\n"))


def clear(ended: object) -> bool:
    """One line, ours, and no traceback."""
    err = getattr(ended, "err", "")
    return err.startswith("leadstream: ") and err.count("\n") == 1


@pytest.mark.parametrize("folder", [False, True])
def test_an_empty_log_read_to_its_end_is_a_mistake(folder: bool, tmp_path: Path, leadstream: Leadstream) -> None:
    empty = tmp_path / "logs" / "empty.jsonl"
    ended = leadstream("score", write_log(empty, []).parent if folder else write_log(empty, []), "--until-end")
    assert (ended.code, clear(ended), "is empty" in ended.err) == (2, True, True)


def test_a_folder_without_logs_is_a_mistake(tmp_path: Path, leadstream: Leadstream) -> None:
    (tmp_path / "notes.txt").write_text("no log")
    ended = leadstream("score", tmp_path)
    assert (ended.code, clear(ended), "holds no logs" in ended.err) == (2, True, True)


def test_a_log_that_is_not_there_is_a_mistake(tmp_path: Path, leadstream: Leadstream) -> None:
    ended = leadstream("score", tmp_path / "missing.jsonl", "--until-end")
    assert (ended.code, clear(ended), "No such file" in ended.err) == (2, True, True)


def test_a_packed_log_that_is_none_is_a_mistake(tmp_path: Path, leadstream: Leadstream) -> None:
    ended = leadstream("score", write_log(tmp_path / "a.jsonl.gz", [GOOD]), "--until-end")
    assert (ended.code, clear(ended), "damaged" in ended.err) == (2, True, True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points = 10", "pionts = 10", "did you mean 'points'?"),
        ('signal = "docs_viewed"', 'signal = "docs_veiwed"', "does not exist; did you mean 'docs_viewed'?"),
        ("[contact]", '[signals.never]\nwords = "x"\n\n[contact]', "no rule uses this signal"),
    ],
)
def test_a_model_with_a_mistake_is_refused_before_anything_starts(
    old: str, new: str, said: str, tmp_path: Path, log: Path, leadstream: Leadstream
) -> None:
    model = tmp_path / "model.toml"
    model.write_text(SIMPLE.read_text().replace(old, new, 1))
    ended = leadstream("score", write_log(log, [GOOD]), "--until-end", "--model", model)
    assert (ended.code, "model.toml: " in ended.err, said in ended.err) == (2, True, True)


def unused_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def test_no_redis_is_said(log: Path, leadstream: Leadstream) -> None:
    url = f"redis://127.0.0.1:{unused_port()}/0"
    ended = leadstream("score", write_log(log, [GOOD]), "--until-end", "--redis", url)
    assert (ended.code, clear(ended), "Connection refused" in ended.err) == (2, True, True)


@contextmanager
def setting(redis_url: str, name: str, value: str) -> Iterator[None]:
    """A setting of the server, for the length of the block."""
    with closing(Redis.from_url(redis_url)) as admin:
        before = str(admin.config_get(name)[name])
        admin.config_set(name, value)
        try:
            yield
        finally:
            with closing(Redis.from_url(redis_url, password=value if name == "requirepass" else None)) as after:
                after.config_set(name, before)


def test_a_redis_that_evicts_is_refused(log: Path, leadstream: Leadstream, redis_url: str) -> None:
    with setting(redis_url, "maxmemory-policy", "allkeys-lru"):
        ended = leadstream("score", write_log(log, [GOOD]), "--until-end")
    assert (ended.code, clear(ended), "maxmemory-policy noeviction" in ended.err) == (2, True, True)


@pytest.mark.parametrize("given", ["", ":wrong@"])
def test_a_wrong_redis_password_is_said_and_not_shown(
    given: str, log: Path, leadstream: Leadstream, redis_url: str
) -> None:
    url = redis_url.replace("unix://", f"unix://{given}")
    with setting(redis_url, "requirepass", "right"):
        ended = leadstream("score", write_log(log, [GOOD]), "--until-end", "--redis", url)
    said = ("refused the password" in ended.err, "wrong" in ended.err)
    assert (ended.code, clear(ended), said) == (2, True, (True, False))


def test_another_number_of_shards_is_refused(log: Path, score: Score, leadstream: Leadstream) -> None:
    score(write_log(log, [GOOD]), shards=4)
    ended = leadstream("score", log, "--until-end", "--shards", "8")
    assert (ended.code, clear(ended), "has 4 shards, not 8" in ended.err) == (2, True, True)


def test_another_secret_is_refused(log: Path, score: Score, leadstream: Leadstream) -> None:
    score(write_log(log, [GOOD]))
    ended = leadstream("score", log, "--until-end", "--secret", "other")
    assert (ended.code, clear(ended), "another secret" in ended.err) == (2, True, True)


def test_a_second_flow_on_a_namespace_is_refused_at_once(log: Path, start: Start, leadstream: Leadstream) -> None:
    start("score", write_log(log, [GOOD]))
    wait_for(lambda: leadstream("show", "ann@acme.com").code == 0)
    ended = leadstream("score", log, "--until-end")
    assert (ended.code, clear(ended), "another flow" in ended.err) == (2, True, True)


@pytest.mark.parametrize("inside", ["", "folder"])
def test_a_data_folder_that_cannot_be_is_said(inside: str, tmp_path: Path, log: Path, leadstream: Leadstream) -> None:
    (tmp_path / "file").touch()
    ended = leadstream("score", write_log(log, [GOOD]), "--until-end", "--data", tmp_path / "file" / inside)
    assert (ended.code, clear(ended), "cannot be written" in ended.err) == (2, True, True)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file of ours, or of a process that we start, can grow past so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_and_no_dead_letter_is_lost(
    log: Path, leadstream: Leadstream, settings: Settings, score: Score
) -> None:
    write_log(log, [b"{" * 100] * 200)
    with files_up_to(8_192):
        ended = leadstream("score", log, "--until-end")
    score(log)
    said = ("dead-letters.jsonl cannot be written" in ended.err, len(letters(settings)))
    assert (ended.code, clear(ended), said) == (2, True, (True, 200))


def test_a_command_ends_by_saying_where_the_lines_are_that_could_not_be_used(
    log: Path, leadstream: Leadstream, settings: Settings
) -> None:
    ended = leadstream("score", write_log(log, [GOOD, b"{"]), "--until-end")
    said = f"leadstream: 1 lines could not be used; {settings.data}/dead-letters.jsonl has each with the reason"
    assert (ended.code, said in ended.err.splitlines()) == (0, True)
