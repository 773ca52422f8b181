"""From events to what each of their identifiers must hear."""

from collections.abc import Iterable

from operators.verdicts import is_verdict
from state.event import Event
from state.links import MARK, Links, add_link, join_links
from state.messages import Seen

Heard = dict[str, Seen]
"""What each identifier hears."""


def messages(events: Iterable[Event]) -> list[Seen]:
    """One message per identifier, however many of the events name it: what follows is paid for once."""
    heard: Heard = {}
    hear(events, heard)
    return list(heard.values())


def hear(events: Iterable[Event], heard: Heard) -> None:
    """Add what each identifier hears of the events.

    The touch belongs to the anonymous id when there is one, else to the strongest known id; traits, and the account
    that the event named, belong to the known id when there is one.
    """
    for event in events:
        if event.said:
            _state({source: links for source, links in event.said.items() if not is_verdict(source)}, heard)
            continue
        strongest = event.email or event.crm or event.user
        owner = event.anonymous or strongest
        seen = heard.get(owner)  # as `_of` does, without the call
        if seen is None:
            seen = heard[owner] = Seen(owner)
        seen.did.append(event)
        if strongest:
            seen = _of(strongest, heard)
            _link(event, seen, heard)
        if event.domain or event.traits:
            seen.said.append(event)


def _of(id_: str, heard: Heard) -> Seen:
    """What an identifier hears; nothing yet when it is the first time that it is named."""
    seen = heard.get(id_)
    if seen is None:
        seen = heard[id_] = Seen(id_)
    return seen


def _link(event: Event, strongest: Seen, heard: Heard) -> None:
    """The strongest known id is what the others link to."""
    target, touch, followers = strongest.to, event.touch, strongest.followers
    for id_ in (event.crm, event.user, event.anonymous):
        if id_ and id_ != target:
            add_link(_of(id_, heard).links, target, touch)
            followers[id_] = min(touch, followers.get(id_, touch))


def _state(said: dict[str, Links], heard: Heard) -> None:
    """Links that somebody said outright; an id that is linked to has a follower."""
    for source, links in said.items():
        join_links(_of(source, heard).links, links)
        for target, touches in links.items():
            if target and target[0] != MARK:
                followers = _of(target, heard).followers
                followers[source] = min(touches[0], followers.get(source, touches[0]))
