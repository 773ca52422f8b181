"""What travels between stages: one shard's messages of one bundle, never single messages."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal
from zlib import crc32

import msgspec

from state.ids import TYPES
from state.messages import LinkFacts, Replaced, Seen, ToSource, ToSubject, Touched

Stage = Literal["known", "visitor", "contact", "account", "written"]
"""Where a parcel goes. `written` is the identity log: facts for known ids, which come round as input."""

Message = ToSource | ToSubject


class Parcel(msgspec.Struct, frozen=True, gc=False):
    """Messages for one shard of one stage. An empty one only wakes the stage.

    On its way to another process it is one packed value: pickling each message would cost seven times as much.
    """

    stage: Stage
    shard: int
    messages: list[Message]

    def __reduce__(self) -> tuple[Callable[[bytes], "Parcel"], tuple[bytes]]:
        return unpacked, (packed(self),)


KINDS: tuple[type[Message], ...] = (Seen, LinkFacts, Touched, Replaced)


class _Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parcel between processes: its messages by kind, and which kind comes when (`order`: places in `KINDS`)."""

    stage: Stage
    shard: int
    order: bytes
    seen: list[Seen]
    learnt: list[LinkFacts]
    touched: list[Touched]
    replaced: list[Replaced]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Packed)


def packed(parcel: Parcel) -> bytes:
    """A parcel as bytes."""
    kinds: tuple[list[Message], ...] = ([], [], [], [])
    order = bytes(KINDS.index(type(message)) for message in parcel.messages)
    for kind, message in zip(order, parcel.messages, strict=True):
        kinds[kind].append(message)
    return _encoder.encode((parcel.stage, parcel.shard, order, *kinds))


def unpacked(encoded: bytes) -> Parcel:
    """The parcel that was packed."""
    wire = _decoder.decode(encoded)
    kinds: list[Iterator[Message]] = [iter(wire.seen), iter(wire.learnt), iter(wire.touched), iter(wire.replaced)]
    return Parcel(wire.stage, wire.shard, [next(kinds[kind]) for kind in wire.order])


def parcels(messages: Iterable[Message], shards: int, *, first: bool = False) -> list[Parcel]:
    """Sort messages into parcels. Facts for known ids go round by the log unless they are the `first` to come."""
    stage_of = _FIRST if first else _ROUND
    found: dict[Stage, list[list[Message]]] = {}
    for message in messages:
        stage = stage_of[type(message)][message.to[0]]
        by_shard = found.get(stage)
        if by_shard is None:
            by_shard = found[stage] = [[] for _ in range(shards)]
        by_shard[crc32(message.to.encode()) % shards].append(message)  # shard_of, without the call
    return [Parcel(stage, shard, of) for stage, by_shard in found.items() for shard, of in enumerate(by_shard) if of]


def _stages(known: Stage) -> dict[str, Stage]:
    """Kind of id -> where messages for it go, if those for known ids go to `known`."""
    return {**dict.fromkeys(TYPES, known), "a": "visitor", "d": "account"}


_FIRST: dict[type[Message], dict[str, Stage]] = {
    Seen: _stages("known"),
    LinkFacts: _stages("known"),
    Touched: _stages("contact"),
    Replaced: _stages("contact"),
}
_ROUND = {**_FIRST, LinkFacts: _stages("written")}
"""Where facts for known ids come round by the log."""
