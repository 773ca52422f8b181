"""Records and timers in Redis; see `state.store.Records`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import cast

from redis import Redis

from state.keys import DIGEST_BYTES
from state.redis_link import RedisLink
from state.store import Commit, Kind

SCANNED_AT_ONCE = 1_000

# Order matters: were a server to lose the script's tail with its append-only file, a mark in the outbox or a timer
# without its record does no harm, a record without its mark would never be delivered.
COMMIT = """
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then return redis.error_reply(fence and 'FENCED' or 'EMPTIED') end
local outbox, timers, records = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local fleeting, lifetime = tonumber(ARGV[5]), ARGV[6]
local at = 6
for i = 1, outbox do
  redis.call('ZADD', KEYS[2], 'LT', ARGV[at + 1], ARGV[at + 2])
  at = at + 2
end
for i = 1, timers do
  if ARGV[at + 1] == '' then redis.call('ZREM', KEYS[3], ARGV[at + 2])
  else redis.call('ZADD', KEYS[3], ARGV[at + 1], ARGV[at + 2]) end
  at = at + 2
end
for i = 1, records do
  if i <= fleeting then redis.call('SET', KEYS[3 + i], ARGV[at + i], 'PX', lifetime)
  else redis.call('SET', KEYS[3 + i], ARGV[at + i]) end
end
return records
"""


class RedisRecords(RedisLink):
    """Records as strings, one key each; timers as one sorted set per shard and kind."""

    def read(self, kind: Kind, shard: int, ids: Sequence[str]) -> list[bytes | None]:
        """See `Records`."""
        if not ids:
            return []
        prefix, digest = self.keys.record_prefix(kind, shard), self.keys.digest
        return cast("list[bytes | None]", self.ask(shard, "MGET", *[prefix + digest(id_) for id_ in ids]))

    def commit(self, commit: Commit) -> None:
        """See `Records`; one script call, whose work is not waited for."""
        kind, shard, keys, digest = commit.kind, commit.shard, self.keys, self.keys.digest
        records = _fleeting_first(commit)
        digests = [*map(digest, records)]
        if shard in self.listed.get(kind, {}):
            self.listed[kind][shard] += b"".join(digests)
        prefix = keys.record_prefix(kind, shard)
        names = [keys.fence(shard), keys.outbox(kind, shard), keys.timers(kind, shard)]
        names += [prefix + one for one in digests]
        values: list[bytes | int | str] = [self.token, len(commit.outbox), len(commit.timers), len(records)]
        values += (len(commit.fleeting), commit.lifetime_ms)
        for id_, urgency in commit.outbox.items():
            values += (urgency, digest(id_))
        for id_, when in commit.timers.items():
            values += ("" if when is None else when, digest(id_))
        values += records.values()
        self.send(shard, "EVALSHA", self._commit_script, len(names), *names, *values)

    def due(self, kind: Kind, shard: int, now: int, most: int) -> list[bytes]:
        """See `Records`."""
        with self.guarded():
            timers = self.keys.timers(kind, shard)
            found = self.at(shard).zrange(timers, "-inf", now, byscore=True, offset=0, num=most)
            return self._of_digests(kind, shard, cast("list[bytes]", found))

    def next_due(self, kind: Kind, shard: int) -> int | None:
        """See `Records`."""
        with self.guarded():
            first = self.at(shard).zrange(self.keys.timers(kind, shard), 0, 0, withscores=True)
        return int(cast("list[tuple[bytes, float]]", first)[0][1]) if first else None

    def scan(self, kind: Kind, shard: int | None = None) -> Iterator[bytes]:
        """See `Records`. Of all shards, raises `Switched` when the generation was switched meanwhile."""
        if shard is not None:
            yield from self._of_shard(kind, shard)
            return
        for node in self.nodes.all:
            by_shard: dict[bytes, set[bytes]] = {}
            with self.guarded():
                for name in self._names(node, kind):
                    by_shard.setdefault(name[:-DIGEST_BYTES], set()).add(name)
            for names in by_shard.values():
                yield from self._values(node, sorted(names))
        with self.guarded():
            self.nodes.refuse_moved()
        self.refuse_switched()

    def _of_shard(self, kind: Kind, shard: int) -> Iterator[bytes]:
        """One look at all keys of a server serves all shards that ask one after the other, together with what was
        written since: each shard is written by one process alone.
        """
        if shard not in self.listed.get(kind, {}):
            self.listed[kind] = self._list(kind)
        digests, prefix = self.listed[kind].pop(shard), self.keys.record_prefix(kind, shard)
        starts = range(0, len(digests), DIGEST_BYTES)
        names = {prefix + digests[start : start + DIGEST_BYTES] for start in starts}
        yield from self._values(self.at(shard), sorted(names))

    def _list(self, kind: Kind) -> dict[int, bytearray]:
        shards = {self.keys.record_prefix(kind, shard): shard for shard in range(self.shards)}
        found = {shard: bytearray() for shard in range(self.shards)}
        with self.guarded():
            for node in self.nodes.all:
                for name in self._names(node, kind):
                    if (shard := shards.get(name[:-DIGEST_BYTES])) is not None:
                        found[shard] += name[-DIGEST_BYTES:]
            self.nodes.refuse_moved()
        return found

    def _names(self, node: Redis, kind: Kind) -> Iterator[bytes]:
        pattern = literal(self.keys.record_prefix(kind, 0)).replace(b"{0}", b"{*}") + b"?" * DIGEST_BYTES
        yield from node.scan_iter(match=pattern, count=SCANNED_AT_ONCE)

    @cached_property
    def listed(self) -> dict[Kind, dict[int, bytearray]]:
        """Kind -> shard -> the digests of its records, one after the other; until the epoch ends."""
        return {}

    def _values(self, node: Redis, names: list[bytes]) -> Iterator[bytes]:
        for start in range(0, len(names), SCANNED_AT_ONCE):
            with self.guarded():
                stored = node.mget(names[start : start + SCANNED_AT_ONCE])
            yield from (record for record in cast("list[bytes | None]", stored) if record is not None)

    def _of_digests(self, kind: Kind, shard: int, digests: Sequence[bytes]) -> list[bytes]:
        if not digests:
            return []
        prefix = self.keys.record_prefix(kind, shard)
        stored = cast("list[bytes | None]", self.at(shard).mget([prefix + digest for digest in digests]))
        return [record for record in stored if record is not None]

    @cached_property
    def _commit_script(self) -> str:
        """The script's name at the servers, where it stays: a server that starts anew ends the run."""
        with self.guarded():
            return {node.script_load(COMMIT) for node in self.nodes.all}.pop()


def literal(text: bytes) -> bytes:
    """A key's beginning as a SCAN pattern that means just that."""
    return re.sub(rb"([*?\[\]\\^])", rb"\\\1", text)


def _fleeting_first(commit: Commit) -> Mapping[str, bytes]:
    if not commit.fleeting:
        return commit.records
    return {**{id_: commit.records[id_] for id_ in commit.fleeting}, **commit.records}
