"""What `show` and `top` print for people."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.show_json import Contributor, Listed, RawEvent, Receipt, ReceiptLine

TOUCHES_SHOWN = 3


def plain(text: str) -> str:
    """Text from outside, for a terminal: neither markup nor control characters.

    >>> plain("[/b] \x1b[2J") == "\\\\[/b] \N{REPLACEMENT CHARACTER}[2J"
    True
    """
    return escape("".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text))


def print_receipt(console: Console, receipt: Receipt, events: Sequence[RawEvent]) -> None:
    """A score and its receipt; the lines sum to the score."""
    console.print(f"[bold]{plain(receipt.key)}[/] · {receipt.kind} · as of {when(receipt.at)}")
    console.print(f"[bold]{receipt.score:g}[/] [bold]{plain(receipt.band)}[/]   {plain('; '.join(receipt.reasons))}")
    console.print(f"behaviour {receipt.behaviour:g}, fit {receipt.fit:g}   {_outlook(receipt)}", style="dim")
    if receipt.withheld:
        console.print(f"the company was retracted: {receipt.withheld:,} touches do not count", style="red")
    if receipt.retracted:
        ids = ", ".join(receipt.retracted)
        console.print(f"retracted, so that nothing of it counts: {plain(ids)}", style="red")
    console.print(_lines(receipt.lines, receipt.score))
    console.print(_sources(receipt.sources))
    if events:
        console.print(_events(events))


def print_top(console: Console, found: Sequence[Listed], *, accounts: bool) -> None:
    """The call list."""
    if not found:
        console.print("nobody yet: run `leadstream score LOG` first, or ask for another band")
        return
    table = _table("", "score", "band", "company" if accounts else "contact", "why", "last high intent")
    for place, one in enumerate(found, 1):
        intent = f"{one.last_intent}, {when(one.last_intent_at)}" if one.last_intent_at else ""
        why = plain(", ".join(one.reasons))
        table.add_row(str(place), f"{one.score:g}", plain(one.band), plain(one.key), why, plain(intent))
    console.print(table)


def _outlook(receipt: Receipt) -> str:
    change = receipt.next_change
    if change is None:
        return f"stays {plain(receipt.band)} if nothing happens"
    return f"{plain(change.band)} from {when(change.at)} if nothing happens"


def _lines(lines: Sequence[ReceiptLine], total: float) -> Table:
    table = _table("points", "rule", "why", "touches")
    for line in lines:
        table.add_row(f"{line.points:+.1f}", plain(line.rule), plain(line.words), _touches(line.touches))
    table.add_section()
    table.add_row(f"[bold]{total:.1f}[/]", "[bold]score[/]", "", "")
    return table


def _touches(touches: Sequence[str]) -> str:
    shown = ", ".join(when(at) for at in reversed(touches[-TOUCHES_SHOWN:]))
    more = len(touches) - TOUCHES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _sources(sources: Sequence[Contributor]) -> Table:
    table = _table("source", "kind", "touches", "last active")
    for source in sources:
        touches = ", ".join(f"{signal} {count}" for signal, count in source.touches.items())
        table.add_row(plain(source.id), source.type, plain(touches), when(source.last_at or ""))
    return table


def _events(events: Sequence[RawEvent]) -> Table:
    counted = Counter(event.event for event in events if not event.discounted)
    without = len(events) - counted.total()
    table = _table("time", "event", "source", "signals", *(["does not count"] if without else []))
    parts = [f"{name} {count}" for name, count in counted.most_common()]
    table.caption = plain(", ".join([*parts, *([f"not counted {without}"] if without else [])]))
    for event in events:
        cells = (when(event.at), plain(event.event), plain(event.source), plain(", ".join(event.signals)))
        table.add_row(*cells, plain(event.discounted), style="dim" if event.discounted else None)
    return table


WRAPPED = {"why", "touches", "last high intent"}
"""Columns that give way where a terminal is narrow."""


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in columns:
        numeric = column in {"points", "score"}
        table.add_column(column, justify="right" if numeric else "left", no_wrap=column not in WRAPPED)
    return table


def when(at: str) -> str:
    """A time to the minute, as people read it.

    >>> when("2026-06-12T08:00:05.120Z")
    '2026-06-12 08:00'
    """
    return at[:16].replace("T", " ")
