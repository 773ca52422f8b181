"""Generations of a namespace: a rebuild folds the log into one beside the current one, which then takes its place.

Which one is current stands in one key, so one write is the switch. A first generation has no such key.
"""

from collections.abc import Iterable, Iterator
from typing import cast

import msgspec
from redis import Redis

from state.keys import Keys
from state.redis_erasing import RedisErasing
from state.redis_incarnation import SETTLED
from state.redis_nodes import Pipelines
from state.redis_records import SCANNED_AT_ONCE, literal
from state.store import MAINTENANCE, Kind

SUBJECTS: tuple[Kind, ...] = ("contact", "account")
NO_FUNCTION_OF_THE_LOG = ("config", "tombstones", "models", "model-files")

SWITCH = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCED') end
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return redis.error_reply('FENCED') end
redis.call('SADD', KEYS[4], ARGV[3])
redis.call('SREM', KEYS[4], ARGV[4])
redis.call('SET', KEYS[3], ARGV[4])
return true
"""


class Stray(msgspec.Struct, frozen=True):
    """A subject that sinks know and another generation does not, as it is here."""

    kind: Kind
    shard: int
    digest: bytes
    record: bytes


class RedisGenerations(RedisErasing):
    """This generation's view of the others. The set `begun` names those that may have keys and are not current."""

    def begin_generation(self) -> int:
        """Begin another generation with what is no function of the log, tombstones first of all; its number."""
        with self.guarded():
            number = max([self.generation, *self._numbers()]) + 1
            self.client.sadd(self._begun, number)
            fresh = self.keys_of(number)
            for name in NO_FUNCTION_OF_THE_LOG:
                self.client.copy(*_named(self.keys.common(name), fresh.common(name)))
            self.client.hdel(fresh.common("config"), SETTLED)
        return number

    def copy_told(self, generation: int) -> None:
        """Have another generation remember what sinks were told, and nothing else of it; servers copy by themselves."""
        fresh = self.keys_of(generation)
        for sink in self.sinks():
            with self.guarded():
                pipes = Pipelines()
                for kind in SUBJECTS:
                    for shard in range(self.shards):
                        names = _named(self.keys.told(sink, kind, shard), fresh.told(sink, kind, shard))
                        pipes.to(self.at(shard)).copy(*names, replace=True)
                pipes.execute()

    def mark_retold(self, generation: int, urgency: int) -> None:
        """Have those wait in another generation of whom a sink was told something else since `copy_told`."""
        fresh = self.keys_of(generation)
        for sink in self.sinks():
            for kind in SUBJECTS:
                for shard in range(self.shards):
                    with self.guarded():
                        pipe = self.at(shard).pipeline(transaction=False)
                        for keys in (self.keys, fresh):
                            pipe.hgetall(keys.told(sink, kind, shard))
                        now, then = cast("list[dict[bytes, bytes]]", pipe.execute())
                        if retold := {digest: urgency for digest, said in now.items() if then.get(digest) != said}:
                            self.at(shard).zadd(fresh.outbox(kind, shard), retold, lt=True)

    def add_outbox(self, generation: int) -> None:
        """Have whoever waits here wait in another generation as well, as urgently at least."""
        fresh = self.keys_of(generation)
        with self.guarded():
            pipes = Pipelines()
            for kind in SUBJECTS:
                for shard in range(self.shards):
                    theirs, ours = fresh.outbox(kind, shard), self.keys.outbox(kind, shard)
                    pipes.to(self.at(shard)).zunionstore(theirs, [theirs, ours], aggregate="MIN")
            pipes.execute()

    def strays(self, generation: int) -> Iterator[Stray]:
        """The subjects that a sink was told of and another generation knows nothing of."""
        for sink in self.sinks():
            for kind in SUBJECTS:
                for shard in range(self.shards):
                    yield from self._strays(sink, kind, shard, self.keys_of(generation).record_prefix(kind, shard))

    def _strays(self, sink: str, kind: Kind, shard: int, elsewhere: bytes) -> Iterator[Stray]:
        told, at = self.keys.told(sink, kind, shard), self.at(shard)
        with self.guarded():
            digests = cast("list[bytes]", at.hkeys(told))
        for start in range(0, len(digests), SCANNED_AT_ONCE):
            some = digests[start : start + SCANNED_AT_ONCE]
            with self.guarded():
                pipe = at.pipeline(transaction=False)
                for digest in some:
                    pipe.exists(elsewhere + digest)
                missing = [digest for digest, held in zip(some, pipe.execute(), strict=True) if not held]
                records = at.mget([self.keys.record_prefix(kind, shard) + one for one in missing]) if missing else []
            found = zip(missing, cast("list[bytes | None]", records), strict=True)
            yield from (Stray(kind, shard, digest, record) for digest, record in found if record is not None)

    def take_in(self, stray: Stray, urgency: int) -> None:
        """Have a subject of another generation here as well, and in the outbox."""
        with self.guarded():
            self.at(stray.shard).zadd(self.keys.outbox(stray.kind, stray.shard), {stray.digest: urgency})
            self.at(stray.shard).set(self.keys.record_prefix(stray.kind, stray.shard) + stray.digest, stray.record)

    def switch_to(self, generation: int) -> None:
        """Make another generation the current one, in one step. Raises `Fenced` unless we have the namespace alone."""
        common, of_all = self.keys.common, self.keys.of_all
        names = [common("fence"), common(MAINTENANCE), of_all("current"), self._begun]
        with self.guarded():
            script = self.client.register_script(SWITCH)
            script(keys=names, args=[self.token, self.holder, self.generation, generation])

    def leftovers(self) -> set[int]:
        """The generations besides the current one that may have keys."""
        with self.guarded():
            return self._numbers() - {self.current()}

    def remove(self, generations: Iterable[int]) -> None:
        """Delete what is left of generations. Raises `StoreUnavailable`.

        One stays among the `leftovers` until nothing was found of it: whoever was at work on it may have written since.
        """
        with self.guarded():
            for number in set(generations) - {self.current()}:
                if not sum(_remove(node, self.keys_of(number)) for node in self.nodes.all):
                    self.client.srem(self._begun, number)

    def keys_of(self, generation: int) -> Keys:
        """What another generation's keys are called; it has no use of digests."""
        return Keys(self.namespace, b"", generation)

    def _numbers(self) -> set[int]:
        return {int(number) for number in cast("set[bytes]", self.client.smembers(self._begun))}

    @property
    def _begun(self) -> bytes:
        return self.keys.of_all("begun")


def _named(source: bytes, destination: bytes) -> tuple[str, str]:
    """As redis-py's stub of COPY would have them; it sends bytes as they are."""
    return cast("tuple[str, str]", (source, destination))


def _remove(node: Redis, keys: Keys) -> int:
    """The number of keys that went from a server."""
    count = 0
    for pattern in (literal(keys.shard(0)).replace(b"{0}", b"{*}"), literal(keys.common(""))):
        pipe = node.pipeline(transaction=False)
        for name in node.scan_iter(match=pattern + b"*", count=SCANNED_AT_ONCE):
            pipe.unlink(name)
            if len(pipe) >= SCANNED_AT_ONCE:
                count += sum(pipe.execute())
        count += sum(pipe.execute())
    return count
