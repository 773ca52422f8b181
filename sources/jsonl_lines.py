"""Blocks of bytes in, lines out, whatever the blocks' borders."""

from bisect import bisect_right
from itertools import accumulate

from state.batch import Batch

BOM = b"\xef\xbb\xbf"


class LineSplitter:
    """Lines of `partition` from byte `position` on, each cut to `limit` bytes.

    Memory is bounded by what was fed and not yet taken, and one line's limit: the bytes of an overlong line
    beyond its limit are counted, not kept.
    """

    def __init__(self, partition: str, position: int, limit: int) -> None:
        self._partition = partition
        self._limit = limit
        self._lines: list[bytes] = []
        self._oversized: dict[int, int] = {}
        self._tail = b""  # the line whose newline has not come
        self._dropped = 0  # bytes of the tail beyond the limit
        self._fed = position
        self._line_end = position  # where the tail begins: after the newline of the last complete line
        self.position = position
        """Where the next line to be taken begins."""

    @property
    def is_empty(self) -> bool:
        """No complete line is left to take."""
        return not self._lines

    def wants(self, max_lines: int, max_bytes: int) -> bool:
        """Whether a batch of that size needs more bytes."""
        return len(self._lines) < max_lines and self._line_end - self.position < max_bytes

    def feed(self, block: bytes) -> None:
        """Take the next bytes of the log."""
        pieces = block.split(b"\n")
        pieces[0] = self._tail + pieces[0]
        self._tail = pieces.pop()
        self._fed += len(block)
        if pieces:
            self._add(pieces, fits=len(block) <= self._limit and len(pieces[0]) <= self._limit)
        room = self._limit + len(BOM)  # the mark, if this is the first line, does not count
        if len(self._tail) > room:
            self._dropped += len(self._tail) - room
            self._tail = self._tail[:room]
        self._line_end = self._fed - len(self._tail) - self._dropped

    def finish(self) -> None:
        """The log ends here: what has no newline is a line too."""
        if self._tail and not (self._line_end == 0 and self._tail == BOM):
            self._add([self._tail], fits=len(self._tail) <= self._limit)
            self._tail = b""
            self._line_end = self._fed + 1

    def take(self, max_lines: int, max_bytes: int) -> Batch | None:
        """The next lines: at most `max_lines`, and no more than fit into `max_bytes`, but at least one."""
        count = self._count(max_lines, max_bytes)
        if not count:
            return None
        end = min(self._line_end, self._fed)
        batch = Batch(self._partition, end, self._lines, self.position, self._oversized)
        if count == len(self._lines):
            self._lines, self._oversized = [], {}
        else:
            batch, rest = batch.split(count, self._begin(count))
            self._lines, self._oversized = rest.lines, rest.oversized
        self.position = batch.position
        return batch

    def _add(self, pieces: list[bytes], *, fits: bool) -> None:
        if self._line_end == 0 and pieces[0].startswith(BOM):
            pieces[0] = pieces[0].removeprefix(BOM)
            self.position = len(BOM)
        if not fits:
            self._cut(pieces)
        self._lines += pieces

    def _cut(self, pieces: list[bytes]) -> None:
        for index, line in enumerate(pieces):
            length = len(line) + (0 if index else self._dropped)
            if length > self._limit:
                self._oversized[len(self._lines) + index] = length
                pieces[index] = line[: self._limit]
        self._dropped = 0

    def _begin(self, count: int) -> int | None:
        """Where line `count` begins, counted from the end; None when it is quicker to count from the start."""
        rest = self._lines[count:]
        if len(rest) > count:
            return None
        cut = sum(length - len(self._lines[line]) for line, length in self._oversized.items() if line >= count)
        return self._line_end - sum(map(len, rest)) - len(rest) - cut

    def _count(self, max_lines: int, max_bytes: int) -> int:
        count = min(max_lines, len(self._lines))
        if count and self._line_end - self.position > max_bytes:
            ends = accumulate(len(line) + 1 for line in self._lines[:count])
            return bisect_right(list(ends), max_bytes) or 1
        return count
