"""What the Redis store promises beyond the contract, alone and as a cluster: one writer, one step, no reconnection."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from redis import Redis, RedisCluster
from redis.connection import AbstractConnection

from state.redis_store import RedisStore
from state.store import LEASE_MS, Commit, Fenced, StoreUnavailable

COMMIT = Commit("contact", 1, {"e:ann@acme.com": b"record"}, {"e:ann@acme.com": 10}, {"e:ann@acme.com": 1})


@pytest.fixture(params=["a server", "a cluster"])
def redis_url(request: pytest.FixtureRequest, redis_url: str) -> str:
    """Where the store of each test here is, once and once again."""
    return redis_url if request.param == "a server" else str(request.getfixturevalue("cluster_url"))


@pytest.fixture
def admin(redis_url: str) -> Iterator["Redis | RedisCluster"]:
    """A client of the server, or of the whole cluster."""
    client = Redis.from_url(redis_url) if redis_url.startswith("unix:") else RedisCluster.from_url(redis_url)
    with closing(client):
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
    connect: Callable[..., RedisStore], monkeypatch: pytest.MonkeyPatch, admin: "Redis | RedisCluster", namespace: str
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
    sign: Callable[[RedisStore], None],
    connect: Callable[..., RedisStore],
    admin: "Redis | RedisCluster",
    namespace: str,
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
    connect: Callable[..., RedisStore], admin: "Redis | RedisCluster", namespace: str
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


def commit_and_read(store: RedisStore) -> None:
    """The next batch of the shard asks for its records, and hears of the commit before it gets them."""
    store.commit(COMMIT)
    store.read("contact", 1, ["e:ann@acme.com"])


@pytest.mark.parametrize(
    "write", [commit_and_hear, commit_and_read, RedisStore.renew, lambda old: old.save({"a.jsonl": 9}, 0)]
)
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
    store.open()
    connect().open()
    store.commit(COMMIT)
    store.commit(COMMIT)
    with pytest.raises(Fenced):
        store.depth("contact")
    assert (store.depth("contact"), store.read("contact", 1, ["e:ann@acme.com"])) == (0, [None])


def test_who_never_opened_writes_nothing(connect: Callable[..., RedisStore]) -> None:
    connect().open()
    with pytest.raises(Fenced):
        commit_and_hear(connect())


@pytest.mark.parametrize("write", [commit_and_hear, RedisStore.renew, lambda store: store.forget("contact", 1, ["c"])])
def test_nothing_is_written_into_a_namespace_that_was_emptied_under_the_run(
    write: Callable[[RedisStore], None], connect: Callable[..., RedisStore], admin: "Redis | RedisCluster"
) -> None:
    store = connect()
    store.open()
    for name in list(admin.scan_iter(f"*{store.namespace}*")):
        admin.delete(name)
    with pytest.raises(StoreUnavailable, match="is gone from Redis"):
        write(store)
    assert list(admin.scan_iter(f"*{store.namespace}*")) == []


def test_a_commit_is_one_command(connect: Callable[..., RedisStore], monkeypatch: pytest.MonkeyPatch) -> None:
    store = connect()
    store.open()
    store.commit(COMMIT)  # the first teaches the server the script
    sent: list[bytes] = []
    send = AbstractConnection.send_packed_command

    def note(connection: AbstractConnection, command: list[bytes], **options: Any) -> None:
        sent.append(b"".join(command).split(b"\r\n")[2])
        send(connection, command, **options)  # type: ignore[no-untyped-call]  # redis-py's

    monkeypatch.setattr(AbstractConnection, "send_packed_command", note)
    store.commit(COMMIT)
    assert sent == [b"EVALSHA"]


def test_a_lost_connection_is_never_taken_up_again(
    connect: Callable[..., RedisStore], admin: "Redis | RedisCluster"
) -> None:
    store = connect()
    store.open()
    everywhere = {} if isinstance(admin, Redis) else {"target_nodes": RedisCluster.ALL_NODES}
    admin.execute_command("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes", **everywhere)  # type: ignore[no-untyped-call]  # redis-py's
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            store.read("contact", 1, ["c:1"])


def test_only_what_is_fleeting_is_forgotten_by_the_server_itself(
    connect: Callable[..., RedisStore], admin: "Redis | RedisCluster"
) -> None:
    store = connect()
    store.open()
    store.commit(Commit("visitor", 1, {"a:1": b"known", "a:2": b"unknown"}, fleeting=["a:2"], lifetime_ms=90_000))
    store.read("visitor", 1, ["a:1", "a:2"])
    left = [admin.pttl(store.keys.record("visitor", 1, id_)) for id_ in ("a:1", "a:2")]
    assert (left[0], 60_000 < int(left[1]) <= 90_000) == (-1, True)


def test_who_becomes_known_is_forgotten_no_more(
    connect: Callable[..., RedisStore], admin: "Redis | RedisCluster"
) -> None:
    store = connect()
    store.open()
    store.commit(Commit("visitor", 1, {"a:1": b"unknown"}, fleeting=["a:1"], lifetime_ms=90_000))
    store.commit(Commit("visitor", 1, {"a:1": b"known"}))
    found = store.read("visitor", 1, ["a:1"])
    assert (found, admin.pttl(store.keys.record("visitor", 1, "a:1"))) == ([b"known"], -1)
