"""The connections to one namespace, on one server of the Redis protocol or on a cluster of them."""

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import cast

import msgspec
from redis import Redis
from redis.exceptions import AskError, AuthenticationError, ClusterError, RedisError, ResponseError, TryAgainError
from redis.exceptions import ConnectionError as ConnectionLost

from state.keys import Keys
from state.redis_client import Replies
from state.redis_nodes import Nodes
from state.store import Fenced, Maintenance, NotBegun, StoreUnavailable, Switched

FORMAT = b"1"

REFUSALS: dict[str, Callable[[str], Exception]] = {
    "FENCED": lambda namespace: Fenced(f"another flow has taken over namespace {namespace!r}"),
    "EMPTIED": lambda namespace: StoreUnavailable(f"namespace {namespace!r} is gone from Redis"),
    "MAINTENANCE": lambda namespace: Maintenance(
        f"somebody is at work on namespace {namespace!r}; this goes on when they are done"
    ),
    "SWITCHED": lambda namespace: Switched(
        f"namespace {namespace!r} was rebuilt meanwhile; whoever starts now finds what came of it"
    ),
}
"""What our scripts say no with."""


class Holder(msgspec.Struct, frozen=True, array_like=True):
    """Who holds a namespace, or a role in it."""

    token: bytes
    host: str
    pid: int


class RedisLink:
    """A namespace's keys and the servers that have them; any error of a server ends the run."""

    def __init__(  # noqa: PLR0913  two options besides what names a namespace
        self,
        url: str,
        namespace: str,
        shards: int | None = None,
        secret: str = "",
        *,
        begin: bool = True,
        generation: int | None = None,
    ) -> None:
        """Connect to a namespace, and `begin` it if there is nothing yet. Raises `StoreUnavailable`.

        To its current generation, unless another is named, which must have been begun.
        """
        self.url = url
        self._begin = begin and generation is None
        self._follows = generation is None
        self.namespace = namespace
        self.token = secrets.token_hex(8).encode()
        self._replies: dict[Redis, Replies] = {}
        with self.guarded():
            self.nodes = Nodes(url)
            self._replies = {node: Replies(node) for node in self.nodes.all}
            self._refuse_eviction()
            self.client = self.nodes.of(Keys(namespace, b"").common("config"))
            self.generation = self.current() if generation is None else generation
            self.shards, self.keys = self._settle(shards, secret.encode())
            while self._follows and (current := self.current()) != self.generation:  # switched a moment ago
                self.generation = current
                self.shards, self.keys = self._settle(shards, secret.encode())

    @cached_property
    def holder(self) -> bytes:
        """Who we are, to others who would hold the namespace."""
        return msgspec.msgpack.encode(Holder(self.token, socket.gethostname(), os.getpid()))

    def current(self) -> int:
        """The generation that the namespace is in; only what is `guarded` may ask."""
        return int(cast("bytes | None", self.client.get(Keys(self.namespace, b"").of_all("current"))) or b"0")

    @property
    def expected(self) -> str:
        """The generation that must be the current one for us to go on; empty for one that is still to be."""
        return str(self.generation) if self._follows else ""

    def refuse_switched(self) -> None:
        """Raises `Switched` if the namespace is in another generation by now."""
        with self.guarded():
            if self._follows and self.current() != self.generation:
                raise ResponseError("SWITCHED")

    def at(self, shard: int) -> Redis:
        """The server that has a shard; `client` has what the shards have in common."""
        return self._at[shard]

    @cached_property
    def _at(self) -> list[Redis]:
        return [self.nodes.of(self.keys.shard(shard)) for shard in range(self.shards)]

    def send(self, shard: int, *command: bytes | str | int) -> None:
        """Send a command and go on while the server works; the next `guarded` hears what became of it.

        A server takes one command after the other, so whatever is asked next already sees its effect.
        """
        try:
            self._replies[self._at[shard]].send(command)
        except RedisError as error:
            raise self._in_our_words(error) from None

    def ask(self, shard: int, *command: bytes | str | int) -> object:
        """Send a command and wait for its reply, and for those of what was sent to the same server before.

        What other servers say of theirs the next `guarded` hears, which comes before any position is saved.
        """
        try:
            return self._replies[self._at[shard]].ask(command)
        except RedisError as error:
            raise self._in_our_words(error) from None

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn the client's errors into ours, which name the way out and no secret."""
        try:
            for replies in self._replies.values():
                replies.collect()
            yield
        except RedisError as error:
            raise self._in_our_words(error) from None

    def _in_our_words(self, error: RedisError) -> Exception:
        said = _first_line(error)
        if (refusal := REFUSALS.get(said.partition(" ")[0])) is not None:
            return refusal(self.namespace)
        if isinstance(error, AuthenticationError):
            return StoreUnavailable(f"Redis at {self.place} refused the password; check the Redis URL")
        if isinstance(error, AskError | ClusterError | TryAgainError):
            return StoreUnavailable(f"the Redis cluster at {self.place} has changed or is not whole: {said}")
        remedy = "; see that it runs, and that --redis is right" if isinstance(error, ConnectionLost) else ""
        return StoreUnavailable(f"Redis at {self.place} cannot be used: {said}{remedy}")

    @property
    def place(self) -> str:
        """Where the server is, without user, password and options (which may hold a password, too)."""
        scheme, _, rest = self.url.partition("?")[0].partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"

    def disconnect(self) -> None:
        """Close the connections; the link is not used afterwards."""
        self.nodes.close()

    def _refuse_eviction(self) -> None:
        for node in self.nodes.all:
            policy = cast("dict[str, object]", node.info("memory")).get("maxmemory_policy", "noeviction")
            if policy != "noeviction":
                raise StoreUnavailable(
                    f"Redis at {self.place} evicts keys (maxmemory-policy is {policy}), so scores would vanish; run "
                    "`CONFIG SET maxmemory-policy noeviction` there, on every server of a cluster, or use another"
                )

    def _settle(self, shards: int | None, secret: bytes) -> tuple[int, Keys]:
        """Agree with everyone else on this namespace's shards and secret; the first one decides."""
        if not self._begin and not self.client.exists(self._config):
            raise NotBegun(
                f"there is nothing in namespace {self.namespace!r} of Redis at {self.place}: "
                "run `leadstream score LOG` on it first, or name another --namespace"
            )
        first = {b"format": FORMAT, b"shards": b"%d" % (shards or 16), b"incarnation": secrets.token_hex(8).encode()}
        if not secret:
            first[b"secret"] = secrets.token_hex(16).encode()
        agreed = self._agree(first)
        if agreed[b"format"] != FORMAT:
            raise StoreUnavailable(
                f"namespace {self.namespace!r} was written in format {agreed[b'format'].decode()}; this leadstream "
                f"writes {FORMAT.decode()}. Use another --namespace, or the version that wrote it"
            )
        self.incarnation = agreed[b"incarnation"].decode()
        held = int(agreed[b"shards"])
        if shards is not None and shards != held:
            raise StoreUnavailable(
                f"namespace {self.namespace!r} has {held} shards, not {shards}; "
                f"use --shards {held}, or another --namespace"
            )
        return held, self._sealed(Keys(self.namespace, secret or agreed[b"secret"], self.generation))

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
        for field, value in first.items():
            self.client.hsetnx(self._config, field, value)
        return cast("dict[bytes, bytes]", self.client.hgetall(self._config))

    @property
    def _config(self) -> bytes:
        return Keys(self.namespace, b"", self.generation).common("config")


def _first_line(error: RedisError) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
