"""What one stage tells the next. Every message names the id it is for; routing reads nothing else."""

import msgspec

from state.links import Links
from state.subject import Facts
from state.traits import Traits


class Seen(msgspec.Struct, frozen=True, gc=False):
    """An event, as one of its identifiers sees it.

    `own` says that the touch belongs to this identifier (else it only lends its links). `link` is what the
    event says this identifier is (`None`: nothing; `""`: nobody). `followers` are the event's identifiers that
    link to this one.
    """

    to: str
    touch: int
    own: bool
    signals: tuple[str, ...] = ()
    link: str | None = None
    followers: tuple[str, ...] = ()
    traits: Traits | None = None
    group: str = ""


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
    """

    to: str
    source: str
    facts: Facts | None
    domains: tuple[str, ...] = ()


ToSource = Seen | LinkFacts
ToSubject = Touched | Replaced
