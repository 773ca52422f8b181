"""Whether a log that is being followed is still the file that its path names."""

import os
from pathlib import Path
from typing import BinaryIO

from sources.jsonl_bytes import unreadable
from sources.jsonl_files import HEAD_BYTES
from sources.log_error import LogChanged, LogError


class Watch:
    """Looks at the open `file` and at what `path` names now. Raises LogError when it cannot."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._first = b""
        self._left = False

    def verify(self) -> None:
        """Raises LogChanged when the file was cut, or cut and written anew, under our reading."""
        handle, reached = self._file.fileno(), self._file.tell()
        first = os.pread(handle, HEAD_BYTES, 0)
        if os.fstat(handle).st_size < reached or not first.startswith(self._first):
            raise LogChanged(rewritten(self._path, reached))
        self._first = first

    def is_over(self) -> bool:
        """At the file's end: whether it is the end for good.

        It is when the path names another file that has been written to (a rotation by renaming), or when the
        file was deleted; and, so that the writer's last lines are not missed, was so at the call before.
        """
        before, self._left = self._left, self._has_left()
        return before and self._left

    def _has_left(self) -> bool:
        mine = os.fstat(self._file.fileno())
        try:
            now = self._path.stat()
        except FileNotFoundError:
            return mine.st_nlink == 0
        except OSError as error:
            raise LogError(unreadable(self._path, error)) from error
        return now.st_size > 0 and not os.path.samestat(now, mine)


def rewritten(path: Path, position: int) -> str:
    """The sentence for a log that was cut in place."""
    return (
        f"{path} was cut or written anew while it was followed at byte {position}: the lines just before may "
        "be gone. Start again to read the new log; rotate by renaming instead (logrotate: no copytruncate)."
    )
