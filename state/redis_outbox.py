"""The outbox in Redis, and what each sink was last told; see `state.store.Outbox`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha1
from itertools import pairwise
from typing import cast

from redis.commands.core import Script

from state.redis_link import RedisLink
from state.redis_nodes import Pipelines
from state.store import Kind, Waiting

SETTLE = """
local gone = 0
for i = 1, #ARGV, 2 do
  local record = redis.call('GET', KEYS[1 + (i + 1) / 2])
  if not record or redis.sha1hex(record) == ARGV[i + 1] then gone = gone + redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return gone
"""


class RedisOutbox(RedisLink):
    """One sorted set per shard and kind. A subject stays until it is settled in the state that was delivered."""

    def waiting(self, kind: Kind, most: int) -> list[Waiting]:
        """See `Outbox`."""
        with self.guarded():
            pipes = Pipelines()
            for shard in range(self.shards):
                pipes.to(self.at(shard)).zrange(self.keys.outbox(kind, shard), 0, most - 1, withscores=True)
            heads = cast("list[list[tuple[bytes, float]]]", pipes.execute())
        first = sorted((score, shard, digest) for shard, head in enumerate(heads) for digest, score in head)[:most]
        return list(self._records_of(kind, first))

    def _records_of(self, kind: Kind, first: list[tuple[float, int, bytes]]) -> Iterator[Waiting]:
        with self.guarded():
            pipes = Pipelines()
            for _, shard, digest in first:
                pipes.to(self.at(shard)).get(self.keys.record_prefix(kind, shard) + digest)
            stored = cast("list[bytes | None]", pipes.execute())
        for (score, shard, digest), record in zip(first, stored, strict=True):
            if record is None:
                self._forget(kind, shard, digest)
            else:
                token = sha1(record, usedforsecurity=False).hexdigest().encode()
                yield Waiting(record, int(score), token)

    def _forget(self, kind: Kind, shard: int, digest: bytes) -> None:
        """Take out a mark that a crash left without its record: nobody can ever settle it."""
        with self.guarded():
            names = [self.keys.outbox(kind, shard), self.keys.record_prefix(kind, shard) + digest]
            self._settle_script(keys=names, args=[digest, b""], client=self.at(shard))

    def mark(self, kind: Kind, shard: int, marks: Mapping[str, int]) -> None:
        """See `Outbox`."""
        digests = {self.keys.digest(id_): urgency for id_, urgency in marks.items()}
        if digests:
            with self.guarded():
                self.at(shard).zadd(self.keys.outbox(kind, shard), digests, lt=True)

    def settle(self, kind: Kind, shard: int, settled: Mapping[str, bytes]) -> int:
        """See `Outbox`; one script call."""
        digests = [(self.keys.digest(id_), token) for id_, token in settled.items()]
        prefix = self.keys.record_prefix(kind, shard)
        names = [self.keys.outbox(kind, shard), *(prefix + digest for digest, _ in digests)]
        with self.guarded():
            args = [part for pair in digests for part in pair]
            return int(self._settle_script(keys=names, args=args, client=self.at(shard)))

    def depth(self, kind: Kind) -> int:
        """See `Outbox`."""
        with self.guarded():
            pipes = Pipelines()
            for shard in range(self.shards):
                pipes.to(self.at(shard)).zcard(self.keys.outbox(kind, shard))
            return sum(cast("list[int]", pipes.execute()))

    def depths(self, kind: Kind, edges: Sequence[int]) -> list[int]:
        """See `Outbox`."""
        parts = list(pairwise(["-inf", *map(str, edges), "+inf"]))
        with self.guarded():
            pipes = Pipelines()
            for shard in range(self.shards):
                for low, high in parts:
                    box, below = self.keys.outbox(kind, shard), high if high == "+inf" else f"({high}"
                    pipes.to(self.at(shard)).zcount(box, low, below)
            counts = cast("list[int]", pipes.execute())
        return [sum(counts[part :: len(parts)]) for part in range(len(parts))]

    def told(self, sink: str, kind: Kind, shard: int, ids: Sequence[str]) -> list[bytes | None]:
        """See `Outbox`."""
        if not ids:
            return []
        digests = [self.keys.digest(id_) for id_ in ids]
        with self.guarded():
            return cast("list[bytes | None]", self.at(shard).hmget(self.keys.told(sink, kind, shard), digests))

    def tell(self, sink: str, kind: Kind, shard: int, told: Mapping[str, bytes]) -> None:
        """See `Outbox`."""
        if told:
            with self.guarded():
                values = [part for id_, value in told.items() for part in (self.keys.digest(id_), value)]
                self.at(shard).hset(self.keys.told(sink, kind, shard), items=values)

    @cached_property
    def _settle_script(self) -> Script:
        return self.client.register_script(SETTLE)
