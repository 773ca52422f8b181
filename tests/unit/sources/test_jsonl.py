"""Reading a finished log."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.jsonl import Reader
from sources.jsonl_files import find_logs
from sources.log_error import LogChanged, LogError

Open = Callable[..., Reader]
ReadAll = Callable[[Reader], list[bytes]]


def test_lines_come_without_their_newline(log: Path, open_log: Open, read_all: ReadAll) -> None:
    log.write_bytes(b'{"n": 1}\n{"n": 2}\n')
    assert read_all(open_log(log)) == [b'{"n": 1}', b'{"n": 2}']


def test_the_last_line_counts_without_a_newline(log: Path, open_log: Open, read_all: ReadAll) -> None:
    log.write_bytes(b"{}\n[]")
    assert read_all(open_log(log)) == [b"{}", b"[]"]


def test_the_position_after_a_last_line_without_a_newline_is_the_file_s_size(log: Path, open_log: Open) -> None:
    log.write_bytes(b"{}\n[]")
    batch = open_log(log).read()
    assert batch is not None
    assert batch.position == 5


def test_a_last_line_completed_later_is_given_whole_on_resuming(log: Path, open_log: Open, read_all: ReadAll) -> None:
    log.write_bytes(b'{"n": 1}\n{"n": 2')
    reader = open_log(log)
    read_all(reader)
    log.write_bytes(b'{"n": 1}\n{"n": 20}\n{"n": 3}\n')
    assert read_all(open_log(log, reader.position)) == [b'{"n": 20}', b'{"n": 3}']


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_last_line_that_only_lacked_its_newline_is_not_given_again(
    log: Path, open_log: Open, read_all: ReadAll, newline: bytes
) -> None:
    log.write_bytes(b'{"n": 1}\n{"n": 2}')
    reader = open_log(log)
    read_all(reader)
    log.write_bytes(b'{"n": 1}\n{"n": 2}' + newline + b'{"n": 3}\n')
    assert read_all(open_log(log, reader.position)) == [newline[:-1], b'{"n": 3}']


def test_an_overlong_last_line_that_grew_goes_on_where_it_was_left(
    log: Path, open_log: Open, read_all: ReadAll
) -> None:
    log.write_bytes(b"{}\n" + b"x" * 50)
    reader = open_log(log, line_limit=10)
    read_all(reader)
    log.write_bytes(b"{}\n" + b"x" * 50 + b"yz\n")
    assert read_all(open_log(log, reader.position, line_limit=10)) == [b"yz"]


def test_blank_lines_are_kept(log: Path, open_log: Open, read_all: ReadAll) -> None:
    log.write_bytes(b"{}\n\n \n[]\n")
    assert read_all(open_log(log)) == [b"{}", b"", b" ", b"[]"]


def test_a_byte_order_mark_is_no_part_of_the_first_line(log: Path, open_log: Open) -> None:
    log.write_bytes(b"\xef\xbb\xbf{}\n[]\n")
    batch = open_log(log).read()
    assert batch is not None
    assert (batch.lines, batch.starts, batch.offset(1), batch.position) == ([b"{}", b"[]"], 3, 6, 9)


def test_a_byte_order_mark_later_on_is_left_to_the_decoder(log: Path, open_log: Open, read_all: ReadAll) -> None:
    log.write_bytes(b"{}\n\xef\xbb\xbf[]\n")
    assert read_all(open_log(log, 3)) == [b"\xef\xbb\xbf[]"]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_a_log_without_a_line_ends_at_once(log: Path, open_log: Open, content: bytes) -> None:
    log.write_bytes(content)
    reader = open_log(log)
    assert (reader.read(), reader.at_end) == (None, True)


def test_a_carriage_return_stays_so_that_offsets_are_exact(log: Path, open_log: Open) -> None:
    log.write_bytes(b"{}\r\n[]\n\r\n{}\r\n")
    batch = open_log(log).read()
    assert batch is not None
    assert [(line, batch.offset(index)) for index, line in enumerate(batch.lines)] == [
        (b"{}\r", 0),
        (b"[]", 4),
        (b"\r", 7),
        (b"{}\r", 9),
    ]


def test_an_overlong_line_is_cut_and_its_length_known(log: Path, open_log: Open) -> None:
    log.write_bytes(b"{}\n" + b"x" * 5000 + b"\n[]\n")
    batch = open_log(log, line_limit=100).read()
    assert batch is not None
    assert (batch.lines, batch.oversized) == ([b"{}", b"x" * 100, b"[]"], {1: 5000})


def test_offsets_after_an_overlong_line_are_those_of_the_log(log: Path, open_log: Open) -> None:
    log.write_bytes(b"{}\n" + b"x" * 5000 + b"\n[]\n")
    batch = open_log(log, line_limit=100).read()
    assert batch is not None
    assert (batch.offset(2), batch.position) == (5004, 5007)


def test_a_line_of_exactly_the_limit_is_whole(log: Path, open_log: Open) -> None:
    log.write_bytes(b"x" * 100 + b"\n" + b"y" * 101 + b"\n")
    batch = open_log(log, line_limit=100).read()
    assert batch is not None
    assert batch.oversized == {1: 101}


def test_an_overlong_line_does_not_fill_the_memory(log: Path, open_log: Open, read_all: ReadAll) -> None:
    with log.open("wb") as file:
        file.truncate(256 << 20)  # zeros, and no newline
    tracemalloc.start()
    read_all(open_log(log))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_one_call_looks_at_a_bounded_part_of_an_overlong_line(log: Path, open_log: Open) -> None:
    with log.open("wb") as file:
        file.truncate(64 << 20)
    reader = open_log(log)
    assert (reader.read(max_bytes=1 << 20), reader.at_end) == (None, False)


def test_a_batch_has_no_more_bytes_than_asked_for(log: Path, open_log: Open) -> None:
    log.write_bytes(b"1234567\n" * 100)
    batch = open_log(log).read(max_bytes=27)
    assert batch is not None
    assert batch.lines == [b"1234567"] * 3


def test_a_last_line_that_did_not_fit_is_still_to_come(log: Path, open_log: Open) -> None:
    log.write_bytes(b"1234567\n1234567\nunfinished")
    reader = open_log(log)
    reader.read(max_bytes=10)
    batch = reader.read(max_bytes=10)
    assert batch is not None
    assert (batch.lines, batch.position, reader.at_end) == ([b"1234567"], 16, False)


def test_what_is_read_ahead_does_not_pile_up(log: Path, open_log: Open) -> None:
    with log.open("wb") as file:
        for end in range(400_000, 64_000_000, 400_000):
            file.seek(end)
            file.write(b"\n")
    reader = open_log(log)
    tracemalloc.start()
    while not reader.at_end:
        reader.read(max_bytes=1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 << 20


def test_a_line_longer_than_the_bytes_asked_for_comes_alone(log: Path, open_log: Open) -> None:
    log.write_bytes(b"1234567\n" * 100)
    batch = open_log(log).read(max_bytes=3)
    assert batch is not None
    assert batch.lines == [b"1234567"]


def test_a_file_that_vanished_is_named(log: Path) -> None:
    log.write_bytes(b"{}\n")
    (found,) = find_logs(log)
    log.unlink()
    with pytest.raises(LogError) as error:
        Reader(found)
    assert str(error.value) == (
        f"{log} cannot be read (No such file or directory): check that it is there and that you may read it."
    )


def test_a_position_beyond_the_end_is_refused(log: Path, open_log: Open) -> None:
    log.write_bytes(b"{}\n")
    with pytest.raises(LogChanged) as error:
        open_log(log, 4)
    assert str(error.value) == (
        f"{log} has 3 bytes, but was already read up to byte 4: it was cut or replaced. "
        "Put the whole log back, or give the new one another name; an event read twice counts once."
    )


def test_a_log_replaced_since_it_was_listed_is_refused(log: Path) -> None:
    log.write_bytes(b'{"n": 1}\n')
    (found,) = find_logs(log)
    log.write_bytes(b'{"n": 2}\n')
    with pytest.raises(LogChanged, match="begins with another line than when it was listed"):
        Reader(found)


def test_a_disk_that_fails_is_named_after_the_lines_before_it(
    log: Path, open_log: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write_bytes(b"{}\n" * 3)
    reader = open_log(log)
    reader.read(max_lines=1)

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("sources.jsonl_bytes.PlainBytes.read", fail)
    rest = reader.read()
    assert rest is not None
    assert rest.lines == [b"{}", b"{}"]
    with pytest.raises(LogError, match=r"cannot be read \(Input/output error\)"):
        reader.read()


def test_a_reader_at_its_end_has_closed_its_file(log: Path, open_log: Open, read_all: ReadAll) -> None:
    log.write_bytes(b"{}\n")
    reader = open_log(log)
    read_all(reader)
    log.write_bytes(b"{}\n[]\n")
    assert (reader.at_end, reader.read()) == (True, None)
