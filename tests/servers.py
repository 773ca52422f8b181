"""Servers on TCP ports of the loopback, alone or as a cluster, that a test may kill and start again."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from state.embedded import binary
from tests.waiting import wait_for

SLOTS = 16_384
NODE_TIMEOUT_MS = 2_000


class Server:
    """One server with an append-only file that is written every second, as people run it."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it has read its file."""
        command = [
            str(binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--logfile", str(self.folder / "log"),
            *self._options,
        ]  # fmt: skip
        self._process = subprocess.Popen(command)
        with closing(self.client()) as client:
            wait_for(lambda: _answers(client))

    def kill(self) -> None:
        """`kill -9`, and wait for its end."""
        assert self._process is not None
        assert self._process.poll() is None
        self._process.kill()
        assert self._process.wait(30) == -signal.SIGKILL

    def pause(self) -> None:
        """Have it hang, with all its connections open, until `wake`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Have it go on where it was."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it in good order, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)

    def client(self) -> "Redis":
        """A connection for the test; closed by the test."""
        return Redis(port=self.port, retry=Retry(NoBackoff(), 0), socket_timeout=30)


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Server]:
    """A server that runs, and is stopped in the end."""
    server = Server(folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Cluster:
    """Primaries without replicas, each with a part of the slots."""

    def __init__(self, nodes: list[Server]) -> None:
        self.nodes = nodes

    @property
    def url(self) -> str:
        return self.nodes[0].url

    @property
    def url_of_all(self) -> str:
        """For whoever connects while one is gone."""
        return f"redis://{','.join(f'127.0.0.1:{node.port}' for node in self.nodes)}"

    def replicate(self, replica: Server, primary: Server) -> None:
        """Have another node take the place of a primary that is gone."""
        with closing(replica.client()) as client, closing(primary.client()) as original:
            ask(client, "CLUSTER MEET", "127.0.0.1", primary.port, bus_port(primary))
            name = _name(original)
            wait_for(lambda: _replicates(client, name))
            wait_for(lambda: _in_step(client))
        for node in self.nodes:
            with closing(node.client()) as client:
                wait_for(lambda client=client: _knows_a_replica(client))  # type: ignore[misc]  # a loop's variable

    def form(self) -> None:
        """Give each its slots, have them meet, and wait until all of them serve all slots."""
        with ExitStack() as opened:
            clients = [opened.enter_context(closing(node.client())) for node in self.nodes]
            bounds = [SLOTS * number // len(clients) for number in range(len(clients) + 1)]
            for number, client in enumerate(clients):
                ask(client, "CLUSTER SET-CONFIG-EPOCH", number + 1)
                ask(client, "CLUSTER ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
            for client in clients:  # from here on they know of each other
                for node in self.nodes:
                    ask(client, "CLUSTER MEET", "127.0.0.1", node.port, bus_port(node))
        self.wait()

    def wait(self) -> None:
        """Wait until every node says that the cluster serves all slots."""
        for node in self.nodes:
            with closing(node.client()) as client:
                wait_for(lambda client=client: _whole(client, len(self.nodes)))  # type: ignore[misc]  # a loop's variable

    def move(self, slot: int, source: Server, target: Server) -> None:
        """Give a slot to another node, with all that is in it."""
        self.begin_move(slot, source, target)
        with closing(source.client()) as client:
            keys = [key for key in client.scan_iter(count=1_000) if key_slot(key) == slot]
            if keys:
                ask(client, "MIGRATE", "127.0.0.1", target.port, "", 0, 5_000, "KEYS", *keys)
        self.end_move(slot, target, source)

    def begin_move(self, slot: int, source: Server, target: Server) -> None:
        """Have a slot on its way from one node to another."""
        with closing(source.client()) as giving, closing(target.client()) as taking:
            ask(taking, "CLUSTER SETSLOT", slot, "IMPORTING", _name(giving))
            ask(giving, "CLUSTER SETSLOT", slot, "MIGRATING", _name(taking))

    def end_move(self, slot: int, owner: Server, other: Server) -> None:
        """Say whose a slot is now, to those two first."""
        with closing(owner.client()) as client:
            name = _name(client)
        for node in sorted(self.nodes, key=lambda node: (node is not owner, node is not other)):
            with closing(node.client()) as client:
                ask(client, "CLUSTER SETSLOT", slot, "NODE", name)
        self.wait()


@contextmanager
def cluster(folder: Path, nodes: int = 3) -> Iterator[Cluster]:
    """A cluster that serves all slots, and is stopped in the end."""
    with ExitStack() as running:
        servers = [node(folder / str(number)) for number in range(nodes)]
        for server in servers:
            running.callback(server.stop)
            server.start()
        formed = Cluster(servers)
        formed.form()
        yield formed


def ask(client: "Redis", *command: str | int | bytes) -> object:
    """The reply to any command."""
    return client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py's


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def bus_port(node: Server) -> int:
    """Where the nodes of a cluster speak to each other."""
    with closing(node.client()) as client:
        return int(cast("dict[str, str]", client.config_get("cluster-port"))["cluster-port"])


def _name(client: "Redis") -> str:
    return cast("bytes", ask(client, "CLUSTER MYID")).decode()


def node(folder: Path) -> Server:
    """A node that belongs to no cluster yet."""
    options = {"enabled": "yes", "config-file": "nodes.conf", "port": str(free_port())}
    options["node-timeout"] = str(NODE_TIMEOUT_MS)
    return Server(folder, *(part for name, value in options.items() for part in (f"--cluster-{name}", value)))


def _replicates(client: "Redis", name: str) -> bool:
    """Whether it could be told to; it has to know the cluster first."""
    try:
        return ask(client, "CLUSTER REPLICATE", name) is not None
    except ResponseError:
        return False


def _knows_a_replica(client: "Redis") -> bool:
    return any(len(served) > 3 for served in cast("list[list[object]]", ask(client, "CLUSTER SLOTS")))


def _in_step(client: "Redis") -> bool:
    return cast("dict[str, str]", client.info("replication")).get("master_link_status") == "up"


def _answers(client: "Redis") -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def _whole(client: "Redis", nodes: int) -> bool:
    told = cast("dict[str, str]", ask(client, "CLUSTER INFO"))
    expected = {"cluster_state": "ok", "cluster_slots_ok": str(SLOTS), "cluster_size": str(nodes)}
    return expected.items() <= told.items()
