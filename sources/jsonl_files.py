"""The logs under a path: each a partition whose name says the same on every machine."""

import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from sources.jsonl_bytes import Packing, bytes_from, open_file, unreadable
from sources.log_error import LogError, NoLogs

ENDINGS = (".jsonl", ".ndjson", ".json")
PACKINGS: dict[str, Packing] = {".gz": "gz", ".zst": "zst"}

# The first line, or so much of it, tells a log from the one that takes its name after a rotation.
HEAD_BYTES = 1024


class LogFile(msgspec.Struct, frozen=True):
    """One log. `name` is its path below the folder; `head` a checksum of its first line."""

    path: Path
    name: str
    head: str

    @property
    def partition(self) -> str:
        """What positions are kept under.

        A log that is replaced under the same name is another partition and begins at its own start, not
        where the old one had got to.

        >>> LogFile(Path("/logs/2026/june.jsonl.gz"), "2026/june.jsonl.gz", "5f3c0a91").partition
        '2026/june.jsonl.gz#5f3c0a91'
        """
        return f"{self.name}#{self.head}"


def find_logs(path: Path, *, follow: bool = False) -> list[LogFile]:
    """The log at `path`, or all logs in that folder and below, sorted by name.

    In a folder a file counts by its ending: .jsonl, .ndjson or .json, each also with .gz or .zst; names that
    begin with a dot do not. A file named itself counts whatever its ending. With `follow`, a log whose first
    line is still being written is left for a later call: call again to find new ones.

    Raises LogError: no such path or no logs in it (NoLogs), a file that is none or cannot be read or is no gzip or
    Zstandard although its ending says so.
    """
    kind = mode(path)
    if stat.S_ISDIR(kind):
        files = sorted((file.relative_to(path).as_posix(), file) for file in walk(path))
    else:
        files = [(path.name, path)]
    if not files:
        raise NoLogs(no_logs(path))
    return [LogFile(file, printable(name), head) for name, file in files if (head := head_of(file, follow))]


def walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in files if is_log(name))


def is_log(name: str) -> bool:
    """Whether a file of this name in a folder is a log.

    >>> [is_log(name) for name in ("a.jsonl", "B.JSON.GZ", "a.ndjson.zst", "a.csv", "a.gz", ".a.jsonl")]
    [True, True, True, False, False, False]
    """
    return not name.startswith(".") and strip_packing(name.lower()).endswith(ENDINGS)


def strip_packing(name: str) -> str:
    return next((name.removesuffix(ending) for ending in PACKINGS if name.endswith(ending)), name)


def packing_of(path: Path) -> Packing:
    """How the file is compressed, by the ending of its name."""
    return PACKINGS.get(path.suffix.lower(), "")


def head_of(path: Path, follow: bool) -> str | None:
    """The checksum of a log's first line; None: followed, and its first line is not complete, or it left."""
    try:
        if not stat.S_ISREG(mode(path)):
            raise LogError(f"{path} is not a regular file: write the events to a file first, and name that.")
        with open_file(path) as file:
            return checksum(file, path, follow)
    except LogError as error:
        if follow and isinstance(error.__cause__, FileNotFoundError):  # renamed since the folder was listed
            return None
        raise


def checksum(file: BinaryIO, path: Path, follow: bool) -> str | None:
    """As `head_of`, of an open file; moves it. Raises LogError."""
    try:
        head, newline, _ = first_bytes(file, packing_of(path)).partition(b"\n")
    except OSError as error:
        raise LogError(unreadable(path, error)) from error
    complete = newline or len(head) >= HEAD_BYTES
    return f"{zlib.crc32(head):08x}" if complete or not follow else None


def first_bytes(file: BinaryIO, packing: Packing) -> bytes:
    text = bytes_from(file, packing, 0)
    head = b""
    while len(head) < HEAD_BYTES and (piece := text.read()) is not None:
        head += piece
    return head[:HEAD_BYTES]


def mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except FileNotFoundError as error:
        raise NoLogs(unreadable(path, error)) from error
    except OSError as error:
        raise LogError(unreadable(path, error)) from error


def refuse(error: OSError) -> None:
    raise LogError(unreadable(Path(error.filename), error)) from error


def printable(name: str) -> str:
    """A name whose bytes are no UTF-8, in letters that any store takes.

    >>> printable("caf\\udce9.jsonl")
    'caf\\\\xe9.jsonl'
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def no_logs(folder: Path) -> str:
    endings = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
    return (
        f"{folder} holds no logs: a log ends in {endings}, each also with {' or '.join(PACKINGS)}. "
        "Rename the files, or name one of them instead of the folder."
    )
