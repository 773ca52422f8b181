"""Progress on standard error, for people."""

import time
from io import StringIO

import msgspec
import pytest

from flows.delivery_run import Delivered
from flows.notices import VOICE
from flows.progress import Progress, sentence
from flows.scoring_run import Report

REPORT = Report(5_000, 4_900, 60, 40, "2025-06-12T12:00:00Z", 2.0)
DONE = msgspec.structs.replace(REPORT, done=True)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def line(report: object) -> bytes:
    return msgspec.json.encode(report) + b"\n"


def test_a_score_report_as_a_sentence() -> None:
    assert sentence(REPORT) == (
        "received 5,000 = used 4,900 + ignored 60 + dead 40; 2,500 events/s; scored as of 2025-06-12T12:00:00Z"
    )


def test_whom_the_limits_on_identity_refused_is_told() -> None:
    refusing = msgspec.structs.replace(REPORT, shared_devices=3, refused_visitors=1_200)
    assert "dead 40; 3 shared devices, 1,200 visitors past an id's limit; 2,500" in sentence(refusing)


def test_no_time_is_no_rate() -> None:
    assert "; 0 events/s;" in sentence(msgspec.structs.replace(REPORT, seconds=0.0))


def test_a_delivery_as_a_sentence() -> None:
    assert sentence(Delivered(1, 2, 3, 4, 0)) == "written 1, refused 2, skipped 3, unchanged 4, waiting 0"


def test_a_delivery_that_waits_says_why() -> None:
    assert sentence(Delivered(0, 0, 0, 0, 9, "the limit is used up")).endswith(
        "waiting 9, paused: the limit is used up"
    )


def test_on_a_terminal_one_line_is_rewritten() -> None:
    out = Terminal()
    shown = Progress(Report, out)
    shown.report(line(REPORT))
    shown.report(line(DONE))
    shown.close()
    assert out.getvalue() == f"\r\x1b[K{sentence(REPORT)}\r\x1b[K{sentence(DONE)}\n"


def test_elsewhere_a_line_comes_every_few_seconds_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    out = StringIO()
    shown = Progress(Report, out)
    for clock[0] in (1.0, 5.0, 6.0):
        shown.report(line(REPORT))
    shown.report(line(DONE))
    assert out.getvalue().splitlines() == [sentence(REPORT), sentence(DONE)]


def test_machines_are_shown_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VOICE, "form", "json")
    out = Terminal()
    shown = Progress(Report, out)
    shown.report(line(DONE))
    shown.close()
    assert (out.getvalue(), shown.last) == ("", DONE)


def test_the_last_report_is_kept() -> None:
    shown = Progress(Delivered, StringIO())
    shown.report(line(Delivered(1, 0, 0, 0, 0, done=True)))
    assert shown.last == Delivered(1, 0, 0, 0, 0, done=True)
