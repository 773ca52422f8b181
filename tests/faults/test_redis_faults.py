"""What a Redis can do to a flow again and again: die, lose its tail, be full, be slow. None of it leaves a trace."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from config.settings import Settings
from tests.commands import children
from tests.faults.outages import Outages, check, settings_on
from tests.servers import Server, started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with started(tmp_path / "redis", "--auto-aof-rewrite-percentage", "0") as running:
        yield running


@pytest.fixture
def settings(server: Server, namespace: str, tmp_path: Path) -> Settings:
    return settings_on(server.url, namespace, tmp_path)


def restarted(server: Server) -> Callable[[Outages, int], object]:
    return lambda lives, _: lives.struck(server.kill, server.start)


@pytest.mark.timeout(170)
def test_three_restarts_of_redis_leave_no_trace(settings: Settings, server: Server) -> None:
    check(settings, 3, 41, restarted(server))


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_thirty_restarts_of_redis_leave_no_trace(settings: Settings, server: Server) -> None:
    check(settings, 30, 42, restarted(server))


A_LITTLE = 4_096


class Cuts:
    """Kills the flow, then the server, and cuts off the end of what the server wrote in this life: in turn so much that
    it forgets the first commit that was seen, and a few kilobytes.
    """

    def __init__(self, server: Server, seed: int) -> None:
        self._server = server
        self._chance = random.Random(seed)
        self.forgotten = 0

    def __call__(self, lives: Outages, number: int) -> None:
        begin = committed = self._size()

        def note() -> None:
            nonlocal committed
            committed = self._size()

        def mend() -> None:
            self._server.kill()
            size = self._size()
            first = begin if number % 2 == 0 else max(begin, size - A_LITTLE)
            os.truncate(self._file(), self._chance.randrange(first, committed if number % 2 == 0 else size))
            self._server.start()

        self.forgotten += lives.struck(kill_flow, mend, -signal.SIGKILL, note)

    def _file(self) -> Path:
        return max(self._server.folder.glob("appendonlydir/*.incr.aof"))

    def _size(self) -> int:
        return self._file().stat().st_size


def kill_flow() -> None:
    (flow,) = children(os.getpid(), "flows.child")
    os.kill(flow, signal.SIGKILL)


@pytest.mark.timeout(170)
def test_two_cuts_of_the_append_only_file_leave_no_trace(settings: Settings, server: Server) -> None:
    cuts = Cuts(server, 43)
    check(settings, 2, 43, cuts)
    assert cuts.forgotten >= 1


@pytest.mark.faults
@pytest.mark.timeout(1_800)
def test_fifty_cuts_of_the_append_only_file_leave_no_trace(settings: Settings, server: Server) -> None:
    cuts = Cuts(server, 44)
    check(settings, 50, 44, cuts)
    assert cuts.forgotten >= 20


def set_limit(server: Server, size: int) -> None:
    with closing(server.client()) as client:
        client.config_set("maxmemory", size)


def full(server: Server) -> Callable[[Outages, int], object]:
    return lambda lives, _: lives.struck(lambda: set_limit(server, 1), lambda: set_limit(server, 0))


@pytest.mark.timeout(170)
def test_a_full_redis_leaves_no_trace(settings: Settings, server: Server) -> None:
    check(settings, 1, 45, full(server))


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_a_redis_that_is_full_again_and_again_leaves_no_trace(settings: Settings, server: Server) -> None:
    check(settings, 10, 46, full(server))


def slow(server: Server) -> Callable[[Outages, int], object]:
    """Redis answers nobody for a second, in which the flow is killed: what it had sent is done, or is not."""

    def strike() -> None:
        with closing(server.client()) as client:
            client.client_pause(1_000, all=True)
        kill_flow()

    return lambda lives, _: lives.struck(strike, lambda: None, code=-signal.SIGKILL)


@pytest.mark.timeout(170)
def test_a_kill_while_redis_is_slow_leaves_no_trace(settings: Settings, server: Server) -> None:
    check(settings, 1, 47, slow(server))


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_kills_while_redis_is_slow_leave_no_trace(settings: Settings, server: Server) -> None:
    check(settings, 10, 48, slow(server))
