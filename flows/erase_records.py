"""Taking a person out of the store's records, in an order that lets it be begun again wherever it was cut off.

What others shared with the person is corrected before the person's own records go, since these say what was shared.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from flows.erase_person import Person, Scan, decoded, ids_of, search, sources_of, subjects_of
from flows.erase_sources import Changed, Purge, followed_again, is_empty, moved
from flows.parts import Parts
from flows.reading import verdicts_in
from operators.score_shard import ScoreShard
from operators.urgency import Urgency, outbox_score
from state.codec import encode
from state.ids import is_visitor, shard_of
from state.links import Links
from state.messages import Replaced, ToSubject
from state.store import KINDS, Commit, Kind, Store
from state.subject import Source

SOURCES: tuple[Kind, ...] = ("known", "visitor")

Item = TypeVar("Item")


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """How much was taken out, and how many records still name the person."""

    known: int
    visitors: int
    contacts: int
    devices: int
    sources_changed: int
    contacts_changed: int
    accounts_changed: int
    left: int


class RecordsErasing:
    """Erases one person from one store, which nobody else may write meanwhile."""

    def __init__(self, store: Store, scan: Scan, parts: Parts, person: Person) -> None:
        self._store = store
        self._scan = scan
        self._parts = parts
        self._person = person
        self._purge = Purge(person)

    def run(self) -> Gone:
        """Do it. Raises `Fenced`."""
        changed = self._changed_sources()
        told = self._told(changed)
        self._correct(told)
        self._write(changed)
        person = self._person
        devices = self._forget("visitor", person.devices)
        contacts = self._forget("contact", (id_ for id_ in person.ids if not is_visitor(id_)))
        visitors = self._forget("visitor", filter(is_visitor, person.ids))
        known = self._forget("known", (id_ for id_ in person.ids if not is_visitor(id_)))
        return Gone(
            known=known,
            visitors=visitors,
            contacts=contacts,
            devices=devices,
            sources_changed=len(changed),
            contacts_changed=len({message.to for message in told if message.to[0] != "d"}),
            accounts_changed=len({message.to for message in told if message.to[0] == "d"}),
            left=self._left(),
        )

    def _changed_sources(self) -> dict[str, Changed]:
        person = self._person
        changed: dict[str, Changed] = {}
        for kind in SOURCES:
            for source in sources_of(self._scan, kind, person.ids | person.met | person.devices):
                after = self._purge.source(source)
                if source.id not in person.ids | person.devices and after != source:
                    changed[source.id] = Changed(source, after)
        for id_ in changed.keys() & person.met:
            again = followed_again(changed[id_], lambda of: _links_of(changed.get(of)), self._parts.limits)
            changed[id_] = Changed(changed[id_].before, again)
        return changed

    def _told(self, changed: dict[str, Changed]) -> list[Replaced]:
        """What contacts and accounts of others have to hear."""
        person, parts = self._person, self._parts
        retracted = verdicts_in(self._store).retracted
        told: list[Replaced] = []
        kinds: tuple[Kind, ...] = ("contact", "account")
        for kind in kinds:
            for subject in subjects_of(self._scan, kind, person.ids | person.met | person.devices):
                told += self._purge.subject(subject)
        for one in changed.values():
            told += moved(one, parts.limits, parts.retention.keep, retracted)
        return [message for message in told if message.to not in person.ids]

    def _correct(self, told: Sequence[ToSubject]) -> None:
        """Through the stages that score; accounts are written first, for they hear from contacts."""
        contacts = [message for message in told if message.to[0] != "d"]
        accounts = [message for message in told if message.to[0] == "d"]
        stages: list[ScoreShard] = []
        for shard, part in self._by_shard(contacts, _to).items():
            stages.append(self._parts.score("contact")(shard))
            accounts += stages[-1].join(part)  # `handle` may commit
        for shard, part in self._by_shard(accounts, _to).items():
            stages.append(self._parts.score("account")(shard))
            stages[-1].handle(part)
        for stage in reversed(stages):
            stage.commit()
        self._mark("contact", contacts)
        self._mark("account", accounts)

    def _mark(self, kind: Kind, told: Iterable[ToSubject]) -> None:
        """Have sinks told of everybody who changed, however little."""
        urgency = outbox_score(Urgency.DRIFTED, self._parts.clock())
        for shard, ids in self._by_shard(sorted({message.to for message in told}), str).items():
            self._store.mark(kind, shard, dict.fromkeys(ids, urgency))

    def _write(self, changed: dict[str, Changed]) -> None:
        for kind in SOURCES:
            of_kind = [one.after for id_, one in changed.items() if is_visitor(id_) == (kind == "visitor")]
            kept = [source for source in of_kind if not is_empty(source)]
            for shard, part in self._by_shard(kept, _id).items():
                records = {source.id: encode(source) for source in part}
                lifetime = self._parts.retention.lifetime_ms if kind == "visitor" else 0
                fleeting = [source.id for source in part if lifetime and not source.links]
                self._store.commit(Commit(kind, shard, records, fleeting=fleeting, lifetime_ms=lifetime))
            self._forget(kind, (source.id for source in of_kind if is_empty(source)))

    def _forget(self, kind: Kind, ids: Iterable[str]) -> int:
        return sum(self._store.forget(kind, shard, part) for shard, part in self._by_shard(ids, str).items())

    def _left(self) -> int:
        """How many records still name the person."""
        ids = self._person.ids
        may_name = search(ids)
        return sum(
            not ids.isdisjoint(ids_of(decoded(kind, stored)))
            for kind in KINDS
            for stored in self._scan(kind)
            if may_name(stored)
        )

    def _by_shard(self, items: Iterable[Item], id_of: Callable[[Item], str]) -> dict[int, list[Item]]:
        parts: dict[int, list[Item]] = defaultdict(list)
        for item in items:
            parts[shard_of(id_of(item), self._store.shards)].append(item)
        return parts


def _to(message: ToSubject) -> str:
    return message.to


def _id(source: Source) -> str:
    return source.id


def _links_of(one: Changed | None) -> Links:
    return one.after.links if one else {}
