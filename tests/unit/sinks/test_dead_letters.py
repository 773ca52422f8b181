"""Dead letters: the original bytes, where they lay, why, and once."""

import base64
import json
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from sinks.dead_letters import DeadLetters, DeadLetterSink
from sinks.jsonl_file import FileUnusable
from state.event import DeadLetter

TORN = DeadLetter("a.jsonl#1", 10, "malformed", "Input data was truncated", b'{"event": "pri')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dead-letters.jsonl"


def write(path: Path, *letters: DeadLetter) -> None:
    """Open, write, close."""
    with closing(DeadLetters(path)) as sink:
        sink.write_batch(letters)


def written(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_letter_says_where_and_why_and_what(path: Path) -> None:
    write(path, TORN)
    assert written(path) == [
        {
            "partition": "a.jsonl#1",
            "position": 10,
            "reason": "malformed",
            "detail": "Input data was truncated",
            "original": '{"event": "pri',
        }
    ]


@pytest.mark.parametrize("original", [b"\xff\xfe", b"caf\xe9", b"\xed\xa0\x80"])
def test_what_is_no_utf8_is_kept_byte_for_byte(original: bytes, path: Path) -> None:
    write(path, DeadLetter("a", 0, "not_utf8", "", original))
    assert base64.b64decode(str(written(path)[0]["original_base64"])) == original


@pytest.mark.parametrize("original", [b"", b"\x00", b'"\\\n', "café ☃ 💥".encode()])
def test_what_is_utf8_is_kept_as_text(original: bytes, path: Path) -> None:
    write(path, DeadLetter("a", 0, "malformed", "", original))
    assert str(written(path)[0]["original"]).encode() == original


def test_the_same_place_twice_is_one_letter(path: Path) -> None:
    write(path, TORN, TORN)
    assert len(written(path)) == 1


def test_a_replay_after_a_restart_adds_no_letter(path: Path) -> None:
    write(path, TORN)
    write(path, TORN)
    assert len(written(path)) == 1


def test_another_place_is_another_letter(path: Path) -> None:
    elsewhere, later = msgspec.structs.replace(TORN, partition="b.jsonl#1"), msgspec.structs.replace(TORN, position=11)
    write(path, TORN, elsewhere, later)
    assert len(written(path)) == 3


def test_a_letter_that_was_cut_off_is_written_again(path: Path) -> None:
    write(path, TORN)
    path.write_bytes(path.read_bytes()[:-5])
    write(path, TORN)
    assert [letter["original"] for letter in written(path)] == [TORN.original.decode()]


def test_a_file_of_something_else_is_refused(path: Path) -> None:
    path.write_bytes(b'{"event": "pricing_viewed"}\n')
    with pytest.raises(FileUnusable, match="line 1 is no dead letter"):
        DeadLetters(path)


def test_there_is_a_file_although_nothing_is_dead(path: Path) -> None:
    write(path)
    assert path.read_bytes() == b""


def test_each_worker_has_a_file_of_its_own(tmp_path: Path) -> None:
    for worker in range(2):
        DeadLetterSink(tmp_path).build("dead", worker, 2).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dead-letters-1.jsonl", "dead-letters.jsonl"]
