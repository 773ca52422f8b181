"""What the demo shows: the hottest now, and the summary at the end."""

import heapq
from collections import Counter
from collections.abc import Sequence

import msgspec
from rich.console import Group
from rich.table import Table

from flows.delivery_run import Delivered
from flows.reading import Reading
from flows.scoring_run import Report
from flows.show_json import Listed, listed
from flows.show_text import plain
from state.moment import iso
from state.score import Score
from state.store import Kind

WEEK_MS = 7 * 86_400_000
HOTTEST = 8
OF_EACH_BAND = 3
REASONS = 2


class Entry(msgspec.Struct, frozen=True):
    """Somebody, and when they come to another band if nothing happens."""

    who: Listed
    outlook: str


class Scene(msgspec.Struct):
    """What the flows last said."""

    score: Report | None = None
    delivered: Delivered | None = None
    last_week: int = 0

    def week(self, clock: int) -> str:
        """A line when a week of the log has passed since the last one, else nothing."""
        if clock < self.last_week + WEEK_MS or self.score is None:
            return ""
        self.last_week = clock
        return f"{iso(clock)[:10]}  {self._counts()}"

    def _counts(self) -> str:
        written = self.delivered.written if self.delivered else 0
        waiting = self.delivered.waiting if self.delivered else 0
        received = self.score.received if self.score else 0
        return f"{received:,} events in, {written:,} records written to the CRM, {waiting:,} waiting"

    def headline(self, clock: int) -> str:
        """The day and the counts."""
        return f"[bold]{iso(clock)[:10]}[/]  {self._counts()}"


def standing(reading: Reading, clock: int, scene: Scene) -> Group:
    """The hottest contacts and accounts as of `clock`."""
    return Group(scene.headline(clock), "", *(_hottest(reading, kind, clock) for kind in ("contact", "account")))


def summary(reading: Reading, clock: int, scene: Scene) -> Group:
    """The end: bands, some of each with their reasons and what becomes of them, and what it took."""
    kinds: tuple[Kind, Kind] = ("contact", "account")
    entries = {kind: _entries(reading, kind, clock) for kind in kinds}
    return Group(
        scene.headline(clock),
        "",
        _bands(reading.bands, entries),
        "",
        "The hottest, the middle and the coolest of each band, and the next band if nothing happens:",
        *(_table(kind, across(entries[kind], reading.bands)) for kind in kinds),
        _accounts_of(scene),
    )


def across(entries: Sequence[Entry], bands: Sequence[str]) -> list[Entry]:
    """Of each band, the highest first, up to three whose scores are far apart; of one score whoever showed intent last.

    Whoever has no points at all tells nobody anything.
    """
    return [entry for band in reversed(bands) for entry in _apart([one for one in entries if one.who.band == band])]


def _apart(entries: Sequence[Entry]) -> list[Entry]:
    by_intent = sorted(entries, key=lambda entry: (entry.who.last_intent_at or "", entry.who.key))
    of_score = {entry.who.score: entry for entry in by_intent if entry.who.score > 0}
    scores = sorted(of_score, reverse=True)
    chosen = scores if len(scores) <= OF_EACH_BAND else [scores[0], scores[(len(scores) - 1) // 2], scores[-1]]
    return [of_score[score] for score in chosen]


def _accounts_of(scene: Scene) -> str:
    report = scene.score
    if report is None:
        return ""
    return (
        f"received {report.received:,} = used {report.used:,} + ignored {report.ignored:,} + dead {report.dead:,} "
        f"in {report.seconds:.0f} s"
    )


def _bands(names: Sequence[str], entries: dict[Kind, list[Entry]]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 3, 0, 0))
    counts = {kind: Counter(entry.who.band for entry in found) for kind, found in entries.items()}
    table.add_column("")
    for name in names:
        table.add_column(name, justify="right")
    for kind, count in counts.items():
        table.add_row(f"{kind}s", *(f"{count[name]:,}" for name in names))
    return table


def _hottest(reading: Reading, kind: Kind, clock: int) -> Table:
    entries = _entries(reading, kind, clock)
    return _table(kind, heapq.nsmallest(HOTTEST, entries, key=lambda entry: (-entry.who.score, entry.who.key)))


def _entries(reading: Reading, kind: Kind, clock: int) -> list[Entry]:
    found = [(subject, reading.score(subject, clock)) for subject in reading.subjects(kind) if subject.sources]
    return [Entry(listed(subject, score), _outlook(score)) for subject, score in found]


def _outlook(score: Score) -> str:
    change = score.next_change
    return f"{change.band} {iso(change.at)[5:10]}" if change else "stays"


def _table(kind: Kind, entries: Sequence[Entry]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0), title_justify="left")
    table.add_column("score", justify="right")
    table.add_column("band")
    table.add_column(kind, no_wrap=True)
    table.add_column("next", no_wrap=True)
    table.add_column("why")
    for one, outlook in ((entry.who, entry.outlook) for entry in entries):
        why = plain(", ".join(one.reasons[:REASONS]))
        table.add_row(f"{one.score:g}", plain(one.band), plain(one.key), plain(outlook), why)
    return table
