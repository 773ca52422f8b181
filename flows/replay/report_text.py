"""A report in the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from flows.replay import sentences
from flows.replay.report import Judged, ModelSide, Moves, Quality, Report
from flows.show_text import plain

LINES = 3
"""Lines of a receipt that are shown: those that differ most."""


def print_report(report: Report, console: Console) -> None:
    """All of it, the findings first."""
    console.print(f"[bold]{plain(sentences.headline(report))}[/]")
    events = f"{report.events:,} events, {report.dead:,} of them unusable; " if report.events else ""
    console.print(f"{events}{report.contacts:,} contacts, {report.accounts:,} accounts", style="dim", highlight=False)
    for finding in findings(report):
        console.print(plain(finding), highlight=False)
    for title, table in tables(report):
        console.print(f"\n[bold]{title}[/]")
        console.print(table)
    for note in report.notes:
        console.print(f"note: {plain(note)}", style="yellow", highlight=False)


def findings(report: Report) -> list[str]:
    """The sentences of a report."""
    proposed = report.proposed
    band = proposed.contacts.bands[-1]
    found = [sentences.moving(moves) for moves in report.moves]
    if proposed.capacity:
        found.append(sentences.load(proposed.capacity, band))
    if report.switch:
        found.append(sentences.switching(report.switch))
    if proposed.writes:
        found.append(sentences.writing(proposed.writes))
    if report.judged:
        quality = report.judged.proposed
        found += [sentences.ranking(report.judged), sentences.lifting(quality), sentences.speeding(quality.speed, band)]
    return found


def tables(report: Report) -> list[tuple[str, Table]]:
    """(title, table) of each part."""
    found = [("Bands at the end", _sizes(report.proposed, report.current))]
    found += [
        (f"{moves.kind}s: from the current band (rows) to the proposed one", _matrix(moves)) for moves in report.moves
    ]
    found += [(f"{moves.kind}s that move most", _movers(moves)) for moves in report.moves if moves.movers]
    if report.judged:
        found.append(("Leads by band on review days", _by_band(report.judged)))
    return found


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(plain(column), justify="right" if place else "left")
    return table


def _sizes(proposed: ModelSide, current: ModelSide | None) -> Table:
    table = _table("", *proposed.contacts.bands)
    for name, side in (("current", current), ("proposed", proposed)):
        for flow in (side.contacts, side.accounts) if side else ():
            sizes = flow.days[-1].sizes if flow.days else ()
            table.add_row(f"{name if current else ''} {flow.kind}s".strip(), *(f"{size:,}" for size in sizes))
    return table


def _matrix(moves: Moves) -> Table:
    table = _table("", *moves.proposed_bands)
    for band, row in zip(moves.current_bands, moves.matrix, strict=True):
        table.add_row(plain(band), *(f"{count:,}" for count in row))
    return table


def _movers(moves: Moves) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column, justify in ((moves.kind, "left"), ("current", "right"), ("proposed", "right"), ("because", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]  # rich's literal
    for mover in moves.movers:
        because = [
            f"{plain(line.words)} {_points(line.current)} → {_points(line.proposed)}"
            for line in mover.lines[:LINES]
            if line.current != line.proposed
        ]
        before, after = (
            f"{score:g} {plain(band)}"
            for score, band in (
                (mover.current_score, mover.current_band),
                (mover.proposed_score, mover.proposed_band),
            )
        )
        table.add_row(plain(mover.key), before, after, "; ".join(because))
    return table


def _points(points: float | None) -> str:
    return "0" if points is None else f"{points:g}"


def _by_band(judged: Judged) -> Table:
    table = _table("", "judged", "converted", "share", "lift")
    sides: Sequence[tuple[str, Quality | None]] = (("current", judged.current), ("proposed", judged.proposed))
    for name, quality in sides:
        for band in reversed(quality.bands) if quality else ():
            label = f"{name} {band.band}" if judged.current else band.band
            share = "" if band.precision is None else f"{band.precision:.1%}"
            lift = "" if band.lift is None else f"{band.lift:.2f}"
            table.add_row(plain(label), f"{band.rows:,}", f"{band.converted:,}", share, lift)
    return table
