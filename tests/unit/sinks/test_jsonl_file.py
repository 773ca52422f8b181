"""A file of whole lines, whatever happened to it."""

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sinks.jsonl_file import FileUnusable, JsonlFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "lines.jsonl"


def append(path: Path, *lines: bytes) -> None:
    """Open, write, close."""
    with closing(JsonlFile(path)) as file:
        file.append(lines)


def test_lines_are_written_behind_what_is_there(path: Path) -> None:
    append(path, b"1", b"2")
    append(path, b"3")
    assert path.read_bytes() == b"1\n2\n3\n"


def test_nothing_to_write_writes_nothing(path: Path) -> None:
    append(path)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("torn", [b"tor", b"t" * 200_000])
def test_a_line_that_was_cut_off_is_taken_away(torn: bytes, path: Path) -> None:
    append(path, b"1")
    path.write_bytes(path.read_bytes() + torn)
    append(path, b"2")
    assert path.read_bytes() == b"1\n2\n"


def test_a_file_of_nothing_but_a_torn_line_begins_anew(path: Path) -> None:
    append(path)
    path.write_bytes(b"torn" * 50_000)
    append(path, b"1")
    assert path.read_bytes() == b"1\n"


def test_only_the_owner_may_read_it(path: Path) -> None:
    append(path, b"1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_lines_are_on_the_disk_when_append_returns(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    with closing(JsonlFile(path)) as file:
        monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
        file.append([b"1"])
    assert synced == [2]


def test_a_place_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileUnusable, match=r"file/lines\.jsonl cannot be written \(.*--data"):
        JsonlFile(tmp_path / "file" / "lines.jsonl")


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_named_and_leaves_whole_lines(path: Path) -> None:
    with closing(JsonlFile(path)) as file, files_up_to(15), pytest.raises(FileUnusable, match="cannot be written"):
        file.append([b"1234", b"5678", b"9012", b"3456"])
    append(path, b"end")
    assert path.read_bytes() == b"1234\n5678\n9012\nend\n"
