"""Which files are logs, and what their partitions are called."""

import gzip
import os
from pathlib import Path

import pytest
import zstandard

from sources.jsonl_files import LogFile, find_logs
from sources.log_error import LogBroken, LogError


def write(path: Path, content: bytes = b"{}\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(path: Path, *, follow: bool = False) -> list[str]:
    return [log.name for log in find_logs(path, follow=follow)]


def refusal(path: Path) -> str:
    with pytest.raises(LogError) as error:
        find_logs(path)
    return str(error.value)


def test_a_folder_gives_its_logs_and_those_below_sorted_by_name(tmp_path: Path) -> None:
    for name in ("b.jsonl", "2026/june.ndjson", "a.json", "2026/07/july.jsonl", "a/z.jsonl"):
        write(tmp_path / name)
    assert names(tmp_path) == ["2026/07/july.jsonl", "2026/june.ndjson", "a.json", "a/z.jsonl", "b.jsonl"]


def test_a_file_that_was_named_counts_whatever_its_ending(tmp_path: Path) -> None:
    assert names(write(tmp_path / "events.log")) == ["events.log"]


def test_a_partition_has_the_same_name_wherever_the_folder_lies(tmp_path: Path) -> None:
    for folder in ("here", "there"):
        write(tmp_path / folder / "a.jsonl", b'{"n": 1}\n')
    (here,), (there,) = find_logs(tmp_path / "here"), find_logs(tmp_path / "there")
    assert here.partition == there.partition


def test_a_partition_keeps_its_name_when_its_log_grows(tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", b'{"n": 1}\n')
    (before,) = find_logs(log)
    write(log, b'{"n": 1}\n{"n": 2}\n' + b" " * 5000)
    assert find_logs(log) == [before]


def test_a_log_replaced_under_the_same_name_is_another_partition(tmp_path: Path) -> None:
    log = write(tmp_path / "a.jsonl", b'{"n": 1}\n')
    (before,) = find_logs(log)
    write(log, b'{"n": 2}\n')
    (after,) = find_logs(log)
    assert (after.name, after.head == before.head) == (before.name, False)


@pytest.mark.parametrize(("name", "pack"), [("a.jsonl.gz", gzip.compress), ("a.jsonl.zst", zstandard.compress)])
def test_the_first_line_of_a_compressed_log_is_that_of_its_text(tmp_path: Path, name: str, pack) -> None:  # type: ignore[no-untyped-def]  # both packers take bytes and more
    (plain,) = find_logs(write(tmp_path / "plain.jsonl", b'{"n": 1}\n{"n": 2}\n'))
    (packed,) = find_logs(write(tmp_path / name, pack(b'{"n": 1}\n{"n": 3}\n')))
    assert packed.head == plain.head


def test_a_followed_log_is_left_until_its_first_line_is_complete(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", b'{"n": 1}')
    write(tmp_path / "b.jsonl", b'{"n": 1}\n')
    assert names(tmp_path, follow=True) == ["b.jsonl"]


def test_a_followed_log_with_a_very_long_first_line_is_not_left(tmp_path: Path) -> None:
    assert names(write(tmp_path / "a.jsonl", b"x" * 2000), follow=True) == ["a.jsonl"]


def test_a_followed_folder_may_lose_a_log_while_it_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl")
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "gone")
    assert names(tmp_path, follow=True) == ["b.jsonl"]


def test_hidden_files_and_folders_are_no_logs(tmp_path: Path) -> None:
    for name in ("a.jsonl", "._a.jsonl", ".trash/b.jsonl"):
        write(tmp_path / name)
    assert names(tmp_path) == ["a.jsonl"]


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "events.jsonl"
    assert refusal(missing) == (
        f"{missing} cannot be read (No such file or directory): check that it is there and that you may read it."
    )


def test_a_folder_without_logs_says_which_endings_count(tmp_path: Path) -> None:
    write(tmp_path / "events.csv")
    assert refusal(tmp_path) == (
        f"{tmp_path} holds no logs: a log ends in .jsonl, .ndjson or .json, each also with .gz or .zst. "
        "Rename the files, or name one of them instead of the folder."
    )


def test_a_link_to_nothing_in_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "gone")
    assert refusal(tmp_path).startswith(f"{tmp_path / 'a.jsonl'} cannot be read (")


def test_a_pipe_is_no_log_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")
    assert refusal(tmp_path) == (
        f"{tmp_path / 'a.jsonl'} is not a regular file: write the events to a file first, and name that."
    )


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", deny)  # root may list everything
    assert refusal(tmp_path) == (
        f"{tmp_path} cannot be read (Permission denied): check that it is there and that you may read it."
    )


def test_too_many_open_files_has_a_remedy_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    log = write(tmp_path / "a.jsonl")
    monkeypatch.setattr(Path, "open", full)
    assert refusal(log) == (
        f"{log} cannot be read (Too many open files): "
        "raise the limit on open files (ulimit -n), or name fewer logs at once."
    )


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_log_that_is_not_compressed_as_its_ending_says_is_refused(tmp_path: Path, ending: str) -> None:
    log = write(tmp_path / f"a.jsonl.{ending}", b'{"event": "pricing_viewed"}\n')
    with pytest.raises(LogBroken, match="is damaged after 0 bytes of its text"):
        find_logs(log)


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.jsonl.gz", "empty.jsonl.zst"])
def test_an_empty_file_is_a_log(tmp_path: Path, name: str) -> None:
    log = write(tmp_path / name, b"")
    assert find_logs(log) == [LogFile(log, name, "00000000")]
