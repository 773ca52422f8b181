"""The file of score changes: a line for what is new, whole lines only, and what was said before."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from sinks.changes import Changes
from state.record import Refused, SinkStopped, Written
from tests.records import ANN, account, contact


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "changes.jsonl"


def write(path: Path, *scores: float) -> None:
    """Open, tell of Ann's scores one after the other, close."""
    with closing(Changes(path)) as sink:
        for score in scores:
            sink.write([contact("ann@acme.example", score)])


def befores(path: Path) -> list[object]:
    return [msgspec.json.decode(line)["before"] for line in path.read_bytes().splitlines()]


def test_a_line_says_where_the_subject_stands(path: Path) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN])
    assert msgspec.json.decode(path.read_bytes()) == {
        "key": "ann@acme.example",
        "key_type": "email",
        "kind": "contact",
        "score": 72.5,
        "band": "high",
        "reasons": ["viewed pricing twice", "came back within a week"],
        "model": "b2b-saas 3",
        "scored_at": "2026-06-12T08:01:00Z",
        "before": None,
    }


def test_a_line_says_what_the_line_before_said(path: Path) -> None:
    write(path, 10.0, 20.0)
    assert befores(path) == [None, {"score": 10.0, "band": "high"}]


def test_what_was_said_before_is_known_after_a_restart(path: Path) -> None:
    write(path, 10.0, 20.0)
    write(path, 30.0)
    assert befores(path)[-1] == {"score": 20.0, "band": "high"}


def test_an_unchanged_record_adds_no_line_even_when_scored_later(path: Path) -> None:
    write(path, 10.0)
    with closing(Changes(path)) as sink:
        later = msgspec.structs.replace(contact("ann@acme.example", 10.0), scored_at=1_790_000_000_000)
        assert (sink.write([later]), len(befores(path))) == ([Written()], 1)


@pytest.mark.parametrize("change", [{"score": 1.0}, {"band": "low"}, {"reasons": ("another",)}, {"model": "4"}])
def test_whatever_else_changes_adds_a_line(path: Path, change: dict[str, object]) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN])
        sink.write([msgspec.structs.replace(ANN, **change)])
    assert len(befores(path)) == 2


def test_subjects_with_the_same_key_are_told_apart(path: Path) -> None:
    keys = [("contact", "crm"), ("contact", "user"), ("account", "domain")]
    with closing(Changes(path)) as sink:
        sink.write([msgspec.structs.replace(ANN, key="7", kind=kind, key_type=type_) for kind, type_ in keys])
    assert befores(path) == [None, None, None]


def test_a_line_that_a_crash_cut_off_is_removed_on_opening(path: Path) -> None:
    write(path, 10.0)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    write(path, 20.0)
    assert (path.read_bytes().startswith(whole), befores(path)) == (True, [None, {"score": 10.0, "band": "high"}])


def test_a_file_with_nothing_but_a_cut_off_line_is_emptied(path: Path) -> None:
    path.write_bytes(b'{"key": "ann')
    Changes(path).close()
    assert path.read_bytes() == b""


def test_lines_are_on_the_disk_when_write_returns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    with closing(Changes(path)) as sink:
        monkeypatch.setattr("os.fsync", lambda _fd: synced.append(path.stat().st_size))
        sink.write([ANN, account("acme.example")])
    assert synced == [path.stat().st_size]


@pytest.mark.parametrize("line", [b'{"event": "page_viewed"}\n', b"\xff\n", b"[" * 100_000 + b"\n"])
def test_a_file_of_something_else_is_left_as_it_is(path: Path, line: bytes) -> None:
    path.write_bytes(line + b"torn")
    with pytest.raises(SinkStopped, match=r"changes\.jsonl line 1 is no score change: name another file"):
        Changes(path)
    assert path.read_bytes() == line + b"torn"


def test_a_file_that_cannot_be_opened_stops_the_sink(tmp_path: Path) -> None:
    with pytest.raises(SinkStopped, match=r"cannot be opened \(Is a directory\): name another file"):
        Changes(tmp_path)


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_refused(path: Path, score: float) -> None:
    with closing(Changes(path)) as sink:
        outcomes = sink.write([contact("ann@acme.example", score), ANN])
    assert (outcomes, len(befores(path))) == ([Refused("the score is not a number"), Written()], 1)
