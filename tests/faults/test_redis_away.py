"""A flow under its launcher whose Redis is gone for a minute, hangs longer than anybody waits, or comes back empty."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import rmtree

import pytest

from config.settings import Settings
from flows.incarnation import begin_again
from flows.stores import connection
from tests.commands import SIMPLE
from tests.faults.launched import grow, half_of_a_log, launched, score_to_the_end
from tests.faults.remains import compare
from tests.servers import Server, started
from tests.waiting import wait_for

EVENTS = 6_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with started(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def settings(server: Server, namespace: str, tmp_path: Path) -> Settings:
    return Settings(
        forget_after_days=0,
        data=tmp_path / "data", redis=server.url, namespace=namespace, model=SIMPLE, log=tmp_path / "log", shards=8,
        epoch_ms=100, rewind_ms=300,
    )  # fmt: skip


@pytest.fixture
def lines(settings: Settings) -> list[bytes]:
    """A log of which half is there and half comes later."""
    return half_of_a_log(settings, EVENTS, seed=51)


def outage(settings: Settings, server: Server, lines: list[bytes], times: int) -> None:
    """Redis is gone until the flow has looked for it so often; then it goes on by itself."""
    with launched(settings) as flow:
        wait_for(lambda: flow.received > 0)
        server.kill()
        grow(settings, EVENTS)
        wait_for(lambda: flow.away() >= times, seconds=150.0)
        before = flow.received
        server.start()
        wait_for(lambda: flow.received > before, seconds=60.0)
        wait_for(lambda: flow.received > len(lines), seconds=60.0)  # some of it twice
        assert flow.end() == 0
    score_to_the_end(settings)
    compare(settings, lines)


@pytest.mark.timeout(170)
def test_a_redis_that_is_gone_for_a_while_leaves_no_trace(
    settings: Settings, server: Server, lines: list[bytes]
) -> None:
    outage(settings, server, lines, times=2)


@pytest.mark.faults
@pytest.mark.timeout(400)
def test_a_redis_that_is_gone_for_a_minute_leaves_no_trace(
    settings: Settings, server: Server, lines: list[bytes]
) -> None:
    outage(settings, server, lines, times=14)


@pytest.mark.faults
@pytest.mark.timeout(400)
def test_a_redis_that_hangs_for_longer_than_anybody_waits_leaves_no_trace(
    settings: Settings, server: Server, lines: list[bytes]
) -> None:
    with launched(settings) as flow:
        wait_for(lambda: flow.received > 0)
        server.pause()
        grow(settings, EVENTS)
        wait_for(lambda: flow.away() >= 1, seconds=120.0)
        server.wake()
        wait_for(lambda: flow.received > len(lines), seconds=60.0)
        assert flow.end() == 0
    score_to_the_end(settings)
    compare(settings, lines)


@pytest.mark.timeout(170)
def test_a_redis_that_comes_back_empty_is_refused_and_after_a_start_over_nothing_is_missing(
    settings: Settings, server: Server, lines: list[bytes]
) -> None:
    score_to_the_end(settings)
    with launched(settings) as flow:
        grow(settings, EVENTS)
        wait_for(lambda: flow.received > 0)
        server.kill()
        rmtree(server.folder / "appendonlydir")
        server.start()
        wait_for(lambda: flow.code is not None, seconds=60.0)
        refused = flow.code
    with closing(server.client()) as client:
        kept = list(client.scan_iter(f"{settings.namespace}:*"))
    with connection(settings) as store:
        begin_again(settings, store)
    score_to_the_end(settings)
    assert (refused, kept) == (2, [])
    compare(settings, lines)
