"""What is kept: sources (who did it) and subjects (whom it counts for)."""

import msgspec

from state.ledger import Ledger
from state.links import Links, copy_links
from state.traits import Traits


class Facts(msgspec.Struct, array_like=True, gc=False):
    """What one source contributes: its ledger, its traits, and the accounts it named (domain -> touches)."""

    ledger: Ledger = msgspec.field(default_factory=Ledger)
    traits: Traits = {}
    groups: Links = {}

    def __bool__(self) -> bool:
        return bool(self.ledger or self.traits or self.groups)

    def copy(self) -> "Facts":
        """Independent facts, equal to these."""
        return Facts(self.ledger.copy(), dict(self.traits), copy_links(self.groups))


class Source(msgspec.Struct, array_like=True, gc=False):
    """An identifier with what happened under it.

    `links` are its own, `known` are copies of the links of ids reachable from it, `followers` are the ids that
    linked to it, each with the first touch that said so.
    """

    id: str
    facts: Facts = msgspec.field(default_factory=Facts)
    links: Links = {}
    known: dict[str, Links] = {}
    followers: dict[str, int] = {}


class Standing(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What the last evaluation said, kept only to rank the next change for delivery; never the truth.

    `score` in tenths of a point, `at` in ms.
    """

    score: int
    band: int
    reason: str
    at: int


class Subject(msgspec.Struct, array_like=True, gc=False):
    """A contact or an account: source -> what that source contributes."""

    id: str
    sources: dict[str, Facts] = {}
    standing: Standing | None = None
