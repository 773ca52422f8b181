"""A role on a namespace, such as delivering, belongs to one process at a time."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from redis import Redis

from state.redis_store import RedisStore
from state.store import MAINTENANCE, ROLE_LEASE_MS, Checkpoint, Held, Maintenance

Connect = Callable[[], RedisStore]


@pytest.fixture
def connect(redis_url: str, namespace: str) -> Iterator[Connect]:
    with ExitStack() as opened:

        def make() -> RedisStore:
            store = RedisStore(redis_url, namespace)
            opened.callback(store.disconnect)
            return store

        yield make


def hold_elsewhere(
    monkeypatch: pytest.MonkeyPatch, store: RedisStore, role: str = "deliver", *, pid: int, host: str = ""
) -> None:
    """Hold the role as another process would."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: pid)
        if host:
            patch.setattr(socket, "gethostname", lambda: host)
        store.hold(role)


def lease_ms(redis_url: str, namespace: str) -> int:
    with closing(Redis.from_url(redis_url)) as admin:
        return int(str(admin.pttl(f"{{{namespace}}}:deliver")))


def test_a_free_role_is_taken_and_kept(connect: Connect, redis_url: str, namespace: str) -> None:
    store = connect()
    store.hold("deliver")
    store.hold("deliver")
    assert 0 < lease_ms(redis_url, namespace) <= ROLE_LEASE_MS


def test_a_role_of_the_living_is_refused(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_elsewhere(monkeypatch, connect(), pid=os.getppid())
    with pytest.raises(Held, match=f"another deliver .process {os.getppid()} on .*stop it first") as refused:
        connect().hold("deliver")
    assert not refused.value.elsewhere


def test_a_role_of_the_dead_here_is_taken_over(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    hold_elsewhere(monkeypatch, connect(), pid=gone.pid)
    connect().hold("deliver")


def test_of_another_machine_nobody_can_tell_before_the_lease_ends(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, redis_url: str, namespace: str
) -> None:
    hold_elsewhere(monkeypatch, connect(), pid=1, host="elsewhere")
    second = connect()
    with pytest.raises(Held, match="on elsewhere") as refused:
        second.hold("deliver")
    with closing(Redis.from_url(redis_url)) as admin:
        admin.delete(f"{{{namespace}}}:deliver")
    second.hold("deliver")
    assert refused.value.elsewhere


def test_who_was_replaced_hears_of_it(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = connect(), connect()
    first.hold("deliver")
    first.release("deliver")
    hold_elsewhere(monkeypatch, second, pid=os.getppid())
    with pytest.raises(Held):
        first.hold("deliver")


def test_a_role_that_was_left_is_free(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    first = connect()
    hold_elsewhere(monkeypatch, first, pid=os.getppid())
    first.release("deliver")
    connect().hold("deliver")


def test_leaving_late_takes_nothing_from_the_next(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = connect(), connect()
    hold_elsewhere(monkeypatch, second, pid=os.getppid())
    first.release("deliver")
    with pytest.raises(Held):
        connect().hold("deliver")


def test_scoring_and_delivering_do_not_hinder_each_other(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_elsewhere(monkeypatch, connect(), pid=os.getppid())
    connect().open()


def test_maintenance_is_refused_to_a_second(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_elsewhere(monkeypatch, connect(), MAINTENANCE, pid=os.getppid())
    with pytest.raises(Held, match="another maintenance"):
        connect().hold(MAINTENANCE)


@pytest.mark.parametrize("act", [RedisStore.open, lambda store: store.hold("deliver")])
def test_nobody_begins_while_there_is_maintenance(connect: Connect, act: Callable[[RedisStore], None]) -> None:
    at_work, other = connect(), connect()
    at_work.hold(MAINTENANCE)
    with pytest.raises(Maintenance, match="somebody is at work on namespace"):
        act(other)
    at_work.release(MAINTENANCE)
    act(other)


@pytest.mark.parametrize("act", [RedisStore.renew, lambda store: store.hold("deliver")])
def test_who_is_running_hears_of_maintenance(connect: Connect, act: Callable[[RedisStore], None]) -> None:
    running = connect()
    running.open()
    running.hold("deliver")
    connect().hold(MAINTENANCE)
    with pytest.raises(Maintenance):
        act(running)


def test_what_was_proven_is_noted_before_a_flow_lets_go(connect: Connect) -> None:
    running = connect()
    running.open()
    connect().hold(MAINTENANCE)
    with pytest.raises(Maintenance):
        running.save({"a.jsonl": 7}, 1_000)
    assert running.checkpoints() == {"a.jsonl": [Checkpoint(1_000, 7)]}


def test_who_lets_go_during_maintenance_leaves_the_namespace_to_it(connect: Connect) -> None:
    running, at_work = connect(), connect()
    running.open()
    at_work.hold(MAINTENANCE)
    running.close()
    at_work.open()
    at_work.renew()
