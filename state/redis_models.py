"""Models in Redis: the files that were ever activated, and the history of that, to which is only added."""

from typing import cast

import msgspec

from state.keys import DIGEST_BYTES
from state.redis_link import RedisLink
from state.redis_records import SCANNED_AT_ONCE, literal
from state.store import Activation, Kind

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Activation).decode
REVIEWED: tuple[Kind, ...] = ("contact", "account")


class RedisModels(RedisLink):
    """See `state.store.Models`."""

    def activate(self, activation: Activation, file: bytes) -> None:
        """See `Models`. The file first: an entry without one would stop every flow."""
        with self.guarded():
            if activation.digest:
                self.client.hset(self.keys.common("model-files"), activation.digest, file)
            self.client.rpush(self.keys.common("models"), _encode(activation))

    def amend(self, activation: Activation) -> None:
        """Put another last entry in the place of the one that is there."""
        with self.guarded():
            self.client.lset(self.keys.common("models"), -1, cast("str", _encode(activation)))

    def count_activations(self) -> int:
        """See `Models`."""
        with self.guarded():
            return self.client.llen(self.keys.common("models"))

    def activations(self) -> list[Activation]:
        """See `Models`."""
        with self.guarded():
            return [_decode(one) for one in cast("list[bytes]", self.client.lrange(self.keys.common("models"), 0, -1))]

    def model_files(self) -> dict[str, bytes]:
        """See `Models`."""
        with self.guarded():
            held = cast("dict[bytes, bytes]", self.client.hgetall(self.keys.common("model-files")))
        return {digest.decode(): file for digest, file in held.items()}

    def reviewed_under(self) -> str:
        """See `Models`."""
        with self.guarded():
            return (cast("bytes | None", self.client.get(self.keys.common("reviewed"))) or b"").decode()

    def set_reviewed(self, digest: str) -> None:
        """See `Models`."""
        with self.guarded():
            self.client.set(self.keys.common("reviewed"), digest)

    def review(self, at: int, per_s: int, but: str) -> int:
        """See `Models`."""
        count, spared = 0, self.keys.digest(but)
        for kind in REVIEWED:
            pattern = literal(self.keys.record_prefix(kind, 0)).replace(b"{0}", b"{*}") + b"?" * DIGEST_BYTES
            timers = {self.keys.record_prefix(kind, n): self.keys.timers(kind, n) for n in range(self.shards)}
            for node in self.nodes.all:
                with self.guarded():
                    pipe = node.pipeline(transaction=False)
                    for name in node.scan_iter(match=pattern, count=SCANNED_AT_ONCE):
                        key = timers.get(name[:-DIGEST_BYTES])
                        if key is None or name[-DIGEST_BYTES:] == spared:
                            continue
                        pipe.zadd(key, {name[-DIGEST_BYTES:]: at + count * 1000 // per_s}, lt=True)
                        count += 1
                        if not count % SCANNED_AT_ONCE:
                            pipe.execute()
                    pipe.execute()
        return count
