"""Verdicts on many at once: on a company and everybody of it, by its domain; on what a kind of user agent did.

They are links as a source has them (`state.links.RETRACTED`), of an id that stands for all whom they cover. There are
few, so every shard keeps them all, under the id `EVERYONE`. Whom they cover is a function of what the shard knows,
whenever that came: when a verdict comes, the shard looks through its records; when a record changes, at the verdicts.
"""

from collections.abc import Iterable, Mapping

from state.event import Event
from state.links import CORRECTED, Links, is_retracted, join_links
from state.messages import LinkFacts
from state.parcel import Parcel, Stage

EVERYONE = "!"
"""To whom verdicts go, and under which a shard keeps them."""
JUDGING: Mapping[str, tuple[Stage, ...]] = {"d": ("contact", "account"), "g": ("known", "visitor")}
"""Kind of id -> the stages that go by verdicts on it."""


class Verdicts:
    """All that were said so far; `retracted` are those of which nothing counts now."""

    def __init__(self, links: dict[str, Links]) -> None:
        self.links = links
        self.retracted = frozenset(id_ for id_, said in links.items() if is_retracted(said))

    def join(self, said: Mapping[str, Links]) -> None:
        """Join other verdicts."""
        for id_, links in said.items():
            join_links(self.links.setdefault(id_, {}), links)
        self.retracted = frozenset(id_ for id_, said in self.links.items() if is_retracted(said))

    def corrected(self, ids: Iterable[str]) -> int:
        """The touch of the latest verdict on these; 0 if there is none."""
        return max((self.links[id_][CORRECTED][-1] for id_ in ids if id_ in self.links), default=0)


def agent_id(agent: str) -> str:
    """The id that stands for what a kind of user agent did."""
    return f"g:{agent}"


def is_verdict(id_: str) -> bool:
    """Whether what is said of an id is said of everybody whom it stands for."""
    return id_[0] in JUDGING


def verdicts_of(events: Iterable[Event]) -> dict[str, Links]:
    """What a batch says of many at once."""
    found: dict[str, Links] = {}
    for said in [event.said for event in events if event.said]:
        for id_, links in said.items():
            if is_verdict(id_):
                join_links(found.setdefault(id_, {}), links)
    return found


def verdict_parcels(events: Iterable[Event], shards: int) -> list[Parcel]:
    """What a batch says of many at once, for every shard of the stages that go by it."""
    found = verdicts_of(events)
    stages = sorted({stage for id_ in found for stage in JUDGING[id_[0]]})
    return [Parcel(stage, shard, [*told_of(stage, found)]) for stage in stages for shard in range(shards)]


def told_of(stage: Stage, verdicts: Mapping[str, Links]) -> list[LinkFacts]:
    """What each shard of a stage has to hear of verdicts."""
    told = {id_: links for id_, links in verdicts.items() if stage in JUDGING[id_[0]]}
    return [LinkFacts(EVERYONE, told)] if told else []
