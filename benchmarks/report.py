"""What was measured beside what was promised: a table to read, a file to compare, a verdict."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec
from rich.table import Table

Verdict = Literal["goal reached", "passed", "FAILED", ""]


class Promise(msgspec.Struct, frozen=True):
    """A bound that must hold, and the one we are after. `at_least`: more is better; else less is.

    `noisy`: two runs on a busy machine differ, as times do. `today`: what holds while the bound is not reached yet.
    """

    must: float
    goal: float
    at_least: bool
    unit: str
    noisy: bool = True
    today: float | None = None

    def is_step_back(self, value: float, slack: float) -> bool:
        """Whether the value is worse than what holds today; a `slack` below 1 forgives noise.

        >>> Promise(15, 30, True, "x", today=4).is_step_back(3, slack=0.7)
        False
        """
        today = self.must if self.today is None else self.today
        return not msgspec.structs.replace(self, must=today).holds(value, slack)

    def holds(self, value: float, slack: float = 1.0) -> bool:
        """Whether the bound holds; a `slack` below 1 forgives noise.

        >>> Promise(15, 30, True, "x").holds(12, slack=0.7), Promise(1000, 500, False, "ms").holds(1200, 0.7)
        (True, True)
        """
        slack = slack if self.noisy else 1.0
        return value >= self.must * slack if self.at_least else value <= self.must / slack

    def reached(self, value: float) -> bool:
        """Whether the value is what we are after."""
        return value >= self.goal if self.at_least else value <= self.goal


PROMISES = {
    "share_of_decode": Promise(1 / 20, 1 / 10, True, "of (a)", today=0.03),
    "times_plain": Promise(15, 30, True, "x (b)", today=8),
    "bytes_per_contact": Promise(1_000, 1_000, False, "B", noisy=False),
    "bytes_per_visitor": Promise(400, 400, False, "B", noisy=False),
    "identify_share": Promise(0.3, 0.2, False, "of the flow's processor time"),
    "busy_visitor_bytes": Promise(5_000, 2_000, False, "B, the largest record", noisy=False),
    "many_devices_bytes": Promise(100_000, 70_000, False, "B, the largest record", noisy=False),
    "rss_growth": Promise(1.25, 1.1, False, "x", noisy=False),
    "latency_p99_ms": Promise(1_000, 500, False, "ms"),
    "idle_share": Promise(0.2, 0.1, False, "of a processor"),
    "replay_share": Promise(1 / 8, 1 / 6, True, "of only decoding", today=0.03),
    "weigh_ns": Promise(50, 25, False, "ns", today=150),
}


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One measurement: events a second where it has them, and other figures by name."""

    label: str
    events_per_s: float | None = None
    figures: dict[str, float] = {}
    failed: str = ""


Rows = dict[str, Row]


def steps_back(rows: Rows, slack: float, judged: Iterable[str] = PROMISES) -> list[str]:
    """Why a quick look is no success: rows without a result, and what is worse than it is today."""
    found = [f"{row.label}: {row.failed}" for row in rows.values() if row.failed]
    for name, value in _promised(rows).items():
        if name in judged and PROMISES[name].is_step_back(value, slack):
            found.append(f"{name}: {_number(value)} is a step back")
    return found


def failures(rows: Rows, slack: float, judged: Iterable[str] = PROMISES) -> list[str]:
    """Why the run is no success: rows without a result, and promises among `judged` that do not hold."""
    found = [f"{row.label}: {row.failed}" for row in rows.values() if row.failed]
    for name, value in _promised(rows).items():
        if name in judged and not PROMISES[name].holds(value, slack):
            found.append(f"{name}: {_number(value)}, must be {_bound(PROMISES[name])}")
    return found


def table(rows: Rows) -> Table:
    """The rows in the order in which they were measured, then the promises."""
    result = Table("", "events/s", "µs an event", "more", title="leadstream, measured")
    for row in rows.values():
        rate = row.events_per_s
        cells = (f"{rate:,.0f}", f"{1e6 / rate:.2f}") if rate else ("", "")
        result.add_row(row.label, *cells, row.failed or _figures(row))
    return result


def promises(rows: Rows) -> Table:
    """Each promise that was measured: value, bounds, verdict without any slack."""
    result = Table("", "measured", "must", "goal", "", title="beside what was promised")
    for name, value in _promised(rows).items():
        promise = PROMISES[name]
        goal = f"{_number(promise.goal)} {promise.unit}"
        measured = f"{_number(value)} {promise.unit}"
        result.add_row(name.replace("_", " "), measured, _bound(promise), goal, verdict(promise, value))
    return result


def verdict(promise: Promise, value: float) -> Verdict:
    """In words."""
    if promise.reached(value):
        return "goal reached"
    return "passed" if promise.holds(value) else "FAILED"


def save(rows: Rows, path: Path) -> None:
    """Write name -> {events_per_s and the other figures} as JSON, creating the folder."""
    flat = {name: _flat(row) for name, row in rows.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(flat)) + b"\n")


def _flat(row: Row) -> dict[str, float | str]:
    flat: dict[str, float | str] = {"label": row.label, **row.figures}
    if row.events_per_s is not None:
        flat["events_per_s"] = row.events_per_s
    if row.failed:
        flat["failed"] = row.failed
    return flat


def _promised(rows: Rows) -> dict[str, float]:
    return {n: value for row in rows.values() for n, value in row.figures.items() if n in PROMISES}


def _figures(row: Row) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_number(value)}" for name, value in row.figures.items())


def _bound(promise: Promise) -> str:
    return f"{'≥' if promise.at_least else '≤'} {_number(promise.must)} {promise.unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
