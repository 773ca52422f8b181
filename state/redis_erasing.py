"""Forgetting somebody for good in Redis; see `state.store.Erasing`."""

import time
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import cast

from redis import Redis
from redis.commands.core import Script

from state.redis_link import RedisLink
from state.redis_records import SCANNED_AT_ONCE, literal
from state.store import Kind, StoreUnavailable

LOOK_S = 0.02

FORGET = """
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then return redis.error_reply(fence and 'FENCED' or 'EMPTIED') end
local gone = 0
for i = 2, #ARGV do
  redis.call('ZREM', KEYS[2], ARGV[i])
  redis.call('ZREM', KEYS[3], ARGV[i])
  gone = gone + redis.call('DEL', KEYS[2 + i])
end
return gone
"""


class RedisErasing(RedisLink):
    """Tombstones are one set of digests, common to all shards."""

    def forget(self, kind: Kind, shard: int, ids: Sequence[str]) -> int:
        """See `Erasing`; one script call for so many."""
        return sum(
            self._forget_some(kind, shard, ids[start : start + SCANNED_AT_ONCE])
            for start in range(0, len(ids), SCANNED_AT_ONCE)
        )

    def _forget_some(self, kind: Kind, shard: int, ids: Sequence[str]) -> int:
        keys = self.keys
        digests = [keys.digest(id_) for id_ in ids]
        names = [keys.fence(shard), keys.timers(kind, shard), keys.outbox(kind, shard)]
        names += [keys.record_prefix(kind, shard) + digest for digest in digests]
        with self.guarded():
            return int(self._forget_script(keys=names, args=[self.token, *digests], client=self.at(shard)))

    def sinks(self) -> list[str]:
        """See `Erasing`."""
        pattern = literal(self.keys.shard(0)).replace(b"{0}", b"{*}") + b"told:*"
        with self.guarded():
            found = {name for node in self.nodes.all for name in node.scan_iter(match=pattern, count=SCANNED_AT_ONCE)}
            self.nodes.refuse_moved()
        return sorted({name.rpartition(b":told:")[2][:-2].decode() for name in found})

    def untell(self, sink: str, kind: Kind, shard: int, ids: Sequence[str]) -> int:
        """See `Erasing`."""
        if not ids:
            return 0
        with self.guarded():
            return int(self.at(shard).hdel(self.keys.told(sink, kind, shard), *map(self.keys.digest, ids)))

    def tombstone(self, id_: str) -> bytes:
        """See `Erasing`."""
        return self.keys.digest(id_)

    def bury(self, ids: Iterable[str]) -> None:
        """See `Erasing`."""
        digests = [self.keys.digest(id_) for id_ in ids]
        if digests:
            with self.guarded():
                self.client.sadd(self.keys.common("tombstones"), *digests)

    def tombstones(self) -> frozenset[bytes]:
        """See `Erasing`."""
        with self.guarded():
            return frozenset(cast("set[bytes]", self.client.smembers(self.keys.common("tombstones"))))

    def rewrite_file(self) -> None:
        """Have the servers write their append-only files anew, without what is gone, and wait for it.

        Raises `StoreUnavailable` when one cannot.
        """
        with self.guarded():
            well = [_rewrite(node) for node in self.nodes.all]
        if not all(well):
            raise StoreUnavailable(f"the server at {self.place} could not rewrite its append-only file; see its log")

    @cached_property
    def _forget_script(self) -> Script:
        return self.client.register_script(FORGET)


def _rewrite(client: Redis) -> bool:
    """Whether it went well."""
    while _rewriting(client):
        time.sleep(LOOK_S)
    client.bgrewriteaof()
    while _rewriting(client):
        time.sleep(LOOK_S)
    return cast("dict[str, object]", client.info("persistence"))["aof_last_bgrewrite_status"] == "ok"


def _rewriting(client: Redis) -> bool:
    told = cast("dict[str, object]", client.info("persistence"))
    return bool(told["aof_rewrite_in_progress"] or told["aof_rewrite_scheduled"])
