"""Who was erased does not come in again: what names a tombstoned id is dropped, and counted as ignored."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from flows.erase_mentions import ids_in
from state.event import Counts, DeadLetter, Event
from state.links import MARK, Links
from state.messages import LinkFacts
from state.store import Tombstones

REMEMBERED = 50_000
"""Ids come again and again; so many answers are kept."""


class Erased:
    """A namespace's tombstones as they were when this was made: a flow ends before others are set."""

    def __init__(self, place: Tombstones) -> None:
        tombstones = place.tombstones()
        self._any = bool(tombstones)
        self.is_erased: Callable[[str], bool] = lru_cache(REMEMBERED)(lambda id_: place.tombstone(id_) in tombstones)

    def __bool__(self) -> bool:
        return self._any

    def drop(
        self, events: Sequence[Event], dead: Sequence[DeadLetter], counts: Counts
    ) -> tuple[list[Event], list[DeadLetter], Counts]:
        """What is left of a batch, and its counts: whatever goes is ignored."""
        is_erased = self.is_erased
        used = [event for event in events if not (self._did(event) or (event.said and self._said(event.said)))]
        unusable = [letter for letter in dead if not any(map(is_erased, ids_in(letter.original)))]
        return (
            used,
            unusable,
            Counts(
                counts.received, len(used), counts.received - len(used) - len(unusable), len(unusable), counts.crawlers
            ),
        )

    def _did(self, event: Event) -> bool:
        is_erased = self.is_erased
        return is_erased(event.anonymous) or is_erased(event.email) or is_erased(event.user) or is_erased(event.crm)

    def _said(self, said: dict[str, Links]) -> bool:
        ids = {id_ for source, links in said.items() for id_ in (source, *(target.lstrip(MARK) for target in links))}
        return any(map(self.is_erased, ids))

    def facts(self, facts: LinkFacts) -> LinkFacts | None:
        """Facts without the erased; None if nothing is left."""
        return facts_without(facts, self.is_erased)


def facts_without(facts: LinkFacts, is_erased: Callable[[str], bool]) -> LinkFacts | None:
    """Facts without what they say of some ids; None if nothing is left."""
    if is_erased(facts.to):
        return None
    kept = {id_: _links_without(links, is_erased) for id_, links in facts.links.items() if not is_erased(id_)}
    links = {id_: links for id_, links in kept.items() if links}
    via = tuple(id_ for id_ in facts.via if not is_erased(id_))
    return LinkFacts(facts.to, links, via) if links else None


def _links_without(links: Links, is_erased: Callable[[str], bool]) -> Links:
    return {target: touches for target, touches in links.items() if not is_erased(target.lstrip(MARK))}
