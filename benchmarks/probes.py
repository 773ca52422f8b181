"""Contacts nobody has seen before, each with one demo request, and when they come to the outbox."""

import time
from datetime import UTC, datetime

import msgspec

from benchmarks.native import NativeEvent
from state.ids import shard_of
from state.redis_link import RedisLink

NOTHING = msgspec.Raw(b"{}")


class Probes:
    """Makes the events, and watches the outbox for their contacts."""

    def __init__(self, link: RedisLink, name: str) -> None:
        self._link = link
        self._name = name
        self._written: dict[str, float] = {}
        self._count = 0
        self.delays_ms: list[float] = []

    def next_line(self) -> bytes:
        """The next probe's event, stamped with the present time; call `written` once it is in the log."""
        self._count += 1
        event = NativeEvent(
            event="demo_requested",
            timestamp=datetime.fromtimestamp(time.time(), UTC),
            message_id=f"{self._name}-{self._count}",
            email=self._email(),
            properties=NOTHING,
            traits=NOTHING,
        )
        return msgspec.json.encode(event) + b"\n"

    def written(self) -> None:
        """The last probe is in the log now."""
        self._written[f"e:{self._email()}"] = time.perf_counter()

    def look(self) -> int:
        """Note which probes have come to the outbox; how many have not."""
        keys, shards = self._link.keys, self._link.shards
        pipeline = self._link.client.pipeline(transaction=False)
        for id_ in self._written:
            pipeline.zscore(keys.outbox("contact", shard_of(id_, shards)), keys.digest(id_))
        marks, now = pipeline.execute(), time.perf_counter()
        for id_, mark in zip(list(self._written), marks, strict=True):
            if mark is not None:
                self.delays_ms.append((now - self._written.pop(id_)) * 1000)
        return len(self._written)

    def _email(self) -> str:
        return f"{self._name}-{self._count}@gmail.com"
