"""The file under the score changes: one process appends to it, and rewrites it to erase somebody."""

import fcntl
import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path

SPARE = ".{}.erasing"
PART_BYTES = 1_000_000


def opened(path: Path) -> FileIO:
    """The file, to append to; a new one is in its folder for good. Raises `BlockingIOError` while another has it.

    The lock is what makes rewriting safe: who still appended to the old file would lose its lines.
    """
    file = FileIO(path, "ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        spare_of(path).unlink(missing_ok=True)  # a rewrite that a crash cut off
        sync_folder(path)
    except OSError:
        file.close()
        raise
    return file


def append(file: FileIO, lines: bytes) -> None:
    """Write lines and wait for the disk."""
    write(file, lines)
    os.fsync(file.fileno())


def rewritten(path: Path, stays: Callable[[bytes], bool]) -> FileIO:
    """The file in its place with only the lines that stay, to append to: whoever opens it sees all of the old or
    all of the new one. Owner and permissions are the old one's. The caller syncs the folder.
    """
    spare = spare_of(path)
    file = FileIO(spare, "ab", opener=lambda name, flags: os.open(name, flags | os.O_EXCL, 0o600))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        copy(path, file, stays)
        os.replace(spare, path)
    except OSError:
        file.close()
        spare.unlink(missing_ok=True)
        raise
    return file


def copy(path: Path, file: FileIO, stays: Callable[[bytes], bool]) -> None:
    """Write the lines of the one that stay to the other, with owner and permissions, and wait for the disk."""
    with path.open("rb") as old:
        before = os.fstat(old.fileno())
        os.fchown(file.fileno(), before.st_uid, before.st_gid)
        os.fchmod(file.fileno(), before.st_mode & 0o7777)
        while lines := old.readlines(PART_BYTES):
            write(file, b"".join(line for line in lines if stays(line)))
    os.fsync(file.fileno())


def write(file: FileIO, lines: bytes) -> None:
    """Write all of it, however much the disk takes at once."""
    left = memoryview(lines)
    while left:
        left = left[file.write(left) :]


def sync_folder(path: Path) -> None:
    """What the folder of the file says of it now, it says after a crash."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def spare_of(path: Path) -> Path:
    """Where the file is rewritten."""
    return path.with_name(SPARE.format(path.name))
