"""What was retracted: sources of which nothing counts, and what they would contribute."""

import msgspec
from rich.console import Console
from rich.table import Table

from flows.reading import Reading
from flows.show_text import plain, when
from operators.identify import named
from operators.score_shard import default_account
from state.ids import IdType, bare, id_type, is_visitor
from state.links import RETRACTED, is_retracted
from state.moment import iso
from state.store import Kind
from state.subject import Source
from state.touch import touch_at

SOURCES: tuple[Kind, ...] = ("known", "visitor")


class Retracted(msgspec.Struct, frozen=True):
    """A source of which nothing counts: since which verdict, what was taken back, and from whom."""

    id: str
    type: IdType
    since: str
    touches: dict[str, int]
    contacts: list[str]
    accounts: list[str]


def retracted(reading: Reading) -> list[Retracted]:
    """All of them, the latest verdict first."""
    found = [
        Retracted(
            bare(source.id),
            id_type(source.id),
            iso(touch_at(source.links[RETRACTED][-1])),
            {signal: len(touches) for signal, touches in sorted(source.facts.ledger.touches.items())},
            [bare(contact) for contact in named(source)],
            accounts_of(source),
        )
        for kind in SOURCES
        for source in reading.sources(kind)
        if is_retracted(source.links)
    ]
    return sorted(found, key=lambda one: one.since, reverse=True)


def accounts_of(source: Source) -> list[str]:
    """The companies that a source may count for: those that events named, or the companies of its contacts' addresses,
    which go before what visitors name.
    """
    by_address = {domain for contact in named(source) if (domain := default_account(contact))}
    said = set(source.facts.groups)
    return sorted((by_address or said) if is_visitor(source.id) else (said or by_address))


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
