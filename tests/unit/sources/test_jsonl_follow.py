"""Following a log that grows, is rotated, deleted or cut."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.jsonl import Reader
from sources.jsonl_files import find_logs
from sources.log_error import LogChanged

Open = Callable[..., Reader]


@pytest.fixture
def reader(log: Path, open_log: Open) -> Reader:
    """One that has read the first line."""
    log.write_bytes(b'{"n": 1}\n')
    reader = open_log(log, follow=True)
    reader.read()
    return reader


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def read_now(reader: Reader) -> list[bytes]:
    batch = reader.read()
    return batch.lines if batch else []


def rotated(log: Path) -> Path:
    return log.rename(log.with_name("events-1.jsonl"))


def test_appended_lines_are_read(log: Path, reader: Reader) -> None:
    append(log, b'{"n": 2}\n')
    assert read_now(reader) == [b'{"n": 2}']


def test_a_line_without_its_newline_is_left_for_the_next_read(log: Path, reader: Reader) -> None:
    append(log, b'{"n": 2}\n{"n"')
    assert (read_now(reader), read_now(reader), reader.position) == ([b'{"n": 2}'], [], 18)
    append(log, b": 3}\n")
    assert read_now(reader) == [b'{"n": 3}']


def test_a_followed_log_is_never_at_its_end(reader: Reader) -> None:
    assert [(reader.read(), reader.at_end) for _ in range(3)] == [(None, False)] * 3


def test_a_log_renamed_is_waited_for_while_no_new_one_is_written(log: Path, reader: Reader) -> None:
    append(rotated(log), b'{"n": 2}\n')
    log.touch()
    assert (read_now(reader), read_now(reader), read_now(reader)) == ([b'{"n": 2}'], [], [])
    assert not reader.at_end


def test_a_log_renamed_is_read_to_its_end_once_a_new_one_is_written(log: Path, reader: Reader) -> None:
    old = rotated(log)
    append(log, b'{"n": 3}\n')
    assert read_now(reader) == []
    append(old, b'{"n": 2}')
    assert (read_now(reader), reader.at_end) == ([b'{"n": 2}'], True)


def test_the_new_log_is_a_partition_of_its_own(log: Path, reader: Reader) -> None:
    before = [found.partition for found in find_logs(log)]
    rotated(log)
    append(log, b'{"n": 3}\n')
    after = [found.partition for found in find_logs(log.parent, follow=True) if found.name == log.name]
    assert (len(after), after != before) == (1, True)


def test_a_log_deleted_is_read_to_its_end(log: Path, reader: Reader) -> None:
    append(log, b'{"n": 2}\n')
    log.unlink()
    assert (read_now(reader), read_now(reader), reader.at_end) == ([b'{"n": 2}'], [], True)


def test_a_log_cut_in_place_is_refused_by_name_and_position(log: Path, reader: Reader) -> None:
    log.write_bytes(b"")
    with pytest.raises(LogChanged) as error:
        reader.read()
    assert str(error.value) == (
        f"{log} was cut or written anew while it was followed at byte 9: the lines just before may be gone. "
        "Start again to read the new log; rotate by renaming instead (logrotate: no copytruncate)."
    )


def test_a_log_cut_and_written_past_our_position_is_refused(log: Path, reader: Reader) -> None:
    log.write_bytes(b'{"n": 7}\n{"n": 8}\n{"n": 9}\n')
    with pytest.raises(LogChanged):
        reader.read()


def test_a_log_cut_behind_its_beginning_is_refused(log: Path, open_log: Open) -> None:
    log.write_bytes(b"x" * 99 + b"\n" + b"y" * 4899 + b"\n")
    reader = open_log(log, follow=True)
    reader.read()
    with log.open("r+b") as file:
        file.truncate(2000)
    with pytest.raises(LogChanged):
        reader.read()


def test_a_log_cut_gives_the_lines_before_and_then_the_error(log: Path, open_log: Open) -> None:
    log.write_bytes(b'{"n": 1}\n{"n": 2}\n')
    reader = open_log(log, follow=True)
    reader.read(max_lines=1)
    log.write_bytes(b"")
    assert (read_now(reader), reader.at_end) == ([b'{"n": 2}'], False)
    with pytest.raises(LogChanged):
        reader.read()


def test_a_byte_order_mark_that_comes_in_parts_is_no_part_of_the_line(log: Path, open_log: Open) -> None:
    log.write_bytes(b"\xef\xbb\xbf" + b"x" * 2000)
    reader = open_log(log, follow=True)
    assert read_now(reader) == []
    append(log, b"\n")
    assert read_now(reader) == [b"x" * 2000]


def test_a_restart_goes_on_where_the_last_batch_ended(log: Path, reader: Reader, open_log: Open) -> None:
    append(log, b'{"n": 2}\n{"n"')
    read_now(reader)
    append(log, b": 3}\n")
    assert read_now(open_log(log, reader.position, follow=True)) == [b'{"n": 3}']
