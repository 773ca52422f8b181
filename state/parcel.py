"""What travels between stages: one shard's messages of one batch, never single messages."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from state.ids import is_visitor, shard_of
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
    found: dict[tuple[Stage, int], list[Message]] = {}
    for message in messages:
        to = message.to
        place = _stage(message, first), shard_of(to, shards)
        known = found.get(place)
        if known is None:
            found[place] = [message]
        else:
            known.append(message)
    return [Parcel(stage, shard, of_shard) for (stage, shard), of_shard in found.items()]


def _stage(message: Message, first: bool) -> Stage:
    if isinstance(message, Seen):
        return "visitor" if is_visitor(message.to) else "known"
    if isinstance(message, LinkFacts):
        if is_visitor(message.to):
            return "visitor"
        return "known" if first else "written"
    return "account" if message.to[0] == "d" else "contact"
