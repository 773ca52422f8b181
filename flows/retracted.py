"""What was retracted: sources of which nothing counts, and what they would contribute."""

from collections import Counter
from collections.abc import Iterator

import msgspec
from rich.console import Console
from rich.table import Table

from flows.find import touches_of
from flows.reading import Reading
from flows.show_text import plain, when
from operators.identify import NOBODY, named, owners
from operators.score_shard import companies_of, employers
from state.ids import IdType, bare, id_type, is_visitor
from state.links import RETRACTED, is_retracted
from state.moment import iso
from state.store import Kind
from state.subject import Source, Subject
from state.touch import touch_at

SOURCES: tuple[Kind, ...] = ("known", "visitor")


class Retracted(msgspec.Struct, frozen=True):
    """A source, company or kind of user agent of which nothing counts: since when; what was taken back, from whom."""

    id: str
    type: IdType
    since: str
    touches: dict[str, int]
    contacts: list[str]
    accounts: list[str]


def retracted(reading: Reading) -> list[Retracted]:
    """All of them, the latest verdict first."""
    found = [*_companies(reading), *_agents(reading), *_sources(reading)]
    return sorted(sorted(found, key=lambda one: one.id), key=lambda one: one.since, reverse=True)


def _companies(reading: Reading) -> Iterator[Retracted]:
    verdicts = reading.verdicts()
    withheld = [contact for contact in reading.subjects("contact") if contact.withheld] if verdicts.retracted else []
    for id_ in [id_ for id_ in verdicts.retracted if id_[0] == "d"]:
        people = [contact for contact in withheld if id_ in companies_of(contact)]
        account = reading.subject(id_)
        touches: Counter[str] = Counter()
        for facts in [facts for one in [*people, *([account] if account else [])] for facts in one.withheld.values()]:
            touches.update({signal: len(known) for signal, known in facts.ledger.touches.items()})
        accounts = {id_, *(tenure.owner for contact in people for tenure in employers(contact))} - {NOBODY}
        since = iso(touch_at(verdicts.links[id_][RETRACTED][-1]))
        contacts = sorted(bare(contact.id) for contact in people)
        yield Retracted(
            bare(id_), id_type(id_), since, dict(sorted(touches.items())), contacts, sorted(map(bare, accounts))
        )


def _agents(reading: Reading) -> Iterator[Retracted]:
    verdicts = reading.verdicts()
    for id_ in [id_ for id_ in verdicts.retracted if id_[0] == "g"]:
        agent = bare(id_)
        shown = [source for kind in SOURCES for source in reading.sources(kind) if agent in source.agents]
        touches: Counter[str] = Counter()
        for source in shown:
            touches.update({signal: len(known) for signal, known in source.agents[agent].touches.items()})
        since = iso(touch_at(verdicts.links[id_][RETRACTED][-1]))
        contacts = sorted({bare(contact) for source in shown for contact in named(source)})
        accounts = sorted({domain for source in shown for domain in accounts_of(reading, source)})
        yield Retracted(agent, id_type(id_), since, dict(sorted(touches.items())), contacts, accounts)


def _sources(reading: Reading) -> Iterator[Retracted]:
    yield from (
        Retracted(
            bare(source.id),
            id_type(source.id),
            iso(touch_at(source.links[RETRACTED][-1])),
            touches_of(source),
            [bare(contact) for contact in named(source)],
            accounts_of(reading, source),
        )
        for kind in SOURCES
        for source in reading.sources(kind)
        if is_retracted(source.links)
    )


def accounts_of(reading: Reading, source: Source) -> list[str]:
    """The companies that a source counts for, or would if it were not retracted."""
    contacts = _owners(reading, source) - {NOBODY}
    whole = (Subject(contact, {one.id: one.facts for one in identifiers_of(reading, contact)}) for contact in contacts)
    found = {tenure.owner for contact in whole for tenure in employers(contact)} - {NOBODY}
    return sorted({*map(bare, found), *(() if contacts else source.facts.groups)})


def identifiers_of(reading: Reading, contact: str) -> Iterator[Source]:
    """All sources that are, or were for a while, this contact's, whether they count or not."""
    waiting, seen = [contact], set[str]()
    while waiting:
        id_ = waiting.pop()
        source = None if id_ in seen else reading.source(id_)
        seen.add(id_)
        if source and contact in _owners(reading, source):
            yield source
            waiting += () if is_visitor(id_) else sorted(source.followers)


def retracted_of(reading: Reading, contact: str) -> list[Source]:
    """Those of a contact's sources of which nothing counts."""
    return [source for source in identifiers_of(reading, contact) if is_retracted(source.links)]


def _owners(reading: Reading, source: Source) -> set[str]:
    return {tenure.owner for tenure in owners(source, reading.limits.contacts_per_visitor)}


def print_retracted(console: Console, found: list[Retracted]) -> None:
    """A table for people."""
    if not found:
        console.print("nothing is retracted")
        return
    table = Table("identifier", "since", "taken back", "from contacts", "from companies", box=None, header_style="dim")
    for one in found:
        touches = ", ".join(f"{signal} {count}" for signal, count in one.touches.items())
        contacts, accounts = ", ".join(one.contacts), ", ".join(one.accounts)
        table.add_row(f"{one.type} {plain(one.id)}", when(one.since), plain(touches), plain(contacts), plain(accounts))
    console.print(table)
