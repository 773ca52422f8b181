"""One shard of sources, what it is told, and how what it says is read."""

from operators.identify_shard import IdentifyShard, Limits
from state.event import Event
from state.memory import MemoryStore
from state.messages import LinkFacts, Seen, ToSubject
from state.retention import Retention
from state.shelf import Shelf
from state.store import Commit, Kind
from state.subject import Source
from state.traits import Traits

ANN, BOB = "e:ann@acme.com", "e:bob@acme.com"
Said = list[ToSubject | LinkFacts]


class Watched(MemoryStore):
    """Counts the records that are written."""

    def __init__(self) -> None:
        super().__init__(1)
        self.written = 0
        self.fleeting: list[str] = []

    def commit(self, commit: Commit) -> None:
        """See `Records`."""
        self.written += len(commit.records)
        self.fleeting += commit.fleeting
        super().commit(commit)


def restarted(store: MemoryStore, kind: Kind) -> IdentifyShard:
    """A shard as a new process has it."""
    return IdentifyShard(Shelf(store, kind, 0, Source), Retention(), Limits(2, visitors_per_id=2))


def seen(
    to: str,
    second: int,
    link: str | None = None,
    *,
    own: bool = True,
    followers: tuple[str, ...] = (),
    traits: Traits | None = None,
    group: str = "",
) -> Seen:
    """One event, as `to` sees it; `own`: it happened under this id."""
    touch = second * 1_000 << 20
    event = Event(touch, ("pricing",), to, "", "", "", group, traits)
    links = {} if link is None else {link: [touch]}
    return Seen(to, [event] if own else [], [event] if group or traits else [], links, dict.fromkeys(followers, touch))


def told(said: Said) -> list[tuple[str, str, str, int]]:
    """(form, to, source, touches) of what was said to subjects."""
    return [
        (
            type(message).__name__,
            message.to,
            message.source,
            len(message.facts.ledger.touches.get("pricing", ())) if message.facts else 0,
        )
        for message in said
        if not isinstance(message, LinkFacts)
    ]


def facts(said: Said) -> list[LinkFacts]:
    return [message for message in said if isinstance(message, LinkFacts)]
