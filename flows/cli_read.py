"""`leadstream show` and `leadstream top`: reading what the flow has made."""

import heapq
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from config.model import Scorecard
from config.settings import Settings
from flows import options
from flows.command import takes
from flows.correct import written
from flows.discounted import discounted
from flows.exits import Problem
from flows.find import find
from flows.models import InUse, announce_passed_over, in_use, model_of
from flows.quiet import Activity, quiet_hint
from flows.raw_events import raw_events
from flows.reading import Reading
from flows.retracted import retracted_of
from flows.show_json import Listed, listed, shown
from flows.show_text import print_receipt, print_top
from flows.stores import open_store
from flows.whose import spans_of
from state.clock import wall_clock
from state.moment import milliseconds
from state.store import Store
from state.subject import Subject

PROGRESS_EVERY = 20_000
END_OF_TIME = 1 << 44
"""The year 2527, in ms: no touch can be later."""


@takes(options.MODEL, options.STATE)
def show(
    key: Annotated[str, typer.Argument(help="E-mail, company domain, CRM id, user id or anonymous id.")],
    at: options.At = "",
    log: Annotated[
        Path | None, typer.Option(help="The event log: adds this subject's raw events.", show_default=False)
    ] = None,
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """A contact or an account: its score, and the receipt for it, line by line.

    Examples: `leadstream show ann@acme.com`, `leadstream show acme.com --at 2026-06-01`,
    `leadstream show user:42 --json`, `leadstream show ann@acme.com --log events.jsonl`
    """
    moment = _moment(at)
    model_of(settings)
    with open_store(settings) as store:
        used = _used(settings, store)
        reading = Reading(store, used.model, used.scoring)
        subject = find(reading, key)
        now = _now(store) if moment is None else moment
        gone = sorted(written(source.id) for source in retracted_of(reading, subject.id))
        receipt = msgspec.structs.replace(shown(subject, reading.score(subject, now), now), retracted=gone)
        spans = spans_of(reading, subject) if log else {}
        without = discounted(reading, subject, spans)
    events = raw_events(log, used.model, spans, without) if log else []
    if json:
        _print_json(receipt if log is None else msgspec.structs.replace(receipt, events=events))
    else:
        print_receipt(Console(), receipt, events)


@takes(options.MODEL, options.STATE)
def top(  # noqa: PLR0913  typer takes a command's options as parameters
    accounts: Annotated[bool, typer.Option("--accounts", help="Companies instead of people.")] = False,
    band: Annotated[str, typer.Option(help="Only this band.", show_default=False)] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    at: options.At = "",
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """The call list: who is hottest now, with the reasons.

    Examples: `leadstream top`, `leadstream top --accounts --band high --json`
    """
    moment = _moment(at)
    model_of(settings)
    with open_store(settings) as store:
        used = _used(settings, store)
        _require_band(band, used.model.account if accounts else used.model.contact)
        reading = Reading(store, used.model, used.scoring)
        activity, now = Activity(), _now(store) if moment is None else moment
        subjects = activity.watch(reading.subjects("account" if accounts else "contact"))
        entries = _entries(reading, subjects, now)
        wanted = (entry for entry in entries if entry.band == (band or entry.band))
        found = heapq.nsmallest(limit, wanted, key=lambda entry: (-entry.score, entry.key))
    if json:
        _print_json(found)
    else:
        print_top(Console(), found, accounts=accounts)
        if moment is None and (hint := quiet_hint(activity.latest, now)):
            print(f"leadstream: {hint}", file=sys.stderr)


def _used(settings: Settings, store: Store) -> InUse:
    used = in_use(settings, store)
    announce_passed_over(used)
    return used


def _require_band(band: str, card: Scorecard) -> None:
    bands = [one.name for one in card.bands]
    if band and band not in bands:
        raise Problem(f"--band {band}: this model's bands are {', '.join(bands)}")


def _entries(reading: Reading, subjects: Iterable[Subject], now: int) -> Iterator[Listed]:
    """Everybody; who has become somebody else, and left nothing behind, is nobody."""
    for number, subject in enumerate(subjects, 1):
        if subject.sources:
            yield listed(subject, reading.score(subject, now))
        if number % PROGRESS_EVERY == 0:
            print(f"evaluated {number:,} …", file=sys.stderr)


def _moment(text: str) -> int | None:
    if not text:
        return None
    with suppress(ValueError, OverflowError):
        at = milliseconds(text)
        if 0 <= at < END_OF_TIME:
            return at
    raise Problem(f"--at {text}: give a time in ISO 8601, such as 2026-06-12T08:00:00Z")


def _now(store: Store) -> int:
    """The time-lapse's time if there is one, else the wall clock's."""
    return store.clock() or wall_clock()


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
