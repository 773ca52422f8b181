"""What the Redis store promises beyond the contract: one writer, one step, no reconnection, clear refusals."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from redis import Redis
from redis.connection import AbstractConnection

from state.redis_store import RedisStore
from state.store import LEASE_MS, Commit, Fenced, StoreUnavailable

COMMIT = Commit("contact", 1, {"e:ann@acme.com": b"record"}, {"e:ann@acme.com": 10}, {"e:ann@acme.com": 1})


@pytest.fixture
def connect(redis_url: str, namespace: str) -> Iterator[Callable[..., RedisStore]]:
    """Makes stores of one namespace."""
    with ExitStack() as opened:

        def make(shards: int | None = 4, secret: str = "") -> RedisStore:
            store = RedisStore(redis_url, namespace, shards, secret)
            opened.callback(store.disconnect)
            return store

        yield make


@pytest.fixture
def admin(redis_url: str) -> Iterator["Redis"]:
    with closing(Redis.from_url(redis_url)) as client:
        yield client


def live_elsewhere(monkeypatch: pytest.MonkeyPatch, store: RedisStore, *, pid: int, host: str = "") -> None:
    """Open a store as another process would."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: pid)
        if host:
            patch.setattr(socket, "gethostname", lambda: host)
        store.open()


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_second_flow_is_refused_while_the_first_lives(
    connect: Callable[..., RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    live_elsewhere(monkeypatch, connect(), pid=os.getppid())
    with pytest.raises(StoreUnavailable, match=f"another flow .process {os.getppid()} on .*stop it first"):
        connect().open()


def test_a_refused_flow_takes_nothing_from_the_first(
    connect: Callable[..., RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = connect()
    live_elsewhere(monkeypatch, first, pid=os.getppid())
    with pytest.raises(StoreUnavailable):
        connect().open()
    first.commit(COMMIT)
    assert first.read("contact", 1, ["e:ann@acme.com"]) == [b"record"]


def test_a_flow_that_died_here_is_replaced_at_once(
    connect: Callable[..., RedisStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    live_elsewhere(monkeypatch, connect(), pid=dead_pid())
    second = connect()
    second.open()
    second.commit(COMMIT)
    assert second.read("contact", 1, ["e:ann@acme.com"]) == [b"record"]


def test_a_flow_on_another_machine_is_replaced_when_its_lease_ends(
    connect: Callable[..., RedisStore], monkeypatch: pytest.MonkeyPatch, admin: "Redis", namespace: str
) -> None:
    live_elsewhere(monkeypatch, connect(), pid=dead_pid(), host="elsewhere")
    second = connect()
    with pytest.raises(StoreUnavailable, match="on elsewhere"):
        second.open()
    admin.pexpire(f"{{{namespace}}}:lease", 1)
    while admin.exists(f"{{{namespace}}}:lease"):
        pass
    second.open()


@pytest.mark.parametrize("sign", [RedisStore.open, RedisStore.renew, lambda store: store.save({"a": 1}, 0)])
def test_a_lease_lasts_a_few_seconds_from_each_sign_of_life(
    sign: Callable[[RedisStore], None], connect: Callable[..., RedisStore], admin: "Redis", namespace: str
) -> None:
    store = connect()
    store.open()
    admin.persist(f"{{{namespace}}}:lease")
    sign(store)
    assert 0 < int(str(admin.pttl(f"{{{namespace}}}:lease"))) <= LEASE_MS


def test_a_closed_flow_makes_room(connect: Callable[..., RedisStore], monkeypatch: pytest.MonkeyPatch) -> None:
    first = connect()
    live_elsewhere(monkeypatch, first, pid=os.getppid())
    first.close()
    connect().open()


def test_closing_late_takes_no_lease_from_the_next_flow(
    connect: Callable[..., RedisStore], admin: "Redis", namespace: str
) -> None:
    first, second = connect(), connect()
    first.open()
    second.open()
    first.close()
    assert admin.exists(f"{{{namespace}}}:lease") == 1


def commit_and_hear(store: RedisStore) -> None:
    """A commit's reply is heard with whatever comes next."""
    store.commit(COMMIT)
    store.depth("contact")


@pytest.mark.parametrize("write", [commit_and_hear, RedisStore.renew, lambda old: old.save({"a.jsonl": 9}, 0)])
def test_a_flow_that_was_taken_over_is_fenced(
    write: Callable[[RedisStore], None], connect: Callable[..., RedisStore]
) -> None:
    old, new = connect(), connect()
    old.open()
    new.open()
    with pytest.raises(Fenced):
        write(old)


def test_what_was_fenced_left_nothing_behind(connect: Callable[..., RedisStore]) -> None:
    old, new = connect(), connect()
    old.open()
    new.open()
    with pytest.raises(Fenced):
        commit_and_hear(old)
    with pytest.raises(Fenced):
        old.save({"a.jsonl": 9}, 0)
    left = new.read("contact", 1, ["e:ann@acme.com"]), new.next_due("contact", 1), new.depth("contact")
    assert (left, new.checkpoints()) == (([None], None, 0), {})


def test_a_refused_commit_does_not_shift_the_replies_of_those_after_it(connect: Callable[..., RedisStore]) -> None:
    store = connect()
    store.commit(COMMIT)
    store.commit(COMMIT)
    with pytest.raises(Fenced):
        store.depth("contact")
    assert (store.depth("contact"), store.read("contact", 1, ["e:ann@acme.com"])) == (0, [None])


def test_who_never_opened_writes_nothing(connect: Callable[..., RedisStore]) -> None:
    with pytest.raises(Fenced):
        commit_and_hear(connect())


def test_a_commit_is_one_command(connect: Callable[..., RedisStore], monkeypatch: pytest.MonkeyPatch) -> None:
    store = connect()
    store.open()
    store.commit(COMMIT)  # the first teaches the server the script
    sent: list[str] = []
    send = AbstractConnection.send_command

    def note(connection: AbstractConnection, *args: Any, **options: Any) -> None:
        sent.append(args[0])
        send(connection, *args, **options)  # type: ignore[no-untyped-call]  # redis-py's

    monkeypatch.setattr(AbstractConnection, "send_command", note)
    store.commit(COMMIT)
    assert sent == ["EVALSHA"]


def test_a_lost_connection_is_never_taken_up_again(connect: Callable[..., RedisStore], admin: "Redis") -> None:
    store = connect()
    store.open()
    admin.client_kill_filter(_type="normal", skipme=True)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            store.read("contact", 1, ["c:1"])


def test_another_number_of_shards_is_refused(connect: Callable[..., RedisStore]) -> None:
    connect(shards=4)
    with pytest.raises(StoreUnavailable, match="has 4 shards, not 8; use --shards 4, or another --namespace"):
        connect(shards=8)


def test_who_does_not_say_how_many_shards_gets_those_there_are(connect: Callable[..., RedisStore]) -> None:
    connect(shards=4)
    assert connect(shards=None).shards == 4


def test_an_unknown_format_is_refused(connect: Callable[..., RedisStore], admin: "Redis", namespace: str) -> None:
    admin.hset(f"{{{namespace}}}:config", "format", "9")
    with pytest.raises(StoreUnavailable, match="written in format 9; this leadstream writes 1"):
        connect()


@pytest.mark.parametrize(("first", "second"), [("", "mine"), ("mine", ""), ("mine", "yours")])
def test_another_secret_is_refused(first: str, second: str, connect: Callable[..., RedisStore]) -> None:
    connect(secret=first)
    with pytest.raises(StoreUnavailable, match="another secret") as refused:
        connect(secret=second)
    assert "yours" not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "short", "long" * 100])
def test_records_are_found_again_under_the_same_secret(secret: str, connect: Callable[..., RedisStore]) -> None:
    first = connect(secret=secret)
    first.open()
    first.commit(COMMIT)
    assert connect(secret=secret).read("contact", 1, ["e:ann@acme.com"]) == [b"record"]


def test_no_key_and_no_member_names_anyone(connect: Callable[..., RedisStore], admin: "Redis", namespace: str) -> None:
    store = connect()
    store.open()
    store.commit(COMMIT)
    store.tell("hubspot", "contact", 1, {"e:ann@acme.com": b"told"})
    names = list(admin.scan_iter(f"*{namespace}*"))
    dump = b"".join(name + (admin.dump(name) or b"") for name in names)
    assert (len(names) > 6, b"ann" in dump, b"acme" in dump) == (True, False, False)


def test_a_server_that_evicts_is_refused(connect: Callable[..., RedisStore], admin: "Redis") -> None:
    admin.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(StoreUnavailable, match=r"maxmemory-policy is allkeys-lru.*CONFIG SET maxmemory-policy"):
            connect()
    finally:
        admin.config_set("maxmemory-policy", "noeviction")


def test_a_wrong_password_is_refused_without_naming_it(redis_url: str, admin: "Redis") -> None:
    admin.config_set("requirepass", "right")
    try:
        for url in (redis_url, redis_url.replace("unix://", "unix://:hunter2@")):
            with pytest.raises(StoreUnavailable, match="refused the password; check the Redis URL") as refused:
                RedisStore(url, "any")
            assert "hunter2" not in str(refused.value)
    finally:
        admin.config_set("requirepass", "")


@pytest.mark.parametrize(
    "url",
    [
        "redis://ann:hunter2@127.0.0.1:1/0",
        "redis://127.0.0.1:1/0?password=hunter2",
        "redis://ann:hunter2@no-such-host.invalid:6379",
        "unix:///no/such/valkey.sock",
        "rediss://127.0.0.1:1/0",
    ],
)
def test_a_server_that_is_not_there_is_one_clear_line(url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"^Redis at \S+ cannot be used: .+$") as refused:
        RedisStore(url, "any")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://hunter2@127.0.0.1/",
        "redis://ann:hunter2@host:port/0",
        "redis://[::1",
        "redis://h/0?hunter2=1",
    ],
)
def test_what_is_no_redis_url_is_one_clear_line(url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"^the Redis URL cannot be read; write it as redis://.+$") as refused:
        RedisStore(url, "any")
    assert "hunter2" not in str(refused.value)


def test_a_server_that_speaks_something_else_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=answer_as_http, args=(server,))
        answering.start()
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            RedisStore(f"redis://127.0.0.1:{server.getsockname()[1]}/0", "any")
        answering.join()


def answer_as_http(server: socket.socket) -> None:
    client, _ = server.accept()
    with client:
        client.recv(1_000)
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
