"""From events to what each of their identifiers must hear."""

from collections.abc import Iterable

from state.event import Event
from state.ids import shard_of
from state.messages import Seen
from state.parcel import Message, Parcel, parcels
from state.traits import Traits


def route(events: Iterable[Event], shards: int) -> list[Parcel]:
    """`messages` of a batch of events, as parcels. Most events name a visitor and nobody else: the short way."""
    alone: list[list[Message]] = [[] for _ in range(shards)]
    others: list[Message] = []
    for event in events:
        if event.email or event.crm or event.user:
            others += messages(event)
        else:
            seen = Seen(event.anonymous, event.touch, True, event.signals, None, (), event.traits, event.domain)
            alone[shard_of(event.anonymous, shards)].append(seen)
    found = [Parcel("visitor", shard, heard) for shard, heard in enumerate(alone) if heard]
    return found + parcels(others, shards) if others else found


def messages(event: Event) -> list[Seen]:
    """One message per identifier. The strongest known id is what the others link to.

    The touch belongs to the anonymous id when there is one, else to the strongest known id; traits, and the account
    that the event named, belong to the known id when there is one.
    """
    known = [id_ for id_ in (event.email, event.crm, event.user) if id_]
    if not known:
        return [_visitor(event, None, event.traits, event.domain)]
    strongest, weaker = known[0], known[1:]
    followers = (*weaker, event.anonymous) if event.anonymous else tuple(weaker)
    heard = [_known(event, strongest, followers)]
    heard += [Seen(id_, event.touch, own=False, link=strongest) for id_ in weaker]
    if event.anonymous:
        heard.append(_visitor(event, strongest, None, ""))
    return heard


def _visitor(event: Event, link: str | None, traits: Traits | None, domain: str) -> Seen:
    return Seen(event.anonymous, event.touch, True, event.signals, link, (), traits, domain)


def _known(event: Event, id_: str, followers: tuple[str, ...]) -> Seen:
    own = not event.anonymous
    return Seen(id_, event.touch, own, event.signals if own else (), None, followers, event.traits, event.domain)
