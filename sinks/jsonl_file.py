"""A JSONL file that is appended to and durable before anyone goes on."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

PRIVATE = 0o600
"""What stands in these files is about people."""


class FileUnusable(Exception):
    """A file of ours that cannot be opened or written; the message names it, the trouble and the remedy."""


class JsonlFile:
    """Whole lines only: a line that a crash or a full disk cut off is taken away when the file is opened again."""

    def __init__(self, path: Path) -> None:
        """Opens it, with its folder if need be. Raises `FileUnusable`."""
        self._path = path
        with self._named():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = FileIO(path, "ab", opener=lambda name, flags: os.open(name, flags, PRIVATE))
            self._file.truncate(_whole(path))
            _sync_folder(path.parent)

    def append(self, lines: Sequence[bytes]) -> None:
        """Write lines and wait for the disk. Raises `FileUnusable`."""
        left = memoryview(b"".join(line + b"\n" for line in lines))
        if not left:
            return
        with self._named():
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise FileUnusable(
                f"{self._path} cannot be written ({error.strerror}): see that there is room and that you may write "
                "there, or choose another folder with --data, and start again; nothing is lost"
            ) from None


def _sync_folder(folder: Path) -> None:
    """A new file is in its folder for good."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(path: Path) -> int:
    """The size of the file up to its last newline."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        while size:
            start = max(0, size - 65_536)
            file.seek(start)
            found = file.read(size - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            size = start
    return 0
