"""A flow's own process: what it says, and how it ends, when something goes wrong."""

import io
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from config.loading import ModelError
from config.settings import Settings, to_json
from flows import child
from sinks.jsonl_file import FileUnusable
from sources.log_error import LogError
from state.codec import UnknownVersion
from state.record import SinkStopped
from state.store import Fenced, Held, Maintenance, Replaced, StoreUnavailable

Said = tuple[int, str]


class NoStore:
    """Nothing is kept; says what was given back."""

    left: ClassVar[list[str]] = []

    def close(self) -> None:
        self.left.append("namespace")

    def release(self, role: str) -> None:
        self.left.append(role)


@contextmanager
def no_store(settings: Settings) -> Iterator[NoStore]:
    NoStore.left.clear()
    yield NoStore()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def settings(data: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings on standard input, for a flow that a test makes fail; no store is connected to."""
    known = Settings(data=data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(to_json(known))))
    monkeypatch.setattr(sys, "argv", ["child", "score"])
    monkeypatch.setattr(child, "connection", no_store)
    return known


def ended(error: Exception | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """The exit code, and what was said, of a flow that raises."""

    def flow(settings: Settings, store: object) -> None:
        if error is not None:
            raise error

    monkeypatch.setitem(child.FLOWS, "score", lambda: flow)
    return child.main(), capsys.readouterr().err


def test_a_flow_that_is_done_says_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(None, monkeypatch, capsys) == (0, "")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LogError("the log was cut"), 2),
        (ModelError(Path("m.toml"), ["no"]), 2),
        (FileUnusable("no room"), 2),
        (Fenced("taken over"), 2),
        (Replaced("an empty one"), 2),
        (Held("another flow", elsewhere=False), 2),
        (SinkStopped("the token"), 2),
        (UnknownVersion("of tomorrow"), 2),
        (StoreUnavailable("no Redis"), 69),
        (BrokenPipeError(), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_trouble_is_one_line_and_a_code(
    error: Exception,
    code: int,
    settings: Settings,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found, said = ended(error, monkeypatch, capsys)
    text = str(error) or "the command that started this flow is gone"
    assert (found, said, data.exists()) == (code, f"leadstream: {text}\n", False)


def test_a_flow_that_is_asked_to_let_go_gives_back_what_it_holds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ended(Maintenance("somebody is at work"), monkeypatch, capsys)
    assert (said, NoStore.left) == ((75, "leadstream: somebody is at work\n"), ["namespace", "deliver"])


def test_a_crash_is_one_line_without_its_words_and_the_traceback_is_kept(
    settings: Settings, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = ended(KeyError("e:ann@acme.com"), monkeypatch, capsys)
    kept = (data / "crashes.log").read_text()
    assert (code, said.count("\n"), "KeyError in flows/test_child.py line " in said, "ann" in said) == (
        70,
        1,
        True,
        False,
    )
    assert ("Traceback" in kept, f"{data / 'crashes.log'} has the traceback" in said) == (True, True)


def test_crashes_are_kept_one_behind_the_other_for_the_owner_alone(
    settings: Settings, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended(ValueError("one"), monkeypatch, capsys)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(to_json(settings))))
    ended(ValueError("two"), monkeypatch, capsys)
    log = data / "crashes.log"
    assert (log.read_text().count("\n--- ") + 1, stat.S_IMODE(log.stat().st_mode)) == (2, 0o600)


def test_a_crash_is_said_although_it_cannot_be_kept(
    settings: Settings, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data.touch()
    code, said = ended(ValueError("x"), monkeypatch, capsys)
    assert (code, said.count("\n"), "cannot take the traceback" in said) == (70, 1, True)
