"""Erasing a person, step by step, each of which may be done again: tombstones, records, files, the CRM, old bytes."""

from collections.abc import Callable, Iterator

import msgspec

from config.model import Model
from config.settings import Settings
from flows.erase_files import FilesErasing
from flows.erase_hold import Hold
from flows.erase_mentions import names_any, spelled
from flows.erase_person import Person, person_of
from flows.erase_records import Gone, RecordsErasing
from flows.erase_sinks import SinksErasing
from flows.erase_sources import Purge
from flows.erased import Erased
from flows.models import in_use, limits_in, parts_of
from flows.reading import Reading
from flows.rebuild_leftovers import remove_generations
from state.clock import LogClock, WallClock, wall_clock
from state.keys import generation_name
from state.messages import LinkFacts
from state.moment import iso
from state.redis_store import RedisStore
from state.store import StoreUnavailable


class Removed(msgspec.Struct, frozen=True):
    """So many of something were taken out somewhere."""

    where: str
    what: str
    count: int


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure did. `tombstones` are keyed hashes of the person's identifiers, in hex; no identifier is in it
    but `key`, which was typed.
    """

    key: str
    namespace: str
    at: str
    done: bool
    tombstones: tuple[str, ...]
    removed: tuple[Removed, ...]
    remains: tuple[str, ...]
    failed: tuple[str, ...]


class Erasing:
    """One person's erasure from one namespace, its files and its sinks."""

    def __init__(self, settings: Settings, model: Model, store: RedisStore, *, embedded: bool) -> None:
        self._settings = settings
        self._model = model
        self._store = store
        self._embedded = embedded
        self._removed: list[Removed] = []
        self._remains: list[str] = []
        self._failed: list[str] = []

    def person(self, key: str, at_work: Callable[[], None] = lambda: None) -> Person:
        """Who is meant. Raises `NotFound`, and `Problem` for a company."""
        used = in_use(self._settings, self._store)
        reading = Reading(self._store, used.model, used.scoring)
        return person_of(lambda kind: watched(self._store.scan(kind), at_work), reading, Erased(self._store), key)

    def run(self, key: str, hold: Hold) -> Certificate:
        """Erase whom the key means, in a namespace that is held. Raises `NotFound`, `CutOff`, `StoreUnavailable`."""
        person = self.person(key, hold)
        self._store.bury(person.ids)
        remove_generations(self._settings, self._store, self._store.leftovers())
        self._records(person, hold)
        self._files(person, hold)
        self._sinks(person, hold)
        self._old_bytes()
        self._remains.append("the raw event log still has this person's events, until its own retention ends")
        return Certificate(
            key=key,
            namespace=self._settings.namespace,
            at=iso(wall_clock()),
            done=not self._failed,
            tombstones=tuple(sorted(self._store.tombstone(id_).hex() for id_ in person.ids)),
            removed=tuple(one for one in self._removed if one.count),
            remains=tuple(self._remains),
            failed=tuple(self._failed),
        )

    def _records(self, person: Person, hold: Hold) -> None:
        lapse = self._store.clock()
        parts = parts_of(self._settings, self._store, WallClock() if lapse is None else LogClock(lapse))
        parts = msgspec.structs.replace(parts, limits=limits_in(self._store))
        erasing = RecordsErasing(self._store, lambda kind: watched(self._store.scan(kind), hold), parts, person)
        gone = erasing.run()
        self._removed += [Removed("Redis", what, count) for what, count in counts_of(gone)]
        if gone.left:
            self._failed.append(f"{gone.left} records in Redis still name this person: run it again")
        if person.met or person.devices:
            self._remains.append(
                f"{len(person.met)} ids and {len(person.devices)} visitors of others were mixed with this person: what "
                "they did together was forgotten as well. What is the others' comes back when the whole log is read "
                "again: `leadstream score LOG --start-over`"
            )

    def _files(self, person: Person, hold: Hold) -> None:
        erased = Erased(self._store)
        purge = Purge(person)

        def without(facts: LinkFacts) -> LinkFacts | None:
            known = erased.facts(facts)
            links = purge.links(known.links) if known else {}
            return msgspec.structs.replace(known, links=links) if known and links else None

        files = FilesErasing(names_any(erased.is_erased, spelled(person.ids)), without, hold)
        for file in files.run(self._settings.data, generation_name(self._settings.namespace, self._store.generation)):
            if file.failed:
                self._failed.append(f"{file.failed}: see to it, and run this again")
            else:
                self._removed.append(Removed(file.path.name, "lines", file.lines))

    def _sinks(self, person: Person, hold: Hold) -> None:
        sinks = SinksErasing(self._settings, self._model, self._store, hold)
        for sink, count in sinks.run(person).items():
            self._removed.append(Removed(sink, "contacts", count))
        self._failed += sinks.failed

    def _old_bytes(self) -> None:
        if self._embedded:
            try:
                self._store.rewrite_file()
            except StoreUnavailable as unavailable:
                self._failed.append(f"{unavailable}: its append-only file still has old bytes; run this again")
        else:
            self._remains.append(
                "the Redis server's append-only file, snapshots, replicas and backups keep old bytes until they are "
                "rewritten: run BGREWRITEAOF and BGSAVE there, and let old backups expire"
            )


def watched(records: Iterator[bytes], at_work: Callable[[], None]) -> Iterator[bytes]:
    """Records, with a word at each that somebody is still at work."""
    for record in records:
        at_work()
        yield record


def counts_of(gone: Gone) -> Iterator[tuple[str, int]]:
    """What was taken out of the store, in words."""
    yield "contacts", gone.contacts
    yield "known ids", gone.known
    yield "visitors", gone.visitors
    yield "shared visitors, who start anew", gone.devices
    yield "mentions at other ids", gone.sources_changed
    yield "shares in other contacts", gone.contacts_changed
    yield "shares in accounts", gone.accounts_changed
