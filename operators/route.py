"""From events to what each of their identifiers must hear."""

from collections.abc import Iterable

from operators.verdicts import is_verdict
from state.event import Event
from state.links import MARK, Links, add_link, join_links
from state.messages import Seen


class _Heard(dict[str, Seen]):
    """What each identifier hears."""

    def __missing__(self, id_: str) -> Seen:
        seen = self[id_] = Seen(id_)
        return seen


def messages(events: Iterable[Event]) -> list[Seen]:
    """One message per identifier, however many of the events name it: what follows is paid for once.

    The touch belongs to the anonymous id when there is one, else to the strongest known id; traits, and the account
    that the event named, belong to the known id when there is one.
    """
    heard = _Heard()
    for event in events:
        if event.said:
            _state({source: links for source, links in event.said.items() if not is_verdict(source)}, heard)
            continue
        strongest = event.email or event.crm or event.user
        seen = heard[event.anonymous or strongest]
        seen.did.append(event)
        if strongest:
            _link(event, strongest, heard)
            seen = heard[strongest]
        if event.domain or event.traits:
            seen.said.append(event)
    return list(heard.values())


def _link(event: Event, strongest: str, heard: _Heard) -> None:
    """The strongest known id is what the others link to."""
    touch = event.touch
    followers = heard[strongest].followers
    for id_ in (event.crm, event.user, event.anonymous):
        if id_ and id_ != strongest:
            add_link(heard[id_].links, strongest, touch)
            followers[id_] = min(touch, followers.get(id_, touch))


def _state(said: dict[str, Links], heard: _Heard) -> None:
    """Links that somebody said outright; an id that is linked to has a follower."""
    for source, links in said.items():
        join_links(heard[source].links, links)
        for target, touches in links.items():
            if target and target[0] != MARK:
                followers = heard[target].followers
                followers[source] = min(touches[0], followers.get(source, touches[0]))
