"""What people see of a score: every text from outside as it is, whatever it holds."""

import re
from io import StringIO

import msgspec
import pytest
from rich.console import Console

from flows.reading import Reading
from flows.show_json import RawEvent, Receipt, listed, shown
from flows.show_text import print_receipt, print_top
from tests.events import event
from tests.unit.flows.conftest import NOON, Happen

NASTY = "[/bold]x\x1b[2J\\"
HARMLESS = "[/bold]x\ufffd[2J\\"


def text(receipt: Receipt, *events: RawEvent, terminal: bool = False) -> str:
    out = StringIO()
    print_receipt(Console(file=out, width=200, force_terminal=terminal), receipt, events)
    return out.getvalue()


@pytest.fixture
def receipt(happen: Happen, reading: Reading) -> Receipt:
    happen(*(event("pricing_viewed", f"08:{minute:02}:00", email="ann@acme.com") for minute in range(5)))
    subject = reading.subject("e:ann@acme.com")
    assert subject is not None
    return shown(subject, reading.score(subject, NOON), NOON)


def test_a_receipt_ends_in_the_score(receipt: Receipt) -> None:
    assert re.search(r"\+50\.0 +pricing +viewed pricing.*\n +50\.0 +score", text(receipt))


def test_of_many_touches_the_latest_are_named(receipt: Receipt) -> None:
    assert "2025-06-12 08:04, 2025-06-12 08:03, 2025-06-12 08:02 and 2 more" in text(receipt)


def test_names_from_outside_are_shown_as_they_are(receipt: Receipt) -> None:
    sources = [msgspec.structs.replace(receipt.sources[0], id=NASTY)]
    raw = RawEvent("2025-06-12T08:00:00Z", NASTY, NASTY, (NASTY,), "")
    said = text(msgspec.structs.replace(receipt, key=NASTY, band=NASTY, reasons=(NASTY,), sources=sources), raw)
    assert (said.count(HARMLESS), "\x1b" in said) == (9, False)


def test_a_call_list_shows_names_as_they_are(happen: Happen, reading: Reading) -> None:
    happen(event("pricing_viewed", "08:00:00", userId=NASTY))
    out = StringIO()
    entries = [listed(subject, reading.score(subject, NOON)) for subject in reading.subjects("contact")]
    print_top(Console(file=out, width=200), entries, accounts=False)
    assert (HARMLESS in out.getvalue(), "\x1b" in out.getvalue()) == (True, False)
