"""What one stage tells the next. Every message names the id it is for; routing reads nothing else."""

import msgspec

from state.event import Event
from state.links import Links
from state.subject import Facts


class Seen(msgspec.Struct, frozen=True, gc=False):
    """The events of a bundle, as one of their identifiers sees them.

    `did` are those whose touches are this identifier's own, `said` those whose traits and account are. `links` are
    what events say this identifier is (`""`: nobody). `followers` are the identifiers that link to this one, each
    with its first touch in the bundle.
    """

    to: str
    did: list[Event] = []
    said: list[Event] = []
    links: Links = {}
    followers: dict[str, int] = {}


class LinkFacts(msgspec.Struct, frozen=True, gc=False):
    """Link facts that `to`, a follower, needs in order to resolve: id -> its links.

    `via` are the ids that passed them on so far, sorted, each as often as it did, so that facts about ids that lead
    to each other do not go round for ever.
    """

    to: str
    links: dict[str, Links]
    via: tuple[str, ...] = ()


class Touched(msgspec.Struct, frozen=True, gc=False):
    """Facts of `source` that join what the subject holds of it."""

    to: str
    source: str
    facts: Facts


class Replaced(msgspec.Struct, frozen=True, gc=False):
    """All that `source` contributes to the subject from now on; None: nothing any more.

    `domains` are all accounts that the source ever named: a contact that loses some of it must say so there.
    `corrected` is the touch of the latest statement that somebody made about the source, 0 if nobody did.
    """

    to: str
    source: str
    facts: Facts | None
    domains: tuple[str, ...] = ()
    corrected: int = 0


ToSource = Seen | LinkFacts
ToSubject = Touched | Replaced
