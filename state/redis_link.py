"""One connection to one namespace of a Redis-protocol server."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast
from weakref import WeakSet

from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection, Connection
from redis.exceptions import AuthenticationError, RedisError, ResponseError
from redis.exceptions import ConnectionError as ConnectionLost
from redis.retry import Retry

from state.keys import Keys
from state.store import Fenced, Maintenance, StoreUnavailable

FORMAT = b"1"
SOCKET_TIMEOUT_S = 30.0


class RedisLink:
    """A client without retries and without reconnections, and the namespace's keys.

    Any error of the server ends the run: a reconnect could hide a server that came back without its last second,
    while our caches still have it. The launcher starts the run again, from what the server has.
    """

    def __init__(
        self, url: str, namespace: str, shards: int | None = None, secret: str = "", *, begin: bool = True
    ) -> None:
        """Connect to a namespace, and `begin` it if there is nothing yet. Raises `StoreUnavailable`."""
        self.url = url
        self._begin = begin
        self.namespace = namespace
        self.token = secrets.token_hex(8).encode()
        self.client = _client(url)
        self._replies = _Replies(self.client)
        with self.guarded():
            self._refuse_eviction()
            self.shards, self.keys = self._settle(shards, secret.encode())

    def send(self, *command: bytes | str | int) -> None:
        """Send a command and go on while the server works; the next `guarded` hears what became of it.

        The server takes one command after the other, so whatever is asked next already sees its effect.
        """
        try:
            self._replies.send(command)
        except RedisError as error:
            raise self._in_our_words(error) from None

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn the client's errors into ours, which name the way out and no secret."""
        try:
            self._replies.collect()
            yield
        except RedisError as error:
            raise self._in_our_words(error) from None

    def _in_our_words(self, error: RedisError) -> Fenced | Maintenance | StoreUnavailable:
        if isinstance(error, AuthenticationError):
            return StoreUnavailable(f"Redis at {self.place} refused the password; check the Redis URL")
        if isinstance(error, ConnectionLost):
            remedy = "see that it runs, and that --redis is right"
            return StoreUnavailable(f"Redis at {self.place} cannot be used: {_first_line(error)}; {remedy}")
        if str(error).startswith("FENCED"):
            return Fenced(f"another flow has taken over namespace {self.namespace!r}")
        if str(error).startswith("MAINTENANCE"):
            return Maintenance(f"somebody is at work on namespace {self.namespace!r}; this goes on when they are done")
        return StoreUnavailable(f"Redis at {self.place} cannot be used: {_first_line(error)}")

    @property
    def place(self) -> str:
        """Where the server is, without user, password and options (which may hold a password, too)."""
        scheme, _, rest = self.url.partition("?")[0].partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"

    def disconnect(self) -> None:
        """Close the connection; the link is not used afterwards."""
        self.client.close()

    def _refuse_eviction(self) -> None:
        memory = cast("dict[str, object]", self.client.info("memory"))
        policy = memory.get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise StoreUnavailable(
                f"Redis at {self.place} evicts keys (maxmemory-policy is {policy}), so scores would vanish; "
                "run `CONFIG SET maxmemory-policy noeviction` there, or use another server"
            )

    def _settle(self, shards: int | None, secret: bytes) -> tuple[int, Keys]:
        """Agree with everyone else on this namespace's shards and secret; the first one decides."""
        if not self._begin and not self.client.exists(Keys(self.namespace, b"").common("config")):
            raise StoreUnavailable(
                f"there is nothing in namespace {self.namespace!r} of Redis at {self.place}: "
                "run `leadstream score LOG` on it first, or name another --namespace"
            )
        first = {b"format": FORMAT, b"shards": b"%d" % (shards or 16)}
        if not secret:
            first[b"secret"] = secrets.token_hex(16).encode()
        agreed = self._agree(first)
        if agreed[b"format"] != FORMAT:
            raise StoreUnavailable(
                f"namespace {self.namespace!r} was written in format {agreed[b'format'].decode()}; this leadstream "
                f"writes {FORMAT.decode()}. Use another --namespace, or the version that wrote it"
            )
        held = int(agreed[b"shards"])
        if shards is not None and shards != held:
            raise StoreUnavailable(
                f"namespace {self.namespace!r} has {held} shards, not {shards}; "
                f"use --shards {held}, or another --namespace"
            )
        return held, self._sealed(Keys(self.namespace, secret or agreed[b"secret"]))

    def _sealed(self, keys: Keys) -> Keys:
        """The keys, if they are those that the namespace was begun with: under others it would look empty."""
        seal = keys.digest("seal")
        if self._agree({b"seal": seal})[b"seal"] != seal:
            raise StoreUnavailable(
                f"namespace {self.namespace!r} was begun with another secret; give that one, or use another --namespace"
            )
        return keys

    def _agree(self, first: dict[bytes, bytes]) -> dict[bytes, bytes]:
        """What stands in the namespace's config; `first` where nothing stood yet."""
        config = Keys(self.namespace, b"").common("config")
        for field, value in first.items():
            self.client.hsetnx(config, field, value)
        return cast("dict[bytes, bytes]", self.client.hgetall(config))


def _first_line(error: RedisError) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


class _Replies:
    """Commands under way on one connection, and their replies."""

    def __init__(self, client: Redis) -> None:
        self._pool = client.connection_pool
        self._connection: Connection | None = None
        self._awaited = 0

    def send(self, command: Sequence[bytes | str | int]) -> None:
        """Send, without waiting for the reply."""
        if self._connection is None:
            self._connection = self._pool.get_connection()
        self._connection.send_command(*command)  # type: ignore[no-untyped-call]  # redis-py's
        self._awaited += 1

    def collect(self) -> None:
        """Wait for all replies; raises the first error among them."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        awaited, self._awaited = self._awaited, 0
        try:
            replies = [_reply(connection) for _ in range(awaited)]
        finally:
            self._pool.release(connection)
        for reply in replies:
            if isinstance(reply, ResponseError):
                raise reply


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


def _client(url: str) -> Redis:
    try:
        client = Redis.from_url(
            url, retry=Retry(NoBackoff(), 0), socket_timeout=SOCKET_TIMEOUT_S, redis_connect_func=_Greeting()
        )
        client.connection_pool.make_connection()  # connects to nothing yet, but reads the options in the URL
    except (ValueError, TypeError):
        raise StoreUnavailable(
            "the Redis URL cannot be read; write it as redis://HOST:6379/0, rediss://USER:PASSWORD@HOST:6379/0 "
            "or unix:///PATH"
        ) from None
    return client
