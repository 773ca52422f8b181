"""All measurements in one run on one log: a table, and build/bench.json.

    python -m benchmarks.run [--short] [--events N]

(a) a bare loop that decodes with msgspec, (b) one GET, one compute, one SET per event with redis-py,
(c) `leadstream score`, JSONL to Redis, one worker; each of (b) and (c) with a server of its own. (a) and (b) are
measured before and after (c), and their means compared with it. The same from Kafka, where a broker can be started.
"""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from benchmarks.group import group_rows, split
from benchmarks.kafka import kafka_rows
from benchmarks.measure import (
    extreme_rows,
    flow_rows,
    idle_rows,
    latency_rows,
    machine_rows,
    memory_rows,
    quarter_rows,
    stage_rows,
    weighing_rows,
)
from benchmarks.replay import replay_rows
from benchmarks.report import PROMISES, Rows, failures, promises, save, steps_back, table
from benchmarks.traffic import recent_start, write

SEED = 7
LOG = Path("build/traffic.jsonl")
PARTS = Path("build/traffic-parts")
QUARTER = Path("build/traffic-quarter.jsonl")
RESULT = Path("build/bench.json")


class Form(msgspec.Struct, frozen=True):
    """How much is measured, and how strictly it is judged."""

    events: int
    plain_sample: int
    subjects: int
    latency_s: float
    weighed: int
    slack: float
    judged: tuple[str, ...]
    verdict: Callable[[Rows, float, tuple[str, ...]], list[str]]


FULL = Form(1_000_000, 20_000, 5_000, 20.0, 100_000, 1.0, tuple(PROMISES), failures)
# A short log fills no cache, so the flow's own memory still grows in it. A quick look watches for steps back.
JUDGED_SHORT = tuple(name for name in PROMISES if name != "rss_growth")
SHORT = Form(50_000, 10_000, 2_000, 5.0, 20_000, 0.7, JUDGED_SHORT, steps_back)

console = Console(width=None if sys.stdout.isatty() else 120)


def prepare(events: int, now: datetime) -> None:
    """Write the log, ending shortly before `now` as live traffic does, and its first quarter."""
    write(LOG, events, SEED, recent_start(events, now))
    with LOG.open("rb") as lines, QUARTER.open("wb") as quarter:
        quarter.writelines(islice(lines, events // 4))
    split(LOG, PARTS)


def measure(form: Form, now: datetime) -> Iterator[Rows]:
    """Rows as they are measured."""
    flow = flow_rows(LOG, form.events, form.plain_sample)
    yield flow
    yield quarter_rows(QUARTER, form.events // 4, flow["flow"])
    yield group_rows(PARTS, form.events, flow["flow"])
    yield kafka_rows(LOG, form.events)
    yield stage_rows(LOG)
    yield memory_rows(form.subjects, now)
    yield extreme_rows(now)
    yield latency_rows(form.latency_s, flow["flow"])
    yield idle_rows()
    yield weighing_rows(form.weighed, SEED)
    yield replay_rows(LOG)


def main(
    short: Annotated[bool, typer.Option(help="A quick look: fewer events, judged with slack.")] = False,
    events: Annotated[int | None, typer.Option(min=1_000, help="Length of the log.")] = None,
) -> None:
    """Measure everything; exits with 1 when a promise does not hold, in the short form when a figure is a step back."""
    form = SHORT if short else FULL
    if events:
        form = msgspec.structs.replace(form, events=events)
    now = datetime.fromtimestamp(time.time(), UTC)
    rows = machine_rows()
    with console.status(f"writing a log of {form.events:,} events"):
        prepare(form.events, now)
    with console.status("measuring") as status:
        for measured in measure(form, now):
            rows |= measured
            status.update(f"measuring ({len(rows)} rows so far)")
    finish(rows, form)


def finish(rows: Rows, form: Form) -> None:
    """Print, save and judge."""
    console.print(table(rows), promises(rows))
    save(rows, RESULT)
    console.print(f"written to {RESULT}")
    if found := form.verdict(rows, form.slack, form.judged):
        console.print(*(f"[red]{line}[/red]" for line in found), sep="\n")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
