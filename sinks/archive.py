"""An archive of Kafka topics: a folder of Zstandard-packed JSONL by topic, day and partition, which `score` reads.

    FOLDER/events.TOPIC_ID/2026-06-12/events.jsonl-00003-FIRST-NEXT.jsonl.zst

A file holds the messages of one partition from offset FIRST up to the one before NEXT, so the names alone say where to
go on: a file has its name when all of it is on the disk, and one that a crash cut off is begun again. The day is that
of the first message by its Kafka timestamp, in UTC; a file ends before the first message of a later day, so that what
comes late stands where it came.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sinks.archive_file import DAY_MS, UNFINISHED, ArchiveFile, make_folder, place_of
from sinks.archive_lines import line_of
from state.kafka_cluster import Partition
from state.record import SinkStopped

MOST_BYTES = 256_000_000
"""Of text in a file."""
OLDEST_MS = 3_600_000
"""A file is finished after this long, so that no more than that is read from Kafka again after a crash."""
LOCK = ".lock"


class Dated(msgspec.Struct, frozen=True, gc=False):
    """A message with its offset, and its time (ms)."""

    offset: int
    at: int
    message: bytes


class Archive:
    """Writes an archive; one process at a time. Raises `SinkStopped`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, ArchiveFile] = {}
        self.files = 0
        """How many were finished."""
        with self._named():
            make_folder(folder.absolute())
            self._lock = (folder / LOCK).open("a")
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
                raise SinkStopped(f"{folder} is written by another process: stop that, or name another") from None
            for left in folder.glob(f"*/*/{UNFINISHED}*"):
                left.unlink()

    def reached(self) -> dict[str, int]:
        """Where each partition goes on, by its name: behind the last file that has one."""
        found: dict[str, int] = {}
        for path in self._folder.glob("*/*/*.jsonl.zst"):
            topic, _, topic_id = path.parent.parent.name.rpartition(".")
            place = place_of(path.name)
            if place and topic:
                name = f"kafka:{topic}[{place.partition}]#{topic_id}"
                found[name] = max(found.get(name, 0), place.next)
        return found

    def write(self, partition: Partition, messages: Sequence[Dated]) -> None:
        """Add the next messages of a partition. What becomes finished is on the disk."""
        left = messages
        while left:
            with self._named():
                file = self._file(partition, left[0])
                count = next((at for at, one in enumerate(left) if one.at // DAY_MS > file.day), len(left))
                if count:
                    file.write([line_of(one.message) for one in left[:count]], left[count - 1].offset + 1)
            if count < len(left) or file.text_bytes >= MOST_BYTES:
                self._finish(partition.name)
            left = left[count:]

    def finish_old(self, now: int) -> dict[str, int]:
        """Finish what was begun long before `now` (ms); how far these partitions are then."""
        old = [name for name, file in self._open.items() if now - file.began >= OLDEST_MS]
        return {name: self._finish(name) for name in old}

    def finish(self) -> dict[str, int]:
        """Finish all; how far these partitions are then."""
        return {name: self._finish(name) for name in list(self._open)}

    def close(self) -> None:
        """Leave what is not finished."""
        for file in self._open.values():
            file.drop()
        self._lock.close()

    def _file(self, partition: Partition, first: Dated) -> ArchiveFile:
        """The open file of the partition, or a new one."""
        if partition.name not in self._open:
            day = first.at // DAY_MS
            named = datetime.fromtimestamp(day * DAY_MS / 1000, UTC).date().isoformat()
            folder = self._folder / f"{partition.topic.name}.{partition.topic.id}" / named
            make_folder(folder.absolute())
            self._open[partition.name] = ArchiveFile(folder, partition, first.offset, day)
        return self._open[partition.name]

    def _finish(self, name: str) -> int:
        file = self._open[name]
        with self._named():
            file.finish()
        del self._open[name]
        self.files += 1
        return file.next

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SinkStopped(
                f"{error.filename or self._folder} cannot be written ({error.strerror}): see that there is room and "
                "that you may write there, and start again; nothing is lost"
            ) from None
