"""What every source of batches promises, whatever it reads from.

A source joins by adding to `SOURCES` a function that writes lines and gives back how to open them at a
position, as a source that ends with the last line.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import zstandard

from sources.jsonl import Reader
from sources.jsonl_files import find_logs
from sources.kafka import KafkaLog
from sources.kafka_messages import KafkaPlan
from state.batch import Batch, BatchReader
from state.kafka_cluster import Cluster, Partition
from state.rewind import Reached
from tests.kafka_topics import TestTopics
from tests.waiting import wait_for

Opener = Callable[[int], BatchReader]
Write = Callable[[list[bytes]], Opener]

LINES = [b'{"n": %d}' % n for n in range(100)]


def jsonl(folder: Path, ending: str, pack: Callable[[bytes], bytes]) -> Write:
    def write(lines: list[bytes]) -> Opener:
        path = folder / f"events.jsonl{ending}"
        path.write_bytes(pack(b"".join(line + b"\n" for line in lines)))
        (log,) = find_logs(path)
        return lambda position: Reader(log, position)

    return write


class KafkaReader:
    """A topic with one partition, opened at an offset."""

    def __init__(self, topics: TestTopics, topic: str, position: int) -> None:
        found = Cluster(topics.access).topic(topic)
        assert found
        reached = {Partition(found, 0).name: Reached(position, position)}
        plan = KafkaPlan(topics=(topic,), reached=reached, until_end=True)
        self._log = KafkaLog(topics.access, plan, print)
        self.position = position

    @property
    def at_end(self) -> bool:
        return self._log.at_end

    def read(self, max_lines: int = 5_000, max_bytes: int = 0) -> Batch | None:
        batch = self._log.read(max_lines)
        if batch is not None:
            self.position = batch.position
        return batch

    def close(self) -> None:
        self._log.close()


def kafka(topics: TestTopics) -> Write:
    def write(lines: list[bytes]) -> Opener:
        topic = topics.write(topics.make(), lines)
        return lambda position: KafkaReader(topics, topic, position)

    return write


SOURCES: dict[str, Callable[[Path, pytest.FixtureRequest], Write]] = {
    "jsonl": lambda folder, _: jsonl(folder, "", bytes),
    "jsonl.gz": lambda folder, _: jsonl(folder, ".gz", gzip.compress),
    "jsonl.zst": lambda folder, _: jsonl(folder, ".zst", zstandard.compress),
    "kafka": lambda _, request: kafka(request.getfixturevalue("kafka_topics")),
}


@pytest.fixture(params=SOURCES)
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Write]:
    """Writes lines; what it returns opens them, and all that was opened is closed after the test."""
    with ExitStack() as opened:
        yield lambda lines: closed_after(opened, SOURCES[request.param](tmp_path, request)(lines))


def closed_after(opened: ExitStack, opener: Opener) -> Opener:
    return lambda position: opened.enter_context(closing(opener(position)))


def batches(reader: BatchReader, max_lines: int = 7) -> list[Batch]:
    found = []
    while not reader.at_end:
        if (batch := reader.read(max_lines)) is not None:
            found.append(batch)
    return found


def lines(reader: BatchReader) -> list[bytes]:
    return [line for batch in batches(reader) for line in batch.lines]


def test_every_line_comes_once_and_in_order(write: Write) -> None:
    assert lines(write(LINES)(0)) == LINES


def test_a_batch_has_at_most_the_lines_asked_for(write: Write) -> None:
    assert [len(batch.lines) for batch in batches(write(LINES)(0), 30)] == [30, 30, 30, 10]


def test_a_batch_begins_where_the_one_before_ended(write: Write) -> None:
    found = batches(write(LINES)(0))
    assert [batch.starts for batch in found] == [0, *(batch.position for batch in found[:-1])]


def test_all_batches_are_of_one_partition(write: Write) -> None:
    assert len({batch.partition for batch in batches(write(LINES)(0))}) == 1


def test_a_reader_opened_at_any_batch_s_position_gives_exactly_the_rest(write: Write) -> None:
    opener = write(LINES)
    ends = {batch.position: 7 * number for number, batch in enumerate(batches(opener(0)), start=1)}
    assert {end: lines(opener(end)) for end in ends} == {end: LINES[count:] for end, count in ends.items()}


def test_a_reader_stands_where_it_was_opened_until_it_gives_a_batch(write: Write) -> None:
    opener = write(LINES)
    first = batches(opener(0))[0].position
    assert opener(first).position == first


def test_a_reader_stands_where_its_last_batch_ended(write: Write) -> None:
    reader = write(LINES)(0)
    batch = wait_for(lambda: reader.read(7))
    assert reader.position == batch.position


def test_a_reader_with_lines_left_is_not_at_its_end(write: Write) -> None:
    reader = write(LINES)(0)
    wait_for(lambda: reader.read(99))
    assert not reader.at_end


def test_a_reader_at_its_end_gives_nothing(write: Write) -> None:
    reader = write(LINES)(0)
    lines(reader)
    assert reader.read() is None


def test_a_source_without_lines_comes_to_its_end(write: Write) -> None:
    assert lines(write([])(0)) == []


def test_a_line_is_given_byte_for_byte(write: Write) -> None:
    odd = [b"\xff\xfe", b"", b"\x00", b" {} ", b"\xc2\x85\x0b\x0c\x1c", "{\u2028}".encode()]
    assert lines(write(odd)(0)) == odd


def test_closing_twice_does_no_harm(write: Write) -> None:
    reader = write(LINES)(0)
    reader.close()
    reader.close()
    assert reader.position == 0
