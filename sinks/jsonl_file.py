"""A JSONL file that is appended to and durable before anyone goes on."""

import os
from collections.abc import Sequence
from pathlib import Path


class JsonlFile:
    """Whole lines only: a line that a crash cut off is taken away when the file is opened again."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(path, "a+b")  # noqa: SIM115  held open for the flow's life, closed by `close`
        self._file.truncate(_whole(path))

    def append(self, lines: Sequence[bytes]) -> None:
        """Write lines and wait for the disk."""
        if lines:
            self._file.write(b"".join(line + b"\n" for line in lines))
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


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
