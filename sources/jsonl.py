"""Reading one JSONL log: resumable by byte position, finished or still growing."""

import os
from pathlib import Path
from typing import BinaryIO

from sources.jsonl_bytes import PackedBytes, PlainBytes, beyond_the_end, bytes_from, open_file, unreadable
from sources.jsonl_files import LogFile, checksum, packing_of
from sources.jsonl_lines import LineSplitter
from sources.jsonl_watch import Watch
from sources.log_error import LogBroken, LogChanged, LogError
from state.batch import Batch

LINE_LIMIT = 1 << 20
MAX_LINES = 5000
MAX_BYTES = 1 << 22


class Reader:
    """The lines of `log` from byte `position` (0, or any batch's `position`) on. A `BatchReader`.

    A byte order mark at the start is no part of the first line. A line of more than `line_limit` bytes is
    cut to them and listed as oversized. Compressed logs resume by unpacking from the start (`PackedBytes`).

    Finished logs (the default): the last line counts without a newline too. If it was only half written, and
    is completed later, a reader that resumes there gives the whole line again. A compressed log that is cut
    off gives its complete lines, then LogBroken.

    Growing logs (`follow`): a line is left until its newline comes, a compressed log until the rest of its
    frame does. A log rotated by renaming is read to its end, and ends when its path names a new one that has
    been written to: `find_logs` then lists that as a partition of its own. A deleted log ends too. A log that
    was cut in place raises LogChanged.

    Errors come after all lines before them. Messages name the file, the trouble and the remedy.
    """

    def __init__(self, log: LogFile, position: int = 0, *, follow: bool = False, line_limit: int = LINE_LIMIT) -> None:
        """Raises LogError; LogChanged when `log` is another than the one listed or ends before `position`."""
        self.partition = log.partition
        self._path = log.path
        self._bytes = opened(log, position, follow=follow, line_limit=line_limit)
        self._watch = Watch(self._bytes.file, log.path) if follow else None
        self._lines = LineSplitter(log.partition, self._bytes.begins, line_limit)
        self._ended = False
        self._trouble: LogError | None = None

    @property
    def position(self) -> int:
        """Where the next batch begins: the byte after the last line given (unpacked, if compressed)."""
        return self._lines.position

    @property
    def at_end(self) -> bool:
        """All lines were given, and none will ever come."""
        return self._ended and self._trouble is None and self._lines.is_empty

    @property
    def behind(self) -> int:
        """Bytes that were not given yet; of a compressed log, bytes of the file that were not unpacked yet."""
        return 0 if self._ended else self._bytes.left(self.position)

    def read(self, max_lines: int = MAX_LINES, max_bytes: int = MAX_BYTES) -> Batch | None:
        """The next lines: at most `max_lines`, over `max_bytes` only if the first one is; None: none now.

        Reads about `max_bytes` in one call at most: None before the end means ask again. Raises LogError.
        """
        if not self._ended:
            self._fill(max_lines, max_bytes)
        batch = self._lines.take(max_lines, max_bytes)
        if batch is None and self._trouble:
            raise self._trouble
        return batch

    def close(self) -> None:
        """Close the file; done at the end as well."""
        self._bytes.file.close()

    def _fill(self, max_lines: int, max_bytes: int) -> None:
        try:
            self._feed(max_lines, max_bytes)
        except LogError as error:
            self._end(error)
        except OSError as error:
            self._end(LogError(unreadable(self._path, error)))

    def _feed(self, max_lines: int, max_bytes: int) -> None:
        if self._watch:
            self._watch.verify()
        enough = self._bytes.position + max_bytes
        while self._lines.wants(max_lines, max_bytes) and self._bytes.position < enough:
            block = self._bytes.read()
            if block is None:
                self._at_file_end()
                break
            self._lines.feed(block)

    def _at_file_end(self) -> None:
        if self._watch and not self._watch.is_over():
            return
        if self._bytes.unfinished:
            raise LogBroken(cut_off(self._path, self._bytes.position))
        self._lines.finish()
        self._end(None)

    def _end(self, trouble: LogError | None) -> None:
        self._trouble = trouble
        self._ended = True
        self.close()


def opened(log: LogFile, position: int, *, follow: bool, line_limit: int) -> PlainBytes | PackedBytes:
    """The text of `log` from `position` on, after a look whether it is the log that was listed."""
    file = open_file(log.path)
    try:
        if checksum(file, log.path, follow) != log.head:
            raise LogChanged(replaced(log.path))
        packing = packing_of(log.path)
        begin = position if packing else line_start(file, log.path, position, line_limit)
        return bytes_from(file, packing, begin)
    except OSError as error:
        file.close()
        raise LogError(unreadable(log.path, error)) from error
    except LogError:
        file.close()
        raise


def line_start(file: BinaryIO, path: Path, position: int, line_limit: int) -> int:
    """`position`, or where its line begins: a last line without a newline may have been completed since.

    An overlong line is not looked back for: what was added to it comes as a line of its own.
    """
    size = os.fstat(file.fileno()).st_size
    if position > size:
        raise LogChanged(beyond_the_end(path, position, size))
    after = os.pread(file.fileno(), 1, position)
    begin = max(position - line_limit, 0)
    before = os.pread(file.fileno(), position - begin, begin)
    inside = after not in {b"", b"\r", b"\n"} and (begin == 0 or b"\n" in before)
    return begin + before.rfind(b"\n") + 1 if inside else position


def replaced(path: Path) -> str:
    """The sentence for a log whose first line has changed."""
    return f"{path} begins with another line than when it was listed: it was replaced. Start again to read it."


def cut_off(path: Path, position: int) -> str:
    """The sentence for a compressed log whose end is missing."""
    return (
        f"{path} is cut off after {position} bytes of its text: its complete lines have been read. "
        "Copy the whole file and start again: reading goes on from there."
    )
