"""Whether a namespace still is the one that was scored: servers that were replaced by empty ones are noticed."""

from redis import Redis

from state.redis_link import RedisLink
from state.redis_nodes import Pipelines
from state.redis_records import literal
from state.store import Replaced

SETTLED = "settled"


class RedisIncarnation(RedisLink):
    """Every shard has a fence from its first run on, so that one without belongs to a server that lost everything."""

    def settle_in(self) -> None:
        """See `Run`."""
        with self.guarded():
            self.client.hset(self._config, SETTLED, 1)

    def clear(self) -> None:
        """Forget the positions and the log's time. What shards hold under a secret that is gone is of no use: it goes,
        too.
        """
        with self.guarded():
            self.client.delete(self.keys.common("positions"), self.keys.common("clock"))
            if not self.client.hdel(self._config, SETTLED):
                for node in self.nodes.all:
                    self._clear(node)

    def _clear(self, node: Redis) -> None:
        pipe = node.pipeline(transaction=False)
        for name in node.scan_iter(match=literal(self.keys.shard(0)).replace(b"{0}", b"{*}") + b"*", count=1_000):
            pipe.delete(name)
        pipe.execute()

    def refuse_emptied(self) -> None:
        """Raises `Replaced` when a server of a cluster has lost its shards while others still have theirs."""
        with self.guarded():
            settled = self.client.hexists(self._config, SETTLED)
            pipes = Pipelines()
            for shard in range(self.shards):
                pipes.to(self.at(shard)).exists(self.keys.fence(shard))
            lost = [shard for shard, held in enumerate(pipes.execute()) if not held]
        if settled and lost:
            raise Replaced(
                f"{len(lost)} of {self.shards} shards of namespace {self.namespace!r} are gone from the servers at "
                f"{self.place}, while the others are there: a server came back empty. Restore what it had, or "
                "read the whole log again with --start-over"
            )
