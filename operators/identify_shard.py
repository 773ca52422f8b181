"""One shard of sources: what each did, whom it belongs to, and who must hear of it.

The same class serves known ids and, downstream of them, visitors. It knows no engine: `handle` takes one batch's
messages and gives back what they cause, `commit` writes what changed.
"""

from collections.abc import Iterable, Sequence

import msgspec

from operators.identify import NOBODY, account_tenures, leads_back, named, owners, split
from state.ids import is_visitor
from state.ledger import Keep
from state.links import add_link, copy_links, join_links, may_matter
from state.messages import LinkFacts, Replaced, Seen, ToSource, ToSubject, Touched
from state.shelf import Shelf
from state.subject import Facts, Source
from state.traits import join_traits


class Limits(msgspec.Struct, frozen=True):
    """Bounds on identity; functions of the facts, whatever order they came in."""

    contacts_per_visitor: int = 5


class _Batch:
    """What one batch causes, gathered per source so that a source speaks once however often it was seen.

    `announced`: who must tell its followers, with the ways (`LinkFacts.via`) that the news came; `()`: its own.
    """

    __slots__ = ("announced", "fresh", "moved")

    def __init__(self) -> None:
        self.moved: dict[str, Source] = {}
        self.fresh: dict[str, Facts] = {}
        self.announced: dict[str, set[tuple[str, ...]]] = {}

    def announce(self, id_: str, via: tuple[str, ...] = ()) -> None:
        """Have a source tell its followers what it knows."""
        self.announced.setdefault(id_, set()).add(via)


class IdentifyShard:
    """The sources of one shard."""

    def __init__(self, shelf: Shelf[Source], keep: Keep, limits: Limits) -> None:
        self._shelf = shelf
        self._keep = keep
        self._limits = limits

    def handle(self, messages: Sequence[ToSource]) -> list[ToSubject | LinkFacts]:
        """Join what the messages say; the answer is for contacts, accounts and followers."""
        self._shelf.fetch(message.to for message in messages)
        batch = _Batch()
        for message in messages:
            if isinstance(message, Seen):
                self._see(message, batch)
            else:
                self._learn(message, batch)
        return self._consequences(batch)

    def wake(self) -> None:
        """Nothing here waits for time to pass."""

    def commit(self) -> None:
        """Write what changed since the last commit."""
        self._shelf.commit()

    def _see(self, seen: Seen, batch: _Batch) -> None:
        source = self._shelf.take(seen.to)
        changed = self._happen(source, seen, batch)
        if seen.link is not None:
            changed |= self._link(source, seen.link, seen.touch, batch)
        for follower in seen.followers:
            changed |= self._follow(source, follower, seen.touch, batch)
        if changed:
            self._shelf.dirty[source.id] = source

    def _happen(self, source: Source, seen: Seen, batch: _Batch) -> bool:
        """Join the event itself, and remember it for the owner if there can be one."""
        facts = source.facts
        changed = seen.own and facts.ledger.record(seen.touch, seen.signals, self._keep)
        if seen.traits:
            changed |= join_traits(facts.traits, seen.traits)
        if seen.group:
            changed |= add_link(facts.groups, seen.group, seen.touch)
            if may_matter(facts.groups, seen.group, seen.touch):
                batch.moved[source.id] = source
        if source.links or facts.groups or not is_visitor(source.id):
            self._refresh(seen, batch)
        return changed

    def _refresh(self, seen: Seen, batch: _Batch) -> None:
        """What is sent on is every event, not only news: a replay must repair what a crash cut off."""
        if not (seen.own or seen.traits):
            return
        fresh = batch.fresh.get(seen.to)
        if fresh is None:
            fresh = batch.fresh[seen.to] = Facts()
        if seen.own:
            fresh.ledger.record(seen.touch, seen.signals, self._keep)
        if seen.traits:
            join_traits(fresh.traits, seen.traits)
        if seen.group:
            add_link(fresh.groups, seen.group, seen.touch)

    def _link(self, source: Source, target: str, touch: int, batch: _Batch) -> bool:
        changed = add_link(source.links, target, touch)
        if may_matter(source.links, target, touch) or leads_back(source):
            batch.moved[source.id] = source
            batch.announce(source.id)
        return changed

    def _follow(self, source: Source, follower: str, touch: int, batch: _Batch) -> bool:
        first = source.followers.get(follower)
        if first is None or touch <= first:
            source.followers[follower] = touch
            batch.announce(source.id)
        return source.followers[follower] != first

    def _learn(self, facts: LinkFacts, batch: _Batch) -> None:
        """Copies of links of ids that this source can reach. Known or not, they are passed on: a crash may have
        cut off what was passed on before; but to no id a second time on one way.
        """
        source = self._shelf.take(facts.to)
        for id_, links in facts.links.items():
            if id_ != source.id and join_links(source.known.setdefault(id_, {}), links):
                self._shelf.dirty[source.id] = source
        batch.moved[source.id] = source
        if source.id not in facts.via:
            batch.announce(source.id, facts.via)

    def _consequences(self, batch: _Batch) -> list[ToSubject | LinkFacts]:
        caused: list[ToSubject | LinkFacts] = []
        for id_, ways in batch.announced.items():
            source = self._shelf.take(id_)
            caused += [facts for via in ([()] if () in ways else sorted(ways)) for facts in _announce(source, via)]
        for source in batch.moved.values():
            caused += self._replace(source)
        for id_, fresh in batch.fresh.items():
            if id_ not in batch.moved:
                caused += self._touch(self._shelf.take(id_), fresh)
        return caused

    def _touch(self, source: Source, fresh: Facts) -> Iterable[ToSubject | LinkFacts]:
        """The short form, right where everything belongs to one owner: the same joins cut off the same touches."""
        if is_visitor(source.id) and (len(source.links) > 1 or len(source.facts.groups) > 1):
            return self._replace(source)
        owner = owners(source, self._limits.contacts_per_visitor)[0].owner
        if owner == NOBODY:
            owner = account_tenures(source.facts.groups, None)[0].owner
        return [Touched(owner, source.id, fresh)] if owner else []

    def _replace(self, source: Source) -> list[ToSubject | LinkFacts]:
        """The whole truth about this source, to every owner it has or may have had."""
        parts = split(source.facts, owners(source, self._limits.contacts_per_visitor), self._keep)
        unowned = parts.pop(NOBODY, Facts())
        by_account = split(unowned, account_tenures(unowned.groups, None), self._keep)
        domains = tuple(source.facts.groups)
        accounts = [f"d:{domain}" for domain in domains if is_visitor(source.id)]
        return [
            Replaced(owner, source.id, part.copy() if (part := found.get(owner)) else None, domains)
            for found, ids in ((parts, named(source)), (by_account, accounts))
            for owner in ids
        ]


def _announce(source: Source, via: tuple[str, ...]) -> list[LinkFacts]:
    """What a source knows of where it leads, for those who follow it."""
    if not source.links:
        return []
    links = {source.id: copy_links(source.links)}
    links |= {id_: copy_links(known) for id_, known in source.known.items()}
    passed_on = tuple(sorted({*via, source.id}))
    return [LinkFacts(follower, links, passed_on) for follower in source.followers]
