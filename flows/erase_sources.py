"""What is left of a source, or of a subject's shares, when somebody it has to do with is erased. Pure functions."""

from collections.abc import Callable, Collection, Iterable, Iterator

import msgspec

from flows.erase_mentions import says, spelled
from flows.erase_person import Person, whom
from operators.by_agent import whole
from operators.identify import NOBODY, account_tenures, named, owners, split
from operators.identify_shard import Limits
from state.ids import is_visitor
from state.ledger import Keep
from state.links import CLOSED, Links, is_retracted
from state.messages import Replaced
from state.subject import Facts, Source, Subject


class Changed(msgspec.Struct, frozen=True):
    """A source that is not the person's own, as it was and as it is without the person."""

    before: Source
    after: Source


class Purge:
    """Takes one person out of records."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._spellings = spelled(person.ids)

    def source(self, source: Source) -> Source:
        """What is left of a source that is not the person's own. A device that starts anew has to be told again what it
        follows.
        """
        person = self._person
        was_met = source.id in person.met
        links = self._links(source.id, source.links)
        followers = {
            id_: touch
            for id_, touch in source.followers.items()
            if id_ not in person.ids | person.devices and not (was_met and person.shared.has(touch))
        }
        facts = Facts() if was_met else self._facts(source.facts)
        agents = {} if was_met else source.agents
        return Source(source.id, facts, links, self._known(links, source.known), followers, agents)

    def subject(self, subject: Subject) -> Iterator[Replaced]:
        """What has to change in a contact's or an account's shares. An account's shares of contacts that were only met
        are for these to tell it.
        """
        person = self._person
        gone = person.ids | person.devices | (person.met if subject.id[0] != "d" else frozenset())
        for source, facts in subject.told.items():
            if source in gone:
                yield Replaced(subject.id, source, None, tuple(facts.groups))
            elif (kept := self._facts(facts)) is not facts:
                yield Replaced(subject.id, source, kept.copy())

    def links(self, links: dict[str, Links]) -> dict[str, Links]:
        """What is left of the links of several ids."""
        kept = {id_: self._links(id_, of_id) for id_, of_id in links.items() if id_ not in self._person.ids}
        return {id_: of_id for id_, of_id in kept.items() if of_id}

    def _links(self, id_: str, links: Links) -> Links:
        """What is left of an id's links. Who was met may have room for more visitors now."""
        person = self._person
        kept: Links = {}
        for target, touches in links.items():
            if whom(target) not in person.ids and not (target == CLOSED and id_ in person.met):
                kept[target] = self._unshared(touches) if target in person.met else touches
        return {target: touches for target, touches in kept.items() if touches}

    def _unshared(self, touches: list[int]) -> list[int]:
        return [touch for touch in touches if not self._person.shared.has(touch)]

    def _known(self, links: Links, known: dict[str, Links]) -> dict[str, Links]:
        """Copies of the links of those who can still be reached."""
        left = self.links(known)
        reached: set[str] = set()
        waiting = list(links)
        while waiting:
            id_ = waiting.pop()
            if id_ in left and id_ not in reached:
                reached.add(id_)
                waiting.extend(left[id_])
        return {id_: kept for id_, kept in left.items() if id_ in reached}

    def _facts(self, facts: Facts) -> Facts:
        """The facts without traits that spell the person's ids; the same object if there are none."""
        spellings = self._spellings
        if not any(says(f"{name} {value[1]}", spellings) for name, value in facts.traits.items()):
            return facts
        traits = {name: value for name, value in facts.traits.items() if not says(f"{name} {value[1]}", spellings)}
        return msgspec.structs.replace(facts, traits=traits)


def followed_again(one: Changed, links_of: Callable[[str], Links], limits: Limits) -> Source:
    """Someone the person met, with the followers that have other reasons to follow than events they shared, and closed
    to visitors again if these are too many.
    """
    met = one.after
    again = {id_: links[met.id][0] for id_ in one.before.followers if met.id in (links := links_of(id_))}
    followers = again | met.followers
    firsts = sorted(touch for id_, touch in followers.items() if is_visitor(id_))
    most = limits.visitors_per_id
    closed = {CLOSED: firsts[most - 1 : most]} if len(firsts) > most else {}
    return msgspec.structs.replace(met, followers=followers, links=met.links | closed)


def is_empty(source: Source) -> bool:
    """Whether nothing says any more that there is such an id."""
    return not (source.facts or source.agents or source.links or source.followers)


def moved(one: Changed, limits: Limits, keep: Keep, retracted: Collection[str] = ()) -> list[Replaced]:
    """Whose what a source did is from now on, if that is not as before; `retracted` kinds of agents did nothing."""
    before, after = one.before, one.after
    most = limits.contacts_per_visitor
    tenures = owners(after, most)
    if tenures == owners(before, most):
        return []
    parts = split(Facts() if is_retracted(after.links) else whole(after, keep, retracted), tenures, keep)
    domains = tuple(after.facts.groups)
    told = [Replaced(id_, after.id, _copy(parts.get(id_)), domains) for id_ in sorted({*named(before), *named(after)})]
    return told + (list(_to_accounts(after, parts, keep)) if is_visitor(after.id) else [])


def _to_accounts(visitor: Source, parts: dict[str, Facts], keep: Keep) -> Iterable[Replaced]:
    unowned = parts.get(NOBODY) or Facts()
    shares = split(unowned, account_tenures(unowned.groups, None), keep)
    for domain in visitor.facts.groups:
        yield Replaced(f"d:{domain}", visitor.id, _copy(shares.get(f"d:{domain}")))


def _copy(facts: Facts | None) -> Facts | None:
    return facts.copy() if facts else None
