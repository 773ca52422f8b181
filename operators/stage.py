"""Where Bytewax calls a stage: once per batch with a shard's messages, once per epoch to commit.

`snapshot` is called at the end of every epoch for each key that was awake in it, with or without a recovery store;
that is when a shard commits. What it returns is never used: Redis alone holds state.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import bytewax.operators as op
from bytewax.dataflow import Stream
from bytewax.operators import KeyedStream, StatefulBatchLogic

from state.measures import Probes
from state.parcel import Message, Parcel, Stage, parcels


class ShardStage(Protocol):
    """What a stage's shard can do; see `IdentifyShard` and `ScoreShard`."""

    # The messages of a stage are of one kind, and routing brings no other; Bytewax's streams cannot say so.
    def handle(self, messages: Sequence[Any]) -> Sequence[Message]:
        """Join messages; the answer goes downstream."""

    def wake(self) -> None:
        """The clock has moved."""

    def commit(self) -> None:
        """The epoch ends."""


Make = Callable[[int], ShardStage]


class StageLogic(StatefulBatchLogic[Parcel, Parcel, None]):
    """One shard of one stage, made when its first parcel comes and kept for good."""

    def __init__(self, make: Make, shards: int, probes: Probes) -> None:
        self._make = make
        self._probes = probes
        self._shards = shards
        self._stage: ShardStage | None = None

    def on_batch(self, values: list[Parcel]) -> tuple[Iterable[Parcel], bool]:
        """Handle everything that came for this shard as one batch."""
        if self._stage is None:
            self._stage = self._make(values[0].shard)
        self._stage.wake()
        messages = [message for parcel in values for message in parcel.messages]
        caused = self._stage.handle(messages) if messages else ()
        return parcels(caused, self._shards), False

    def snapshot(self) -> None:
        """Commit. A key is only awake after a parcel, so there is a stage."""
        assert self._stage is not None
        began = time.perf_counter()
        self._stage.commit()
        self._probes.closing_s += time.perf_counter() - began


def stage(step: str, up: KeyedStream[Parcel], make: Make, shards: int, probes: Probes) -> Stream[Parcel]:
    """A stage of the flow: parcels in, parcels out, no longer keyed: they go to other stages' shards."""
    out = op.stateful_batch(step, up, lambda _: StageLogic(make, shards, probes))
    return op.flat_map_batch(f"{step}_unkeyed", out, lambda items: [parcel for _, parcel in items])


def bound_for(name: Stage, up: Stream[Any]) -> KeyedStream[Parcel]:
    """The parcels of a stream that go to one stage, keyed by shard."""

    def pick(items: list[Any]) -> list[tuple[str, Parcel]]:
        return [(str(item.shard), item) for item in items if isinstance(item, Parcel) and item.stage == name]

    return op.flat_map_batch(f"{up.stream_id.replace('.', '_')}_to_{name}", up, pick)
