"""Statements go into the event log, whole, and nowhere else."""

from pathlib import Path

import msgspec
import pytest

from flows.exits import Problem
from flows.statement_log import Statement, require_read, statement, write
from operators.statements import FILE, RETRACT
from sources.jsonl_files import find_logs

BOT = statement(RETRACT, 1_780_000_000_000, "visitor:bot_1")


def read(path: Path) -> list[Statement]:
    return [msgspec.json.decode(line, type=Statement) for line in path.read_bytes().splitlines()]


def test_a_folder_of_logs_gets_a_file_for_them(tmp_path: Path) -> None:
    write(tmp_path, [BOT], trusted=False)
    write(tmp_path, [BOT], trusted=False)
    assert read(tmp_path / FILE) == [BOT, BOT]


def test_a_log_that_is_one_file_gets_them_at_its_end(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_bytes(b'{"event": "signed_in"}\n')
    write(log, [BOT], trusted=True)
    assert log.read_bytes().splitlines()[1] == msgspec.json.encode(BOT)


def test_a_log_that_the_flow_would_not_believe_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_bytes(b"{}\n")
    with pytest.raises(Problem, match=rf"believes no events\.jsonl .*only {FILE}.*--trust-statements"):
        write(log, [BOT], trusted=False)
    assert log.read_bytes() == b"{}\n"


def test_a_file_of_our_own_needs_no_trust(tmp_path: Path) -> None:
    log = tmp_path / FILE
    log.touch()
    write(log, [BOT], trusted=False)
    assert read(log) == [BOT]


def test_a_line_that_somebody_is_writing_is_not_torn(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    log.write_bytes(b'{"event": "sign')
    with pytest.raises(Problem, match="ends in the middle of a line"):
        write(log, [BOT], trusted=True)
    assert log.read_bytes() == b'{"event": "sign'


@pytest.mark.parametrize("name", ["events.jsonl.zst", "nowhere.jsonl"])
def test_a_log_that_cannot_take_lines_is_refused(tmp_path: Path, name: str) -> None:
    if name.endswith("zst"):
        (tmp_path / name).write_bytes(b"(compressed)")
    with pytest.raises(Problem, match="give --log a folder"):
        write(tmp_path / name, [BOT], trusted=True)


def test_a_log_that_the_flow_reads_some_of_is_its_log(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"{}\n")
    (tmp_path / FILE).write_bytes(b"{}\n")
    require_read(tmp_path, {one.partition for one in find_logs(tmp_path / "events.jsonl")})


def test_a_log_that_the_flow_never_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_bytes(b"{}\n")
    with pytest.raises(Problem, match="has read nothing of"):
        require_read(tmp_path, {"events.jsonl#5f3c0a91"})


def test_two_statements_never_have_the_same_message_id() -> None:
    assert statement(RETRACT, 0, "visitor:bot_1").message_id != statement(RETRACT, 0, "visitor:bot_1").message_id
