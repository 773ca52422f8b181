"""A score flow on a Redis Cluster whose servers are killed ends as on one server that nobody kills."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from redis.crc import key_slot

from config.settings import Settings
from flows.stores import connection
from state.keys import Keys
from tests.faults.launched import grow, half_of_a_log, launched, score_to_the_end
from tests.faults.messy_log import messy_log
from tests.faults.outages import Outages, check, settings_on
from tests.faults.remains import compare, state_of
from tests.faults.test_kill_score import run_to_the_end
from tests.faults.test_redis_faults import kill_flow
from tests.servers import NODE_TIMEOUT_MS, SLOTS, Cluster, Server, cluster, node
from tests.waiting import wait_for


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path / "cluster") as formed:
        yield formed


@pytest.fixture
def settings(nodes: Cluster, namespace: str, tmp_path: Path) -> Settings:
    return settings_on(nodes.url_of_all, namespace, tmp_path)


def restarted(nodes: Cluster, seed: int) -> Callable[[Outages, int], object]:
    """Any server of the cluster is killed and comes back, the first one all URLs name included."""
    chance = random.Random(seed)

    def outage(lives: Outages, _: int) -> None:
        server = chance.choice(nodes.nodes)

        def mend() -> None:
            server.start()
            nodes.wait()

        lives.struck(server.kill, mend)

    return outage


@pytest.mark.timeout(170)
def test_a_flow_leaves_the_same_on_a_cluster_as_on_one_server(
    settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    assert settings.log is not None
    messy_log(settings.log, 3_000, seed=61)
    states = []
    for url, data in ((settings.redis, tmp_path / "on-cluster"), (redis_url, tmp_path / "on-one")):
        changed = msgspec.structs.replace(settings, redis=url, data=data, until_end=True)
        run_to_the_end(changed)
        with connection(changed) as store:
            states.append(state_of(store))
    assert (states[0] == states[1], len(states[0]) > 100) == (True, True)


@pytest.mark.timeout(170)
def test_two_kills_of_servers_of_a_cluster_leave_no_trace(settings: Settings, nodes: Cluster) -> None:
    check(settings, 2, 62, restarted(nodes, 62))


class TailCuts:
    """Kills the flow, then a server that does not have the positions, and cuts off what that one wrote last."""

    def __init__(self, nodes: Cluster, namespace: str, seed: int) -> None:
        slot = key_slot(Keys(namespace, b"").common("positions"))
        self._nodes = nodes
        self._others = [node for number, node in enumerate(nodes.nodes) if slot * len(nodes.nodes) // SLOTS != number]
        self._chance = random.Random(seed)
        self.lost = 0

    def __call__(self, lives: Outages, number: int) -> None:
        server = self._others[number % len(self._others)]
        written = 0

        def strike() -> None:
            nonlocal written
            written = _append_only(server).stat().st_size
            threading.Timer(0.1, kill_flow).start()

        def mend() -> None:
            server.kill()
            path = _append_only(server)
            left = self._chance.randrange(written, path.stat().st_size + 1)
            self.lost += path.stat().st_size - left
            os.truncate(path, left)
            server.start()
            self._nodes.wait()

        lives.struck(strike, mend, code=-signal.SIGKILL)


def _append_only(server: Server) -> Path:
    return max(server.folder.glob("appendonlydir/*.incr.aof"))


@pytest.mark.timeout(170)
def test_what_one_server_of_a_cluster_lost_of_its_last_moments_is_read_again(
    settings: Settings, nodes: Cluster, namespace: str
) -> None:
    cuts = TailCuts(nodes, namespace, 65)
    check(settings, 3, 65, cuts)
    assert cuts.lost > 0


@pytest.fixture
def replica(nodes: Cluster, tmp_path: Path) -> Iterator[Server]:
    """A replica of the first server."""
    server = node(tmp_path / "replica")
    server.start()
    nodes.replicate(server, nodes.nodes[0])
    yield server
    server.stop()


def test_a_primary_that_may_be_replaced_may_take_what_is_lost_until_then(
    settings: Settings, nodes: Cluster, replica: Server
) -> None:
    with connection(settings) as store:
        assert store.loses_ms() == NODE_TIMEOUT_MS


def test_without_replicas_nothing_is_lost_but_by_restarts(settings: Settings) -> None:
    with connection(settings) as store:
        assert store.loses_ms() == 0


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_a_primary_that_is_replaced_by_its_replica_leaves_no_trace(
    settings: Settings, nodes: Cluster, replica: Server
) -> None:
    lines = half_of_a_log(settings, 6_000, seed=64)
    with launched(settings) as flow:
        wait_for(lambda: flow.received > 0)
        nodes.nodes[0].kill()
        grow(settings, 6_000)
        wait_for(lambda: flow.away() > 0)
        wait_for(lambda: flow.received > len(lines), seconds=90.0)
        assert flow.end() == 0
    score_to_the_end(settings)
    compare(settings, lines)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_twenty_kills_of_servers_of_a_cluster_leave_no_trace(settings: Settings, nodes: Cluster) -> None:
    check(settings, 20, 63, restarted(nodes, 63))
