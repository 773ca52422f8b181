"""An archive's files: which messages are in which, and where to go on."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sinks import archive
from sinks.archive import Archive, Dated
from sinks.archive_file import UNFINISHED
from sources.jsonl_files import find_logs
from sources.logs import Logs, Share
from state.kafka_cluster import Partition, Topic
from state.record import SinkStopped
from tests.contract.sink_benches import room_for

NOON = 1_781_265_600_000
"""2026-06-12T12:00:00Z"""
DAY_MS = 86_400_000
ONE = Partition(Topic("events", "id", 2), 1)
DAY_FOLDER = "events.id/2026-06-12"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def opened(folder: Path) -> Iterator[Archive]:
    with closing(Archive(folder)) as made:
        yield made


def dated(*offsets: int, at: int = NOON) -> list[Dated]:
    return [Dated(offset, at, b'{"n": %d}' % offset) for offset in offsets]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.zst"))


def name(first: int, next_: int, day: str = DAY_FOLDER) -> str:
    return f"{day}/events.jsonl-00001-{first:020}-{next_:020}.jsonl.zst"


def lines(folder: Path) -> list[bytes]:
    logs = Logs(folder, {}, follow=False, share=Share((0, 1)))
    found: list[bytes] = []
    while not logs.at_end:
        batch = logs.read()
        found += batch.lines if batch else []
    return found


def test_a_file_is_named_by_its_first_offset_and_the_one_that_comes_next(opened: Archive, folder: Path) -> None:
    opened.write(ONE, dated(3, 4, 9))
    opened.finish()
    assert files(folder) == [name(3, 10)]


def test_the_lines_are_the_messages_in_their_order(opened: Archive, folder: Path) -> None:
    opened.write(ONE, dated(3, 4))
    opened.write(ONE, dated(9))
    opened.finish()
    assert lines(folder) == [b'{"n": 3}', b'{"n": 4}', b'{"n": 9}']


def test_a_file_that_is_not_finished_is_no_log(opened: Archive, folder: Path) -> None:
    opened.write(ONE, dated(3))
    opened.finish()
    opened.write(ONE, dated(4))
    assert len(find_logs(folder)) == 1


def test_an_archive_goes_on_behind_its_last_whole_file(folder: Path) -> None:
    with closing(Archive(folder)) as first:
        first.write(ONE, dated(3, 4))
        first.finish()
        first.write(ONE, dated(5, 6))
        first.finish()
        first.write(ONE, dated(7))
    with closing(Archive(folder)) as second:
        assert second.reached() == {ONE.name: 7}


def test_what_a_crash_left_is_put_away(opened: Archive, folder: Path) -> None:
    opened.write(ONE, dated(3))
    opened.finish()
    left = folder / DAY_FOLDER / f"{UNFINISHED}00001"
    left.write_bytes(b"half a fr")
    opened.close()
    with closing(Archive(folder)):
        assert not left.exists()


def test_a_later_day_begins_a_file_of_its_own(opened: Archive, folder: Path) -> None:
    opened.write(ONE, [*dated(3), *dated(4, at=NOON + DAY_MS)])
    opened.finish()
    assert files(folder) == [name(3, 4), name(4, 5, "events.id/2026-06-13")]


def test_what_comes_late_stands_where_it_came(opened: Archive, folder: Path) -> None:
    opened.write(ONE, [*dated(3), *dated(4, at=NOON - DAY_MS), *dated(5)])
    opened.finish()
    assert files(folder) == [name(3, 6)]


def test_a_file_has_so_much_text_at_most(opened: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    opened.write(ONE, dated(3))
    opened.write(ONE, dated(4))
    opened.write(ONE, dated(5))
    assert files(folder) == [name(3, 5)]


def test_an_old_file_is_finished_and_tells_how_far_it_came(opened: Archive, folder: Path) -> None:
    opened.write(ONE, dated(3))
    young = opened.finish_old(NOON)
    assert (young, opened.finish_old(1 << 60), files(folder)) == ({}, {ONE.name: 4}, [name(3, 4)])


def test_partitions_and_topics_have_files_of_their_own(opened: Archive, folder: Path) -> None:
    for topic, number in ((ONE.topic, 0), (ONE.topic, 1), (Topic("events", "anew", 1), 0)):
        opened.write(Partition(topic, number), dated(0))
    opened.finish()
    reached = {f"kafka:events[{number}]#{topic}": 1 for topic, number in (("id", 0), ("id", 1), ("anew", 0))}
    assert (len(files(folder)), opened.reached()) == (3, reached)


def test_two_processes_cannot_write_one_archive(opened: Archive, folder: Path) -> None:
    with pytest.raises(SinkStopped, match="written by another process"):
        Archive(folder)


def test_a_full_disk_is_told_and_nothing_half_is_left(opened: Archive, folder: Path) -> None:
    opened.write(ONE, dated(*range(1_000)))
    with room_for(10), pytest.raises(SinkStopped, match="see that there is room"):
        opened.finish()
    opened.close()
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [".lock"]
