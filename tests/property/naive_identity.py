"""Who did what, by definition: a list of everything that was ever said, folded anew for every question.

Deliberately naive, and sharing nothing with the engine: no ledgers that join, no stages, no messages, no order of
arrival. What the engine holds in the end must be what stands here.
"""

from collections.abc import Callable, Iterable

from tests.property.naive_facts import Bounds, Deed, Fact, Said, Share, Times, Value, Verdict

TILE = 1_800_000
NOBODY = ""

OwnerAt = Callable[[int], str]


class History:
    """All facts; every answer is worked out from the whole list."""

    def __init__(self, facts: Iterable[Fact], bounds: Bounds, domain_of: Callable[[str], str | None]) -> None:
        facts = list(facts)
        self.deeds = list({fact for fact in facts if isinstance(fact, Deed)})
        self.said = {fact for fact in facts if isinstance(fact, Said)} | set(self._implied())
        self.verdicts = {fact for fact in facts if isinstance(fact, Verdict)}
        self.bounds = bounds
        self.domain_of = domain_of

    def subjects(self) -> dict[str, dict[str, Share]]:
        """Contact or account -> source -> what it contributes; only what is not empty."""
        contacts: dict[str, dict[str, Share]] = {}
        accounts: dict[str, dict[str, Share]] = {}
        for source in filter(self.counts, self.sources()):
            whole = self.of_source(source)
            for owner, share in self.shares(whole, *self.owners(source)).items():
                if owner != NOBODY:
                    contacts.setdefault(owner, {})[source] = share
                elif is_visitor(source):
                    self._to_accounts(source, share, self.claims_in([share]), accounts)
        contacts = {contact: parts for contact, parts in contacts.items() if self.is_let(contact, parts)}
        for contact, parts in contacts.items():
            self._to_accounts(contact, self.together(parts.values()), self.employers(contact, parts), accounts)
        return contacts | {account: parts for account, parts in accounts.items() if self.counts(account)}

    def is_let(self, contact: str, parts: dict[str, Share]) -> bool:
        """Whether neither the company of its address nor that it is with now was judged not to count."""
        default = self.domain_of(contact[2:]) if contact.startswith("e:") else None
        now = [domain for _, domain in self.employers(contact, parts)][-1:]
        return all(self.counts(f"d:{domain}") for domain in {*now, *([default] if default else [])})

    def employers(self, contact: str, parts: dict[str, Share]) -> list[tuple[int, str]]:
        """(touch, domain): what known ids named; else the e-mail's company; else what visitors named."""
        default = self.domain_of(contact[2:]) if contact.startswith("e:") else None
        said = self.claims_in(share for source, share in parts.items() if not is_visitor(source))
        guessed = self.claims_in(share for source, share in parts.items() if is_visitor(source))
        return said or ([(0, default)] if default else guessed)

    def claims_in(self, shares: Iterable[Share]) -> list[tuple[int, str]]:
        """(touch, domain) of the companies they named, as far as memory holds them, in order."""
        named = unions(share.groups for share in shares)
        return sorted((touch, domain) for domain, times in named.items() for touch in self.times(times))

    def sources(self) -> set[str]:
        """Everyone who did something or of whom something is known."""
        return {id_ for deed in self.deeds for id_ in (actor(deed), described(deed))}

    def of_source(self, source: str) -> Share:
        """All that happened under one identifier."""
        own = self.own(source)
        touches: dict[str, set[int]] = {}
        groups: Times = {}
        for deed in own:
            for signal in deed.signals:
                touches.setdefault(signal, set()).add(deed.touch)
        for deed in self.deeds:
            if deed.domain and described(deed) == source:
                groups.setdefault(deed.domain, set()).add(deed.touch)
        said = [(name, at(deed.touch), value) for deed in self.deeds if described(deed) == source
                for name, value in deed.traits]  # fmt: skip
        tiles = {at(deed.touch) // TILE for deed in own}
        last_at = max((at(deed.touch) for deed in own), default=0)
        return self.bounded(Share(touches, tiles, last_at, self.latest(said), groups))

    def own(self, source: str) -> list[Deed]:
        """What counts of all it did: not what judged agents did, unless it showed more kinds than are told apart."""
        did = [deed for deed in self.deeds if actor(deed) == source]
        several = len({deed.agent for deed in did} - {""}) > self.bounds.agents
        return [deed for deed in did if several or not deed.agent or self.counts(f"g:{deed.agent}")]

    def latest(self, said: Iterable[tuple[str, int, Value]]) -> dict[str, tuple[int, Value]]:
        """Attribute -> the last that was said of it."""
        ranked = sorted(said, key=lambda fact: (fact[1], type(fact[2]).__name__, repr(fact[2])))
        return {name: (when, value) for name, when, value in ranked}

    def bounded(self, share: Share) -> Share:
        """What memory holds of it."""
        touches = {name: most_recent(times, self.bounds.touches(name)) for name, times in share.touches.items()}
        newest = sorted(share.traits, key=lambda name: (share.traits[name][0], name))[-self.bounds.traits :]
        groups = {name: self.times(times) for name, times in share.groups.items()}
        tiles = most_recent(share.tiles, self.bounds.tiles)
        return Share(touches, tiles, share.last_at, {name: share.traits[name] for name in newest}, groups)

    def times(self, times: set[int]) -> set[int]:
        """The first and the most recent."""
        return {min(times)} | most_recent(times, self.bounds.times)

    def links(self, source: str) -> list[tuple[int, str]]:
        """(touch, target) of a source's links, in order."""
        said = [said for said in self.said if said.source == source]
        found = {(said.touch, said.target) for said in said if said.holds}
        found = {(touch, to) for touch, to in found if touch in self.times({at for at, of in found if of == to})}
        void = {said.target: said.touch for said in sorted(said) if not said.holds}
        return sorted((touch, target) for touch, target in found if touch > void.get(target, -1))

    def counts(self, source: str) -> bool:
        """Whether the last that was said of it, if anything, is that what it did counts; a doubt is in its favour."""
        said = [(verdict.touch, verdict.counts) for verdict in self.verdicts if verdict.source == source]
        return not said or max(said)[1]

    def resolve(self, id_: str) -> str:
        """Follow the newest link; a cycle ends at the target of its newest link."""
        steps: list[tuple[str, int, str]] = []
        while links := self.links(id_):
            touch, target = links[-1]
            if target == NOBODY:
                break
            steps.append((id_, touch, target))
            id_ = target
            if target in (passed := [step[0] for step in steps]):
                return max(step[1:] for step in steps[passed.index(target) :])[1]
        return id_

    def owners(self, source: str) -> tuple[OwnerAt, set[int]]:
        """Whose it is at a moment (ms), and the moments at which that may change."""
        if not is_visitor(source):
            owner = self.resolve(source)
            return (lambda ms: owner), set()
        links = [(touch, to and self.resolve(to)) for touch, to in self.links(source) if self.admits(to, source)]
        return self.by_time(links, self.bounds.contacts)

    def admits(self, id_: str, visitor: str) -> bool:
        """Whether a visitor is among the first that were ever said to belong to an id; those as early are, too."""
        said = [said for said in self.said if said.target == id_ and said.holds and is_visitor(said.source)]
        first = {said.source: said.touch for said in sorted(said, reverse=True)}
        return not id_ or first[visitor] <= sorted(first.values())[: self.bounds.visitors][-1]

    def by_time(self, links: list[tuple[int, str]], most: int) -> tuple[OwnerAt, set[int]]:
        """The owner by the last link at or before a moment, else by the first; nobody once there were too many."""

        def owner_at(ms: int) -> str:
            before = [owner for touch, owner in links if at(touch) <= ms] or [owner for _, owner in links[:1]]
            return NOBODY if not before or len(set(before) - {NOBODY}) > most else before[-1]

        return owner_at, {at(touch) for touch, _ in links}

    def shares(self, whole: Share, owner_at: OwnerAt, turns: set[int]) -> dict[str, Share]:
        """Owner -> what falls to them, nobody included."""
        found = {}
        for owner in {owner_at(ms) for ms in (0, *turns)}:
            share = self.share(whole, lambda ms, owner=owner: owner_at(ms) == owner, turns)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            if share.last_at or share.traits or share.groups:
                found[owner] = share
        return found

    def share(self, whole: Share, mine: Callable[[int], bool], turns: set[int]) -> Share:
        """What happened at moments that are `mine`. A tile counts with every moment up to the last activity."""
        touches = {name: {touch for touch in times if mine(at(touch))} for name, times in whole.touches.items()}
        groups = {name: {touch for touch in times if mine(at(touch))} for name, times in whole.groups.items()}
        moments = {tile: self._moments(tile, turns, whole.last_at) for tile in whole.tiles}
        tiles = {tile for tile, within in moments.items() if any(mine(ms) for ms in within)}
        told = [at(touch) for times in touches.values() for touch in times]
        told += [ms for tile in tiles for ms in moments[tile] if mine(ms)]
        last_at = whole.last_at if whole.last_at and mine(whole.last_at) else max(told, default=0)
        traits = {name: (when, value) for name, (when, value) in whole.traits.items() if mine(when)}
        return Share(without_empty(touches), tiles, last_at, traits, without_empty(groups))

    def together(self, parts: Iterable[Share]) -> Share:
        """Several shares as one."""
        parts = list(parts)
        return self.bounded(
            Share(
                unions(part.touches for part in parts),
                {tile for part in parts for tile in part.tiles},
                max((part.last_at for part in parts), default=0),
                self.latest((name, *fact) for part in parts for name, fact in part.traits.items()),
                unions(part.groups for part in parts),
            )
        )

    def _to_accounts(
        self, source: str, whole: Share, links: list[tuple[int, str]], accounts: dict[str, dict[str, Share]]
    ) -> None:
        """What a contact, or a visitor who belongs to nobody, is worth to the companies they were with."""
        for domain, share in self.shares(whole, *self.by_time(links, len(links))).items():
            if domain != NOBODY and (share.last_at or share.traits):
                accounts.setdefault(f"d:{domain}", {})[source] = share._replace(groups={})

    def _implied(self) -> Iterable[Said]:
        """An event says that its weaker identifiers are its strongest known one."""
        for deed in self.deeds:
            known = known_ids(deed)
            weaker = known[1:] + ([deed.anonymous] if deed.anonymous and known else [])
            yield from (Said(deed.touch, id_, known[0]) for id_ in weaker)

    def _moments(self, tile: int, turns: set[int], last: int) -> set[int]:
        """Moments of a tile up to `last` among which are, for every owner, the first and the last that are theirs."""
        start, end = tile * TILE, (tile + 1) * TILE - 1
        edges = {start, min(end, last)} | turns | {turn - 1 for turn in turns}
        return {ms for ms in edges if start <= ms <= min(end, last)}


def at(touch: int) -> int:
    """Unix milliseconds."""
    return touch >> 20


def is_visitor(id_: str) -> bool:
    """Anonymous ids are visitors."""
    return id_.startswith("a:")


def known_ids(deed: Deed) -> list[str]:
    """E-mail, then CRM id, then user id."""
    return [id_ for id_ in (deed.email, deed.crm, deed.user) if id_]


def actor(deed: Deed) -> str:
    """Whose ledger the touch goes to."""
    return deed.anonymous or known_ids(deed)[0]


def described(deed: Deed) -> str:
    """Whose traits these are."""
    return (known_ids(deed) or [deed.anonymous])[0]


def most_recent(times: set[int], count: int) -> set[int]:
    """The largest `count`."""
    return set(sorted(times)[-count:])


def unions(parts: Iterable[dict[str, set[int]]]) -> dict[str, set[int]]:
    """The same keys together."""
    whole: dict[str, set[int]] = {}
    for part in parts:
        for name, times in part.items():
            whole.setdefault(name, set()).update(times)
    return whole


def without_empty(times: dict[str, set[int]]) -> dict[str, set[int]]:
    """Only what is there."""
    return {name: of_name for name, of_name in times.items() if of_name}
