"""One shard of sources: what each did, whom it belongs to, and who must hear of it.

The same class serves known ids and, downstream of them, visitors. It knows no engine: `handle` takes one batch's
messages and gives back what they cause, `commit` writes what changed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from operators.by_agent import ANY, record, shows_too_many, whole
from operators.crowded import close, trim
from operators.identify import NOBODY, account_tenures, corrected, leads_back, named, owners, sole_owner, split
from operators.refusals import count_new_links, refusals
from operators.verdicts import EVERYONE, Verdicts, agent_id
from state.event import Event
from state.ids import bare, is_visitor
from state.ledger import Keep
from state.links import Links, add_link, copy_links, is_marked, is_retracted, join_links, may_matter
from state.measures import Refusals
from state.messages import LinkFacts, Replaced, Seen, ToSource, ToSubject, Touched
from state.retention import Retention
from state.shelf import Shelf
from state.subject import Facts, Source
from state.traits import join_traits

PASSES = 2
"""How often an id passes on facts that come round to it, for ids that lead to each other.

Once would do if every id told all it knows at once. One that does not know yet that it is on a cycle keeps the later
links to the same target to itself (`leads_back`) and lets them out with the first facts that come by; those who passed
these on before must do so again.
"""


class Limits(msgspec.Struct, frozen=True):
    """Bounds on identity; functions of the facts, whatever order they came in."""

    contacts_per_visitor: int = 5
    visitors_per_id: int = 250


class _Batch:
    """What one batch causes, gathered per source so that a source speaks once however often it was seen.

    `announced`: who must tell its followers, with the ways (`LinkFacts.via`) that the news came; `()`: its own.
    `welcomed`: who must tell only these of its followers.
    """

    __slots__ = ("announced", "fresh", "moved", "welcomed")

    def __init__(self) -> None:
        self.moved: dict[str, Source] = {}
        self.fresh: dict[str, list[Seen]] = {}
        self.announced: dict[str, set[tuple[str, ...]]] = {}
        self.welcomed: dict[str, list[str]] = {}

    def announce(self, id_: str, via: tuple[str, ...] = ()) -> None:
        """Have a source tell its followers what it knows."""
        self.announced.setdefault(id_, set()).add(via)


class IdentifyShard:
    """The sources of one shard."""

    def __init__(
        self, shelf: Shelf[Source], retention: Retention, limits: Limits, refused: Refusals | None = None
    ) -> None:
        """Visitors whom nobody is known for are forgotten a lifetime after they were last written, if at all.

        `refused` counts whom the limits made nobody's, each time that this becomes known.
        """
        self._shelf = shelf
        self._lifetime_ms = retention.lifetime_ms
        self._visitors = shelf.kind == "visitor"
        self._keep = retention.keep
        self._limits = limits
        self._refused = refused or Refusals()
        self._judged: Source | None = None
        self._verdicts = Verdicts({})

    def handle(self, messages: Sequence[ToSource]) -> list[ToSubject | LinkFacts]:
        """Join what the messages say; the answer is for contacts, accounts and followers."""
        self._shelf.fetch([message.to for message in messages] + ([] if self._judged else [EVERYONE]))
        if self._judged is None:
            self._judged = self._shelf.take(EVERYONE)
            self._verdicts = Verdicts(self._judged.known)
        batch = _Batch()
        for message in messages:
            if isinstance(message, Seen):
                self._see(message, batch)
            elif message.to == EVERYONE:
                self._judge(message, self._judged, batch)
            else:
                self._learn(message, batch)
        caused = self._consequences(batch)
        if self._shelf.full:
            self.commit()
        return caused

    def wake(self) -> None:
        """Nothing here waits for time to pass."""

    def commit(self) -> None:
        """Write what changed since the last commit."""
        may_go = self._shelf.dirty.values() if self._visitors and self._lifetime_ms else ()
        self._shelf.commit(fleeting=[one.id for one in may_go if not one.links], lifetime_ms=self._lifetime_ms)

    def _see(self, seen: Seen, batch: _Batch) -> None:
        source = self._shelf.take(seen.to)
        changed = record(source, seen.did, self._keep)
        if self._verdicts.links and shows_too_many(source):
            batch.moved[source.id] = source  # which agents it showed is no longer known, so all of it counts
        if seen.said:
            changed |= _join_said(source.facts, seen.said)
            if source.facts.groups and _claims(source.facts.groups, seen.said):
                batch.moved[source.id] = source
        if seen.links:
            changed |= self._link(source, seen.links, batch)
        if seen.followers:
            changed |= self._follow(source, seen.followers, batch)
        if changed:
            self._shelf.dirty[source.id] = source
        if (source.links or source.facts.groups or not self._visitors) and (seen.did or seen.said):
            # What is sent on is every event, not only news: a replay must repair what a crash cut off.
            batch.fresh.setdefault(source.id, []).append(seen)

    def _link(self, source: Source, links: Links, batch: _Batch) -> bool:
        known = len(source.links)
        changed = join_links(source.links, links)
        if self._visitors and len(source.links) > known:
            count_new_links(self._refused, source, known, self._limits.contacts_per_visitor)
        if self._turns(source, links) or leads_back(source):
            batch.moved[source.id] = source
            batch.announce(source.id)
        return changed

    def _turns(self, source: Source, links: Links) -> bool:
        """Whether events that said `links` can be some that changed an owner; then the consequences are sent again."""
        if self._visitors and not is_marked(source.links):
            return _are_first(source.links, links) or sole_owner(source) is None
        return _may_matter(source.links, links)

    def _follow(self, source: Source, followers: Mapping[str, int], batch: _Batch) -> bool:
        known = source.followers
        fresh = {id_: touch for id_, touch in followers.items() if touch <= known.get(id_, touch)}
        changed = any(known.get(id_) != touch for id_, touch in fresh.items())
        known |= fresh
        batch.welcomed.setdefault(source.id, []).extend(fresh)
        visits = [touch for id_, touch in fresh.items() if is_visitor(id_)]
        if visits and close(source, self._limits.visitors_per_id) >= min(visits):
            batch.announce(source.id)  # one of them may have taken another visitor's place
        return changed

    def _learn(self, facts: LinkFacts, batch: _Batch) -> None:
        """Copies of links of ids that this source can reach. Known or not, they are passed on: a crash may have
        cut off what was passed on before.
        """
        source = self._shelf.take(facts.to)
        refused = refusals(source)
        for id_, links in facts.links.items():
            if id_ != source.id and join_links(source.known.setdefault(id_, {}), links):
                self._shelf.dirty[source.id] = source
        self._refused.id_full += max(refusals(source) - refused, 0)
        batch.moved[source.id] = source
        if facts.via.count(source.id) < PASSES:
            batch.announce(source.id, facts.via)

    def _judge(self, said: LinkFacts, judged: Source, batch: _Batch) -> None:
        """Join verdicts on user agents. Whoever showed one of them, or may have, says what counts, also when that is
        not news: a run that died may have told others, and not stored it.
        """
        self._verdicts.join(said.links)
        self._shelf.dirty[EVERYONE] = judged
        for source in self._shelf.search([ANY.encode(), *(bare(id_).encode() for id_ in said.links)]):
            if shows_too_many(source) or any(agent_id(agent) in said.links for agent in source.agents):
                batch.moved[source.id] = source

    def _consequences(self, batch: _Batch) -> list[ToSubject | LinkFacts]:
        caused: list[ToSubject | LinkFacts] = []
        for id_, ways in batch.announced.items():
            source = self._shelf.take(id_)
            for via in [()] if () in ways else sorted(ways):
                caused += _announce(source, source.followers, via)
        for id_, followers in batch.welcomed.items():
            if () not in batch.announced.get(id_, ()):
                caused += _announce(self._shelf.take(id_), followers, ())
            trim(self._shelf.take(id_), self._limits.visitors_per_id)
        for source in batch.moved.values():
            caused += self._replace(source)
        for id_, seen in batch.fresh.items():
            if id_ not in batch.moved:
                caused += self._touch(self._shelf.take(id_), seen)
        return caused

    def _touch(self, source: Source, seen: Sequence[Seen]) -> Iterable[ToSubject | LinkFacts]:
        """The short form, right where everything belongs to one owner: the same joins cut off the same touches."""
        if is_retracted(source.links):
            return []
        if self._visitors and len(source.facts.groups) > 1:
            return self._replace(source)
        owner = NOBODY
        if source.links or not self._visitors:
            tenure = owners(source, self._limits.contacts_per_visitor)
            if len(tenure) > 1:
                return self._replace(source)
            owner = tenure[0].owner
        if owner == NOBODY:
            owner = account_tenures(source.facts.groups, None)[0].owner
        return [Touched(owner, source.id, _facts_of(seen, self._keep, self._verdicts.retracted))] if owner else []

    def _corrected(self, source: Source) -> int:
        """The touch of the latest statement that changed what counts of a source; 0 if there is none."""
        said = corrected(source)
        return max(said, self._verdicts.corrected(map(agent_id, source.agents))) if source.agents else said

    def _replace(self, source: Source) -> list[ToSubject | LinkFacts]:
        """The whole truth about this source, to every owner it has or may have had."""
        retracted = self._verdicts.retracted
        facts = Facts() if is_retracted(source.links) else whole(source, self._keep, retracted)
        at = self._corrected(source)
        if self._visitors and not source.links:
            return self._to_accounts(source, facts, at)
        parts = split(facts, owners(source, self._limits.contacts_per_visitor), self._keep)
        domains = tuple(source.facts.groups)
        told: list[ToSubject | LinkFacts] = [
            Replaced(id_, source.id, parts.get(id_), domains, at) for id_ in named(source)
        ]
        if self._visitors and domains:
            told += self._to_accounts(source, parts.get(NOBODY) or Facts(), at)
        return told

    def _to_accounts(self, source: Source, unowned: Facts, at: int) -> list[ToSubject | LinkFacts]:
        """What a visitor did before anybody was known for it counts for the accounts it named, and else for none."""
        parts = split(unowned, account_tenures(unowned.groups, None), self._keep)
        return [
            Replaced(f"d:{domain}", source.id, parts.get(f"d:{domain}"), corrected=at) for domain in source.facts.groups
        ]


def _facts_of(seen: Sequence[Seen], keep: Keep, retracted: Collection[str] = ()) -> Facts:
    """What events contribute, as facts, but for what agents of retracted kinds did."""
    facts = Facts()
    for one in seen:
        did = [event for event in one.did if agent_id(event.agent) not in retracted] if retracted else one.did
        facts.ledger.record_all(did, keep)
        _join_said(facts, one.said)
    return facts


def _join_said(facts: Facts, said: Sequence[Event]) -> bool:
    """Join what was said. True if that changed anything."""
    changed = False
    for event in said:
        if event.traits:
            changed |= join_traits(facts.traits, event.traits)
        if event.domain:
            changed |= add_link(facts.groups, event.domain, event.touch)
    return changed


def _claims(groups: Links, said: Sequence[Event]) -> bool:
    """Whether one of the events can have made the account it names matter: `may_matter`, asked of all at once."""
    touches = [event.touch for event in said if event.domain]
    return bool(touches) if len(groups) > 1 else next(iter(groups.values()))[0] in touches


def _may_matter(links: Links, said: Links) -> bool:
    """Whether one of the events that said this can have made its target matter; of a target the first of them can."""
    return any(may_matter(links, target, touches[0]) for target, touches in said.items())


def _are_first(links: Links, said: Links) -> bool:
    return True in [links[target][0] == touches[0] for target, touches in said.items()]


def _announce(source: Source, followers: Collection[str], via: tuple[str, ...]) -> list[LinkFacts]:
    """What a source knows of where it leads, for those who follow it."""
    if not source.links or not followers:
        return []
    links = {source.id: copy_links(source.links)}
    links |= {id_: copy_links(known) for id_, known in source.known.items()}
    passed_on = tuple(sorted((*via, source.id)))
    return [LinkFacts(follower, links, passed_on) for follower in followers]
