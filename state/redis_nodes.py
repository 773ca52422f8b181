"""The servers a namespace is on: one, or all primaries of a Redis Cluster.

No key is followed to where a cluster moved it: whatever a server refuses ends the run, as any error does, and the
next run asks the cluster anew who serves what.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from redis import Redis
from redis.client import Pipeline
from redis.crc import key_slot
from redis.exceptions import AuthenticationError, ResponseError
from redis.exceptions import ConnectionError as ConnectionLost

from state.redis_client import connect
from state.store import StoreUnavailable

NODE_TIMEOUT_MS = 15_000
"""What it is unless it was set."""


class Served(NamedTuple):
    """Slots from `first` to `last`, the server's address and name in the cluster, and how many could replace it."""

    first: int
    last: int
    place: str
    name: bytes
    replicas: int


class Nodes:
    """The servers behind a URL, which may name several of a cluster, any of which will do to find the others.

    Raises `StoreUnavailable`, and whatever redis-py raises.
    """

    def __init__(self, url: str) -> None:
        self._before, places, self._after = _parts(url)
        first, place = self._reach(places)
        self.clustered = bool(first.info("cluster").get("cluster_enabled"))
        if not self.clustered and len(places) > 1:
            raise StoreUnavailable(f"Redis at {place} is no cluster: name only the one server that has everything")
        self._served = _served(first, place) if self.clustered else []
        self._at = {range_.place: self._client(range_.place) for range_ in self._served}
        self.all = list(self._at.values()) or [first]

    def of(self, key: bytes) -> Redis:
        """The server that has a key."""
        if not self.clustered:
            return self.all[0]
        slot = key_slot(key)
        for range_ in self._served:
            if range_.first <= slot <= range_.last:
                return self._at[range_.place]
        raise StoreUnavailable(f"no server of the Redis cluster serves slot {slot}; see CLUSTER INFO there")

    def loses_ms(self) -> int:
        """For how long (ms) a primary that was cut off takes writes that are lost when a replica replaces it."""
        if not any(range_.replicas for range_ in self._served):
            return 0
        try:
            told = cast("dict[str, str]", self.all[0].config_get("cluster-node-timeout"))
        except ResponseError:  # a provider may keep CONFIG to itself
            told = {}
        return int(told.get("cluster-node-timeout", NODE_TIMEOUT_MS))

    def refuse_moved(self) -> None:
        """Raises `StoreUnavailable` if slots moved since we connected, or move now: a scan may have missed keys."""
        if self.clustered and any(_is_moving(node) or self._have_moved(node) for node in self.all):
            raise StoreUnavailable("the Redis cluster is moving slots: wait until that is done, and start again")

    def close(self) -> None:
        """Close all connections."""
        for node in self.all:
            node.close()

    def _have_moved(self, node: Redis) -> bool:
        """Whether slots have other servers now; names count, since an address may be told in several ways."""
        now, then = ({(one.first, one.last, one.name) for one in served} for served in (_served(node), self._served))
        return now != then

    def _reach(self, places: Sequence[str]) -> tuple[Redis, str]:
        """The first server that answers, and its address; raises what the last one said when none does."""
        for place in places[:-1]:
            client = self._client(place)
            try:
                client.ping()
            except AuthenticationError:
                raise
            except ConnectionLost:
                continue
            return client, place
        return self._client(places[-1]), places[-1]

    def _client(self, place: str) -> Redis:
        return connect(f"{self._before}{place}{self._after}")


class Pipelines:
    """Commands for several servers, sent to each in one go."""

    def __init__(self) -> None:
        self._pipes: dict[Redis, Pipeline] = {}
        self._asked: list[Redis] = []

    def to(self, node: Redis) -> Pipeline:
        """Where to put the next command; a call for each command."""
        self._asked.append(node)
        if node not in self._pipes:
            self._pipes[node] = node.pipeline(transaction=False)
        return self._pipes[node]

    def execute(self) -> list[object]:
        """The replies in the order of the commands; raises the first error among them."""
        replies = {node: iter(pipe.execute()) for node, pipe in self._pipes.items()}
        return [next(replies[node]) for node in self._asked]


def _parts(url: str) -> tuple[str, list[str], str]:
    """What comes before the addresses in a URL, the addresses, and what comes after.

    >>> _parts("redis://ann:secret@one:7000,two:7000/0?protocol=3")
    ('redis://ann:secret@', ['one:7000', 'two:7000'], '/0?protocol=3')
    >>> _parts("unix:///run/valkey.sock")
    ('unix://', [''], '/run/valkey.sock')
    """
    plain, asked, options = url.partition("?")
    scheme, separator, rest = plain.partition("://")
    login, at, rest = rest.rpartition("@")
    places, slash, path = rest.partition("/")
    return f"{scheme}{separator}{login}{at}", places.split(","), f"{slash}{path}{asked}{options}"


def _served(node: Redis, place: str = "") -> list[Served]:
    """Which server serves which slots, as a node has it; one that names no host means its own."""
    told = cast("list[list[Any]]", node.execute_command("CLUSTER SLOTS"))  # type: ignore[no-untyped-call]  # redis-py's
    return [_range(place, *row) for row in told]


def _range(asked: str, first: int, last: int, primary: Sequence[Any], *replicas: object) -> Served:
    host, port, name, *_ = primary
    return Served(first, last, _place(host, port, asked), name, len(replicas))


def _place(host: bytes | None, port: int, asked: str) -> str:
    """An address as a URL has it.

    >>> _place(b"10.0.0.1", 7000, "any:7001"), _place(b"fd00::1", 7000, "any:7001"), _place(b"", 7000, "any:7001")
    ('10.0.0.1:7000', '[fd00::1]:7000', 'any:7000')
    """
    name = (host or b"").decode()
    if name in {"", "?"}:
        name = asked.rpartition(":")[0] or asked
    elif ":" in name:
        name = f"[{name}]"
    return f"{name}:{port}"


def _is_moving(node: Redis) -> bool:
    told = cast("dict[str, dict[str, object]]", node.execute_command("CLUSTER NODES"))  # type: ignore[no-untyped-call]  # redis-py's
    return any(one["migrations"] for one in told.values())
