"""One connection to one namespace of a Redis-protocol server."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.retry import Retry

from state.keys import Keys
from state.store import Fenced, StoreUnavailable

FORMAT = b"1"
SOCKET_TIMEOUT_S = 30.0


class RedisLink:
    """A client without retries, and the namespace's keys.

    Any error of the server ends the run: a reconnect could hide a server that came back without its last second,
    while our caches still have it. The launcher starts the run again, from what the server has.
    """

    def __init__(self, url: str, namespace: str, shards: int | None = None, secret: str = "") -> None:
        self.url = url
        self.namespace = namespace
        self.token = secrets.token_hex(8).encode()
        self.client = Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=SOCKET_TIMEOUT_S)
        with self.guarded():
            self._refuse_eviction()
            self.shards, self.keys = self._settle(shards, secret.encode())

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn the client's errors into ours, which name the way out and no secret."""
        try:
            yield
        except AuthenticationError:
            raise StoreUnavailable(f"Redis at {self.place} refused the password; check the Redis URL") from None
        except RedisError as error:
            if str(error).startswith("FENCED"):
                raise Fenced(f"another flow has taken over namespace {self.namespace!r}") from None
            told = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise StoreUnavailable(f"Redis at {self.place} cannot be used: {told}") from None

    @property
    def place(self) -> str:
        """Where the server is, without user and password."""
        scheme, _, rest = self.url.partition("://")
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
        config = Keys(self.namespace, b"").common("config")
        first = {b"format": FORMAT, b"shards": b"%d" % (shards or 32)}
        if not secret:
            first[b"secret"] = secrets.token_hex(16).encode()
        for field, value in first.items():
            self.client.hsetnx(config, field, value)
        agreed = cast("dict[bytes, bytes]", self.client.hgetall(config))
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
        return held, Keys(self.namespace, secret or agreed[b"secret"])
