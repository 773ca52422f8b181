"""Reading compressed logs, whole and broken."""

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from sources.jsonl import Reader
from sources.log_error import LogBroken, LogChanged

Open = Callable[..., Reader]
ReadAll = Callable[[Reader], list[bytes]]

TEXT = b"".join(b'{"n": %d}\n' % n for n in range(20_000))
LINES = TEXT.splitlines()
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstandard.compress}


@pytest.fixture(params=["gz", "zst"])
def ending(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def packed(tmp_path: Path, ending: str) -> Path:
    return tmp_path / f"events.jsonl.{ending}"


def test_the_text_inside_is_read(packed: Path, ending: str, open_log: Open, read_all: ReadAll) -> None:
    packed.write_bytes(PACKERS[ending](TEXT))
    assert read_all(open_log(packed)) == LINES


def test_parts_packed_one_after_the_other_are_one_log(
    packed: Path, ending: str, open_log: Open, read_all: ReadAll
) -> None:
    pack = PACKERS[ending]
    packed.write_bytes(pack(TEXT[:1005]) + pack(b"") + pack(TEXT[1005:9000]) + pack(TEXT[9000:]))
    assert read_all(open_log(packed)) == LINES


def test_a_skippable_zstandard_frame_is_skipped(tmp_path: Path, open_log: Open, read_all: ReadAll) -> None:
    packed = tmp_path / "a.jsonl.zst"
    skippable = bytes.fromhex("502a4d18") + (5).to_bytes(4, "little") + b"hello"
    packed.write_bytes(skippable + zstandard.compress(TEXT) + skippable)
    assert read_all(open_log(packed)) == LINES


def test_positions_are_those_of_the_text(packed: Path, ending: str, open_log: Open, read_all: ReadAll) -> None:
    packed.write_bytes(PACKERS[ending](TEXT))
    assert read_all(open_log(packed, TEXT.index(b'{"n": 9999}'))) == LINES[9999:]


def test_a_position_beyond_the_text_is_refused(packed: Path, ending: str, open_log: Open) -> None:
    packed.write_bytes(PACKERS[ending](b"{}\n"))
    with pytest.raises(LogChanged, match="has 3 bytes, but was already read up to byte 4"):
        open_log(packed, 4).read()


def test_a_cut_off_log_gives_its_complete_lines_and_then_says_so(
    packed: Path, ending: str, open_log: Open, read_all: ReadAll
) -> None:
    pack = PACKERS[ending]
    packed.write_bytes(pack(b'{"n": 1}\n{"n": 2}\n{"n"') + pack(b": 3}\n")[:-3])
    reader = open_log(packed)
    batch = reader.read()
    assert batch is not None
    assert (batch.lines[:2], batch.position, reader.at_end) == ([b'{"n": 1}', b'{"n": 2}'], reader.position, False)
    with pytest.raises(LogBroken) as error:
        reader.read()
    assert str(error.value).startswith(f"{packed} is cut off after ")


def test_a_cut_off_log_is_not_taken_for_a_replaced_one(packed: Path, ending: str, open_log: Open) -> None:
    packed.write_bytes(PACKERS[ending](TEXT)[:-100])
    with pytest.raises(LogBroken, match="is cut off after"):
        drain(open_log(packed, len(TEXT)))


def test_a_cut_off_log_copied_whole_goes_on_where_it_stopped(
    packed: Path, ending: str, open_log: Open, read_all: ReadAll
) -> None:
    whole = PACKERS[ending](TEXT[:70_000]) + PACKERS[ending](TEXT[70_000:])
    packed.write_bytes(whole[:-100])
    reader = open_log(packed)
    before = reader.read(max_lines=100_000)
    assert before is not None
    packed.write_bytes(whole)
    assert before.lines + read_all(open_log(packed, before.position)) == LINES


def test_a_damaged_log_gives_what_came_before_and_then_says_so(packed: Path, ending: str, open_log: Open) -> None:
    packed.write_bytes(PACKERS[ending](b"x" * 2000 + b"\n") * 20 + b"garbage after the end" * 2000)
    with pytest.raises(LogBroken, match=rf"^{packed} is damaged after \d+ bytes of its text \("):
        drain(open_log(packed))


def test_a_gzip_log_whose_checksum_is_wrong_is_damaged(tmp_path: Path, open_log: Open) -> None:
    packed = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(TEXT)
    packed.write_bytes(whole[:-8] + bytes(4) + whole[-4:])
    with pytest.raises(LogBroken, match="incorrect data check"):
        drain(open_log(packed))


def drain(reader: Reader) -> None:
    while not reader.at_end:
        reader.read()


def test_a_followed_log_waits_for_the_rest_of_what_is_being_copied(packed: Path, ending: str, open_log: Open) -> None:
    whole = PACKERS[ending](TEXT[:100]) + PACKERS[ending](TEXT[100:])
    packed.write_bytes(whole[:-100])
    reader = open_log(packed, follow=True)
    found = read_now(reader)
    packed.write_bytes(whole)
    assert (found + read_now(reader), len(found) < len(LINES)) == (LINES, True)


def read_now(reader: Reader) -> list[bytes]:
    found: list[bytes] = []
    while batch := reader.read(max_lines=30_000):
        found += batch.lines
    return found


@pytest.mark.parametrize(("ending", "most"), [("gz", 64 << 20), ("zst", 128 << 20)])
def test_a_log_that_unpacks_to_very_much_does_not_fill_the_memory(
    packed: Path, ending: str, most: int, open_log: Open, read_all: ReadAll
) -> None:
    packed.write_bytes(zeros(PACKERS[ending]))
    tracemalloc.start()
    read_all(open_log(packed))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < most


def zeros(pack: Callable[[bytes], bytes]) -> bytes:
    """256 MB of zeros without a newline, in 16 parts."""
    return pack(bytes(16 << 20)) * 16
