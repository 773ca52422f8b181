"""One file of an archive: a run of a partition's messages, there as a whole or not at all."""

import os
import re
from io import FileIO
from pathlib import Path

import msgspec
import zstandard

from sinks.changes_file import write
from state.clock import wall_clock
from state.kafka_cluster import Partition

DAY_MS = 86_400_000
LEVEL = 3
UNFINISHED = ".unfinished-"
"""Readers of logs pass over names that begin with a dot."""

_NAME = re.compile(r"\.jsonl-(\d+)-(\d+)-(\d+)\.jsonl\.zst$")


class Place(msgspec.Struct, frozen=True):
    """What a file's name tells: the messages of a partition from offset `first` up to the one before `next`."""

    partition: int
    first: int
    next: int


def place_of(name: str) -> Place | None:
    """What a name tells; None for what is no file of an archive.

    >>> place_of("events.jsonl-00003-00000000000000000120-00000000000000000180.jsonl.zst")
    Place(partition=3, first=120, next=180)
    >>> place_of("events.jsonl.zst")
    """
    found = _NAME.search(name)
    return Place(*map(int, found.groups())) if found else None


class ArchiveFile:
    """Written under another name, which it changes when all of it is on the disk."""

    def __init__(self, folder: Path, partition: Partition, first: int, day: int) -> None:
        """A new file in `folder`, which is there; `day` counts from 1970. Raises `OSError`, as all of this does."""
        self._folder = folder
        self._partition = partition
        self._first = first
        self._path = folder / f"{UNFINISHED}{partition.number:05}"
        self._file = FileIO(self._path, "wb")
        self._zstd = zstandard.ZstdCompressor(level=LEVEL).compressobj()
        self.began = wall_clock()
        self.day = day
        self.next = first
        self.text_bytes = 0

    def write(self, lines: list[bytes], next_: int) -> None:
        """Add messages' lines; the message after them has the offset `next_`."""
        text = b"\n".join(lines) + b"\n"
        write(self._file, self._zstd.compress(text))
        self.text_bytes += len(text)
        self.next = next_

    def finish(self) -> None:
        """Give it its name: from here on it is part of the archive, whatever happens."""
        write(self._file, self._zstd.flush())
        os.fsync(self._file.fileno())
        self._file.close()
        one = self._partition
        name = f"{one.topic.name}.jsonl-{one.number:05}-{self._first:020}-{self.next:020}.jsonl.zst"
        self._path.rename(self._folder / name)
        sync(self._folder)

    def drop(self) -> None:
        """Leave it unfinished."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, and be sure that it is there after a crash."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        sync(each.parent)


def sync(folder: Path) -> None:
    """What the folder says now, it says after a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
