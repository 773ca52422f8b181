"""A run of raw lines from one partition, and what reads such runs."""

from typing import Literal, Protocol

import msgspec

Unit = Literal["bytes", "events"]
"""What positions of a log count."""


class Batch(msgspec.Struct, frozen=True, gc=False):
    r"""Lines of `partition`, in order, from byte `starts` up to byte `position`, where the next batch begins.

    A compressed log counts the bytes of the text inside. A line holds every byte between two newlines (`\n`):
    a carriage return before the newline stays on it (JSON reads it as white space), so a blank line is one
    with `not line.strip()`. A line over the reader's limit is cut to it, and `oversized` has the line's index
    and how many bytes it has in the log (the newline not counted).

    A Kafka partition counts messages instead: `offsets` are those of the lines, with gaps where some were deleted.
    """

    partition: str
    position: int
    lines: list[bytes]
    starts: int
    oversized: dict[int, int] = {}
    offsets: list[int] = []

    def offset(self, index: int) -> int:
        r"""Where line `index` begins: in a file a line takes its bytes and one for its `\n`.

        >>> batch = Batch("a.jsonl", 33, [b"{}", b"{}\r", b"{}"], 23)
        >>> [batch.offset(index) for index in range(3)]
        [23, 26, 30]
        """
        if self.offsets:
            return self.offsets[index]
        cut = sum(length - len(self.lines[line]) for line, length in self.oversized.items() if line < index)
        return self.starts + sum(map(len, self.lines[:index])) + index + cut

    def split(self, count: int, middle: int | None = None) -> tuple["Batch", "Batch"]:
        """The first `count` lines, and the rest; neither may be empty.

        `middle` is where the rest begins, for a caller who knows: to find it takes a look at every line.

        >>> [part.position for part in Batch("a.jsonl", 9, [b"{}", b"{}", b"{}"], 0).split(2)]
        [6, 9]
        """
        if middle is None:
            middle = self.offset(count)
        early = {line: length for line, length in self.oversized.items() if line < count}
        late = {line - count: length for line, length in self.oversized.items() if line >= count}
        return (
            Batch(self.partition, middle, self.lines[:count], self.starts, early, self.offsets[:count]),
            Batch(self.partition, self.position, self.lines[count:], middle, late, self.offsets[count:]),
        )


class BundleEnd(msgspec.Struct, frozen=True):
    """The batches of events since the last one make a bundle: what they say of one identifier is said at once.

    What a bundle says before it ends has gone nowhere yet, so no position inside of one is ever saved.
    """


class BatchReader(Protocol):
    """One partition, opened at a position that an earlier batch gave (or 0).

    Lines come in order, none twice and none left out; opened at any batch's `position`, a reader gives
    exactly the lines after that batch.
    """

    @property
    def position(self) -> int:
        """Where the next batch begins: the last batch's `position`."""

    @property
    def at_end(self) -> bool:
        """Nothing will ever come again. Never true of a log that may still grow."""

    def read(self, max_lines: int = ..., max_bytes: int = ...) -> Batch | None:
        """The next lines, at most `max_lines` and about `max_bytes` of them; None: nothing right now.

        One call does a bounded amount of work, so None before the end means: ask again.
        """

    def close(self) -> None:
        """Release what is open; the reader is not used afterwards. Closing again does no harm."""
