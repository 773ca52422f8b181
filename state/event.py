"""What decode makes of a line: an event, or a dead letter."""

from typing import Literal

import msgspec

from state.links import Links
from state.traits import Traits

Reason = Literal["malformed", "oversized", "not_utf8", "no_name", "bad_time", "no_identifier", "not_trusted"]


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened, normalised. Ids carry their prefix (see state.ids), `""` where there is none.

    `domain` is the registrable domain of the account that the event named itself, `agent` the kind of user agent that
    sent it. An event that says something of identifiers themselves (`said`: source -> its links) has nothing else.
    """

    touch: int
    signals: tuple[str, ...] = ()
    anonymous: str = ""
    crm: str = ""
    user: str = ""
    email: str = ""
    domain: str = ""
    traits: Traits | None = None
    said: dict[str, Links] | None = None
    agent: str = ""


class DeadLetter(msgspec.Struct, frozen=True):
    """An input that could not be used: where it lay, why, and its original bytes.

    `position` is the byte at which the line starts in its partition (for compressed files: uncompressed).
    """

    partition: str
    position: int
    reason: Reason
    detail: str
    original: bytes


class Counts(msgspec.Struct):
    """How many lines came, and what became of them; `received = used + ignored + dead`, always.

    `crawlers` are those of the ignored that a program had sent.
    """

    received: int = 0
    used: int = 0
    ignored: int = 0
    dead: int = 0
    crawlers: int = 0

    def add(self, other: "Counts") -> None:
        """Count what another batch counted."""
        self.received += other.received
        self.used += other.used
        self.ignored += other.ignored
        self.dead += other.dead
        self.crawlers += other.crawlers
