"""One connection to one server of the Redis protocol, as this project uses it: without retries, never made again.

Any error of a server ends the run: a reconnect could hide a server that came back without its last second, while our
caches still have it. The launcher starts the run again, from what the server has.
"""

from collections.abc import Sequence
from typing import cast
from weakref import WeakSet

from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection, Connection
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import ResponseError
from redis.retry import Retry

from state.store import StoreUnavailable

SOCKET_TIMEOUT_S = 30.0


def connect(url: str) -> Redis:
    """A client that connects when it is first asked something. Raises `StoreUnavailable` for what is no URL."""
    try:
        client = Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_timeout=SOCKET_TIMEOUT_S, redis_connect_func=_Greeting()
        )
        client.connection_pool.make_connection()  # connects to nothing yet, but reads the options in the URL
    except (ValueError, TypeError):
        raise StoreUnavailable(
            "the Redis URL cannot be read; write it as redis://HOST:6379/0, rediss://USER:PASSWORD@HOST:6379/0, "
            "unix:///PATH, or for a cluster redis://HOST:6379,HOST:6379"
        ) from None
    return client


class Replies:
    """Commands under way on one connection, and their replies. It is the only one, and at hand until `collect` gives it
    back to the client.
    """

    def __init__(self, client: Redis) -> None:
        self._pool = client.connection_pool
        self._connection: Connection | None = None
        self._awaited = 0

    def send(self, command: Sequence[bytes | str | int]) -> None:
        """Send, without waiting for the reply."""
        if self._connection is None:
            self._connection = self._pool.get_connection()
        self._connection.send_packed_command([packed(command)])  # type: ignore[no-untyped-call]  # redis-py's
        self._awaited += 1

    def ask(self, command: Sequence[bytes | str | int]) -> object:
        """Send, and wait for the reply; raises the first error of this and what was sent before."""
        self.send(command)
        return self._read()[-1]

    def collect(self) -> None:
        """Wait for all replies; raises the first error among them."""
        if self._connection is None:
            return
        try:
            self._read()
        finally:
            self._pool.release(self._connection)
            self._connection = None

    def _read(self) -> list[object]:
        assert self._connection is not None
        awaited, self._awaited = self._awaited, 0
        replies = [_reply(self._connection) for _ in range(awaited)]
        for reply in replies:
            if isinstance(reply, ResponseError):
                raise reply
        return replies


def packed(command: Sequence[bytes | str | int]) -> bytes:
    r"""A command in the Redis protocol; redis-py's own way copies what it has so far with every argument.

    >>> packed(["GET", b"a", 5])
    b'*3\r\n$3\r\nGET\r\n$1\r\na\r\n$1\r\n5\r\n'
    """
    parts = [b"*%d" % len(command)]
    for word in command:
        one = word if type(word) is bytes else str(word).encode()
        length = len(one)
        parts += (_HEADS[length] if length < len(_HEADS) else b"\r\n$%d\r\n" % length, one)
    parts.append(b"\r\n")
    return b"".join(parts)


_HEADS = [b"\r\n$%d\r\n" % length for length in range(512)]
"""What comes before a word of each length; to make it takes longer than all else."""


def _reply(connection: Connection) -> object:
    """The next reply; a refusal is a value here, since others may follow."""
    try:
        return cast("object", connection.read_response())
    except ResponseError as refusal:
        return refusal


class _Greeting:
    """Greets the server, once per connection: redis-py's pool would connect again behind our back."""

    def __init__(self) -> None:
        self._greeted: WeakSet[AbstractConnection] = WeakSet()

    def __call__(self, connection: AbstractConnection) -> None:
        if connection in self._greeted:
            raise ConnectionLost("the connection was lost")
        self._greeted.add(connection)
        connection.on_connect()  # type: ignore[no-untyped-call]  # redis-py's
