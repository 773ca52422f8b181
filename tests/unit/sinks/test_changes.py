"""The file of score changes: a line for what is new, whole lines only, and what was said before."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from sinks.changes import Changes
from sinks.changes_file import spare_of
from state.record import Erased, Later, NotThere, Refused, SinkStopped, Written
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
        "cause": "score",
        "corrected_at": None,
    }


def test_the_first_line_after_a_correction_of_identity_says_so(path: Path) -> None:
    corrected = msgspec.structs.replace(ANN, corrected_at=1_781_251_200_000)
    with closing(Changes(path)) as sink:
        sink.write([ANN])
        sink.write([msgspec.structs.replace(corrected, score=10.0)])
    with closing(Changes(path)) as sink:
        sink.write([msgspec.structs.replace(corrected, score=20.0)])
    causes = [msgspec.json.decode(line)["cause"] for line in path.read_bytes().splitlines()]
    assert causes == ["score", "identity_corrected", "score"]


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


def test_a_second_process_may_not_write_the_file(path: Path) -> None:
    with (
        closing(Changes(path)) as sink,
        pytest.raises(SinkStopped, match=r"changes\.jsonl is written by another process: stop that one"),
    ):
        Changes(path)
    sink.close()
    Changes(path).close()


def keys(path: Path) -> list[str]:
    return [msgspec.json.decode(line)["key"] for line in path.read_bytes().splitlines()]


def test_all_lines_about_the_erased_are_gone_and_the_others_are_as_they_were(path: Path) -> None:
    with closing(Changes(path)) as sink:
        sink.write([contact("bob@acme.example", 1.0)])
        before = path.read_bytes()
        sink.write([ANN])
        sink.write([contact(ANN.key, 3.0)])
        assert (sink.erase(["e:ann@acme.example"]), path.read_bytes()) == ([Erased()], before)


def test_only_whole_keys_of_the_same_type_are_erased(path: Path) -> None:
    others = [
        contact("joann@acme.example"),
        contact("ann@acme.example.org"),
        msgspec.structs.replace(ANN, key_type="user"),
        msgspec.structs.replace(contact("bob@acme.example"), reasons=("wrote to ann@acme.example",)),
        account("acme.example"),
    ]
    with closing(Changes(path)) as sink:
        sink.write([*others, ANN])
        sink.erase(["e:ann@acme.example"])
    assert keys(path) == [other.key for other in others]


def test_several_are_erased_at_once_and_each_is_answered(path: Path) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN, account("acme.example"), msgspec.structs.replace(ANN, key="7", key_type="crm")])
        outcomes = sink.erase(["c:7", "u:7", "e:ann@acme.example", "a:anon_1", "d:acme.example"])
    assert (outcomes, keys(path)) == ([Erased(), NotThere(), Erased(), NotThere(), Erased()], [])


def test_what_is_told_after_an_erasure_is_kept(path: Path) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN, contact("bob@acme.example", 1.0)])
        sink.erase(["e:ann@acme.example"])
        sink.write([contact("bob@acme.example", 2.0), ANN])
    assert (keys(path), befores(path)) == (
        ["bob@acme.example", "bob@acme.example", "ann@acme.example"],
        [None, {"score": 1.0, "band": "high"}, None],
    )


def test_the_lock_stays_on_the_file_after_an_erasure(path: Path) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN])
        sink.erase(["e:ann@acme.example"])
        with pytest.raises(SinkStopped, match="another process"):
            Changes(path)


def test_the_file_is_not_rewritten_for_nobody(path: Path) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN])
        before = path.stat().st_ino
        sink.erase(["e:bob@acme.example"])
    assert path.stat().st_ino == before


def test_permissions_stay_as_they_were(path: Path) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN])
        path.chmod(0o640)
        sink.erase(["e:ann@acme.example"])
    assert path.stat().st_mode & 0o7777 == 0o640


def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.jsonl"
    link.symlink_to(path)
    with closing(Changes(link)) as sink:
        sink.write([ANN])
        sink.erase(["e:ann@acme.example"])
    assert (link.is_symlink(), path.read_bytes()) == (True, b"")


def test_an_erasure_is_on_the_disk_before_it_takes_the_file_s_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN, contact("bob@acme.example")])
        synced: list[tuple[bool, int]] = []
        monkeypatch.setattr("os.fsync", lambda _fd: synced.append((spare_of(path).exists(), len(keys(path)))))
        sink.erase(["e:ann@acme.example"])
    assert synced == [(True, 2), (False, 1)]


@pytest.mark.parametrize("call", ["os.fchmod", "os.fsync", "os.replace"])
def test_an_erasure_that_fails_leaves_the_file_and_succeeds_later(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN, contact("bob@acme.example")])
        before = path.read_bytes()
        with monkeypatch.context() as broken:
            broken.setattr(call, full_disk)
            outcomes = sink.erase(["e:ann@acme.example", "e:eve@acme.example"])
        late = Later(5.0, "the changes file cannot be rewritten (No space left on device)")
        assert (outcomes, path.read_bytes(), spare_of(path).exists()) == ([late, NotThere()], before, False)
        assert (sink.erase(["e:ann@acme.example"]), keys(path)) == ([Erased()], ["bob@acme.example"])


def full_disk(*_args: object) -> None:
    raise OSError(28, "No space left on device")


def test_what_a_crash_left_of_an_erasure_is_removed_on_opening(path: Path) -> None:
    spare_of(path).write_bytes(b'{"key": "bob')
    Changes(path).close()
    assert not spare_of(path).exists()


def test_nothing_is_written_through_a_link_in_the_place_of_the_rewritten_file(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    with closing(Changes(path)) as sink:
        sink.write([ANN])
        spare_of(path).symlink_to(other)
        outcomes = sink.erase(["e:ann@acme.example"])
    late = Later(5.0, "the changes file cannot be rewritten (File exists)")
    assert (outcomes, keys(path), other.read_bytes()) == ([late], ["ann@acme.example"], b"precious")


def test_a_write_that_fails_after_an_erasure_leaves_whole_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Changes(path)) as sink:
        sink.write([ANN, contact("bob@acme.example")])
        sink.erase(["e:ann@acme.example"])
        before = path.read_bytes()
        monkeypatch.setattr("os.fsync", full_disk)
        sink.write([contact("bob@acme.example", 1.0)])
    assert path.read_bytes() == before
