"""`leadstream run`: everything in one go, a summary at the end, and nothing left behind."""

import re
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.commands import Ended, Running, running
from tests.events import event, write_log
from tests.waiting import wait_for

DAYS = ("10", "11", "12")


def log_of(folder: Path) -> Path:
    """Three days of two people."""
    lines = [
        event(name, clock, anonymousId=f"a-{email}", email=email).replace(b"2025-06-12", f"2025-06-{day}".encode())
        for day in DAYS
        for clock, name, email in (
            ("08:00:00", "pricing_viewed", "ann@acme.example"),
            ("09:00:00", "security_viewed", "bob@globex.example"),
        )
    ]
    return write_log(folder / "events.jsonl", lines)


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[Running]:
    """The demo on a free port, with all its temporary folders in one of ours."""
    (folder / "tmp").mkdir()
    arguments = ("run", str(log_of(folder)), "--speed", "2", "--port", "0", *options)
    with running(folder, *arguments, env={"TMPDIR": str(folder / "tmp"), "COLUMNS": "120"}) as started:
        yield started


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A short path: a server's socket lies below it."""
    with tempfile.TemporaryDirectory(prefix="ls-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def played(folder: Path) -> tuple[Ended, str]:
    """A demo that was played to its end, and left with Ctrl-C; and the page that stayed up until then."""
    with demo(folder) as started:
        out = folder / "run.out"
        wait_for(lambda: "The pages stay up" in out.read_text())
        url = re.findall(r"http://127\.0\.0\.1:\d+", out.read_text())[0]
        page = httpx.get(url, follow_redirects=True).text
        return started.end(signal.SIGINT), page


@pytest.fixture(scope="module")
def ended(played: tuple[Ended, str]) -> Ended:
    return played[0]


def test_the_pages_stay_up(played: tuple[Ended, str]) -> None:
    assert "viewed pricing" in played[1]


def test_it_ends_well_and_silently(ended: Ended) -> None:
    assert (ended.code, ended.err) == (0, "")


def test_it_says_where_the_crm_is(ended: Ended) -> None:
    assert re.search(r"The CRM is at http://127\.0\.0\.1:\d+: ", ended.out)


def test_the_summary_names_everybody_with_the_reasons(ended: Ended) -> None:
    wanted = ["ann@acme.example", "bob@globex.example", "acme.example", "globex.example", "viewed pricing three times"]
    assert [text for text in wanted if text not in ended.out.replace("3 times", "three times")] == []


def test_the_summary_counts_every_event(ended: Ended) -> None:
    assert "received 6 = used 6 + ignored 0 + dead 0" in ended.out


def test_the_summary_counts_the_bands_from_low_to_high(ended: Ended) -> None:
    header = next(line.split() for line in ended.out.splitlines() if "low" in line.split())
    assert header == [band for band in ("low", "medium", "high") if band in header]


def test_everything_was_written(ended: Ended) -> None:
    """Two people and two accounts, once or on each of the days."""
    last = re.findall(r"(\d+) records written to the CRM, (\d+) waiting", ended.out)[-1]
    assert (int(last[0]) in range(4, 13), last[1]) == (True, "0"), ended.out


def test_it_leaves_nothing_behind(ended: Ended, folder: Path) -> None:
    assert list((folder / "tmp").iterdir()) == []


def test_ended_in_the_middle_it_leaves_nothing_behind() -> None:
    with tempfile.TemporaryDirectory(prefix="ls-") as made, demo(Path(made), "--exit") as started:
        out = Path(made) / "run.out"
        wait_for(lambda: "The CRM is at" in out.read_text())
        started.end(signal.SIGTERM)
        assert list((Path(made) / "tmp").iterdir()) == []


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        with running(tmp_path, "run", str(log_of(tmp_path)), "--port", port, env={}) as started:
            ended = started.ended()
    assert (ended.code, f"port {port}" in ended.err, "Traceback" in ended.err) == (2, True, False)


def test_without_the_sample_it_says_where_that_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with running(tmp_path, "run", env={}) as started:
        ended = started.ended()
    remedy = "go to the folder of the repository, or name a log (leadstream run LOG)"
    assert (ended.code, ended.err) == (2, f"leadstream: sample/events.jsonl.zst is not here: {remedy}\n")
