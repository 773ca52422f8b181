"""What travels between stages: one shard's messages of one batch, never single messages."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from state.ids import is_visitor, shard_of
from state.messages import LinkFacts, Seen, ToSource, ToSubject

Stage = Literal["known", "visitor", "contact", "account", "written"]
"""Where a parcel goes. `written` is the identity log: facts for known ids, which come round as input."""

Message = ToSource | ToSubject


class Parcel(msgspec.Struct, frozen=True, gc=False):
    """Messages for one shard of one stage. An empty one only wakes the stage."""

    stage: Stage
    shard: int
    messages: list[Message]


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
