"""What is kept: sources (who did it) and subjects (whom it counts for)."""

from collections.abc import Iterable, Mapping, MutableMapping

import msgspec

from state.ledger import Ledger
from state.links import Links, copy_links, join_links
from state.touch import touch_at
from state.traits import Traits, join_traits


class Facts(msgspec.Struct, array_like=True, gc=False):
    """What one source contributes: its ledger, its traits, and the accounts it named (domain -> touches)."""

    ledger: Ledger = msgspec.field(default_factory=Ledger)
    traits: Traits = {}
    groups: Links = {}

    def __bool__(self) -> bool:
        return self.ledger.last_at > 0 or bool(self.traits) or bool(self.groups)

    def join(self, other: "Facts", keep: Mapping[str, int]) -> bool:
        """Join other facts into these. True if that changed anything."""
        changed = self.ledger.join(other.ledger, keep)
        changed |= join_traits(self.traits, other.traits)
        return join_links(self.groups, other.groups) or changed

    def copy(self) -> "Facts":
        """Independent facts, equal to these."""
        return Facts(self.ledger.copy(), dict(self.traits), copy_links(self.groups))


def joined(parts: Iterable[Facts], keep: Mapping[str, int]) -> Facts:
    """All the parts as one; independent of them."""
    several = iter(parts)
    first = next(several, None)
    whole = Facts() if first is None else first.copy()
    for part in several:
        whole.join(part, keep)
    return whole


class Source(msgspec.Struct, array_like=True, gc=False):
    """An identifier with what happened under it.

    `links` are its own, `known` are copies of the links of ids reachable from it, `followers` are the ids that
    linked to it, each with the first touch that said so. `agents`: kind of user agent -> what it did; `facts` has the
    rest.
    """

    id: str
    facts: Facts = msgspec.field(default_factory=Facts)
    links: Links = {}
    known: dict[str, Links] = {}
    followers: dict[str, int] = {}
    agents: dict[str, Ledger] = {}


class Standing(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What the last evaluation that was worth telling said, in tenths of a point.

    Kept only to rank the next change for delivery; never the truth.
    """

    score: int
    band: int
    reason: str


class Subject(msgspec.Struct, array_like=True, gc=False):
    """A contact or an account: source -> what that source contributes.

    `corrected` is the touch of the latest statement about identifiers that changed it. Like the standing it only serves
    delivery. Of a subject that was retracted as one of many nothing counts: what its sources say is `withheld`, and
    `sources` is empty. `judged` are verdicts on many; a shard's record of these has nothing else.
    """

    id: str
    sources: MutableMapping[str, Facts] = {}
    standing: Standing | None = None
    corrected: int = 0
    withheld: MutableMapping[str, Facts] = {}
    judged: dict[str, Links] = {}

    @property
    def told(self) -> MutableMapping[str, Facts]:
        """What its sources say, whether it counts or not."""
        return self.withheld or self.sources

    @property
    def latest(self) -> int:
        """When the latest event was that counts for it, or that put right what does (ms)."""
        latest = touch_at(self.corrected)
        for facts in self.sources.values():
            if facts.ledger.last_at > latest:
                latest = facts.ledger.last_at
        return latest
