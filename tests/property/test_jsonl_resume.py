"""Whatever a log holds, and however it is packed, cut into blocks, read and resumed: the same lines."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sources import jsonl_bytes
from sources.jsonl import Reader
from sources.jsonl_files import find_logs
from sources.jsonl_lines import LineSplitter
from sources.pace import Pace, PacedReader
from state.batch import Batch

BOM = b"\xef\xbb\xbf"
LIMIT = 12

# Mostly what lines are parted by and begin with, so that every border falls on every kind of byte.
pieces = st.sampled_from([b"\n", b"\r\n", b"\r", BOM, b"{}", b"", b"x" * LIMIT, b"x" * (LIMIT + 1), b"y" * 40])
contents = st.lists(pieces | st.binary(max_size=6), max_size=30).map(b"".join)
sizes = st.integers(min_value=1, max_value=9)
packings = st.sampled_from(["", ".gz", ".zst"])

Line = tuple[int, bytes, int]


def reference(content: bytes) -> list[Line]:
    """Every line as (offset, its first LIMIT bytes, its length), split the plain way."""
    found = []
    offset = len(BOM) if content.startswith(BOM) else 0
    for line in content[offset:].split(b"\n"):
        found.append((offset, line[:LIMIT], len(line)))
        offset += len(line) + 1
    return found if found[-1][1] else found[:-1]


def lines(batch: Batch) -> list[Line]:
    return [
        (batch.offset(index), line, batch.oversized.get(index, len(line))) for index, line in enumerate(batch.lines)
    ]


@contextmanager
def written(parts: list[bytes], packing: str, block: int) -> Iterator[Path]:
    """The parts as one log, each packed by itself; plain ones are read `block` bytes at a time."""
    pack: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl_bytes, "BLOCK", block)
        patch.setattr(jsonl_bytes, "FEED", {"gz": block, "zst": block})
        path = Path(folder, f"events.jsonl{packing}")
        path.write_bytes(b"".join(map(pack[packing], parts)))
        yield path


def batches(path: Path, position: int, max_lines: int, max_bytes: int) -> Iterator[Batch]:
    """All batches from there on."""
    (log,) = find_logs(path)
    with closing(Reader(log, position, line_limit=LIMIT)) as reader:
        while not reader.at_end:
            if (batch := reader.read(max_lines, max_bytes)) is not None:
                yield batch


@given(st.lists(contents), sizes, sizes)
def test_blocks_and_takes_of_any_size_give_the_plain_split(blocks: list[bytes], max_lines: int, max_bytes: int) -> None:
    splitter = LineSplitter("a", 0, LIMIT)
    found = []
    for block in [*blocks, None]:
        splitter.finish() if block is None else splitter.feed(block)
        while (batch := splitter.take(max_lines, max_bytes)) is not None:
            found += lines(batch)
    assert found == reference(b"".join(blocks))


@given(st.lists(contents, max_size=4), packings, sizes, sizes, sizes)
def test_packing_and_reads_of_any_size_give_the_plain_split(
    parts: list[bytes], packing: str, block: int, max_lines: int, max_bytes: int
) -> None:
    with written(parts, packing, block) as path:
        found = [line for batch in batches(path, 0, max_lines, max_bytes) for line in lines(batch)]
    assert found == reference(b"".join(parts))


@given(st.lists(contents, max_size=4), packings, sizes, st.lists(sizes, min_size=1))
def test_resuming_after_every_batch_gives_the_plain_split(
    parts: list[bytes], packing: str, block: int, reads: list[int]
) -> None:
    found: list[Line] = []
    position = 0
    with written(parts, packing, block) as path:
        while (batch := next(batches(path, position, reads[len(found) % len(reads)], 99), None)) is not None:
            found += lines(batch)
            position = batch.position
    assert found == reference(b"".join(parts))


@given(st.lists(contents, max_size=6), sizes, sizes)
def test_a_log_that_grows_by_any_steps_gives_its_complete_lines(steps: list[bytes], block: int, max_lines: int) -> None:
    content = BOM + b"first\n" + b"".join(steps)
    found: list[Line] = []
    with written([BOM + b"first\n"], "", block) as path, closing(follower(path)) as reader:
        for step in [b"", *steps]:
            with path.open("ab") as file:
                file.write(step)
            found += lines_now(reader, path.stat().st_size, max_lines)
    assert found == reference(content[: content.rindex(b"\n") + 1])


def follower(path: Path) -> Reader:
    (log,) = find_logs(path, follow=True)
    return Reader(log, follow=True, line_limit=LIMIT)


def lines_now(reader: Reader, size: int, max_lines: int) -> list[Line]:
    """What has come; a call may look at a part only, and so many calls see `size` bytes."""
    answers = (reader.read(max_lines, 64) for _ in range(2 * size))
    return [line for batch in answers if batch is not None for line in lines(batch)]


@given(contents, st.lists(st.integers(0, 3), min_size=1), sizes)
def test_a_pace_changes_when_lines_come_and_nothing_else(content: bytes, days: list[int], max_lines: int) -> None:
    timed = content + b"".join(b'\n{"timestamp": %d}' % (1_800_000_000_000 + day) for day in days)
    found: list[Line] = []
    with written([timed], "", 64) as path:
        (log,) = find_logs(path)
        paced = PacedReader(Reader(log), Pace(1, 0, 1_800_000_000_000))
        for wall_ms in range(4):
            while (batch := paced.read(wall_ms, max_lines)) is not None:
                found += lines(batch)
    assert [offset for offset, _, _ in found] == [offset for offset, _, _ in reference(timed)]


@given(contents, st.data())
def test_the_halves_of_a_batch_are_the_batch(content: bytes, data: st.DataObject) -> None:
    splitter = LineSplitter("a", 0, LIMIT)
    splitter.feed(content + b"\n\n")
    batch = splitter.take(10_000, 1 << 20)
    assert batch is not None
    head, rest = batch.split(data.draw(st.integers(1, len(batch.lines) - 1)))
    assert lines(head) + lines(rest) == lines(batch)
    assert len(head.oversized) + len(rest.oversized) == len(batch.oversized)
    assert (head.position, rest.position) == (rest.starts, batch.position)
