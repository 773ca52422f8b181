"""When the batches of a log happened: what it takes to read a log in the order of time without sorting it."""

from collections.abc import Callable, Iterator
from contextlib import closing

import msgspec

from sources.jsonl import Reader
from sources.jsonl_files import LogFile
from sources.logs import LINE_BYTES
from sources.pace import event_time
from state.batch import Batch

NEVER = 1 << 62
AT_ONCE = 40_000
"""Lines of a batch at most."""


class Log(msgspec.Struct, frozen=True):
    """A log that can be read again: `batches` begins anew each time, and gives the same lines in the same order.

    `size` is by how much their positions grow in all; 0: not known.
    """

    name: str
    batches: Callable[[], Iterator[Batch]]
    size: int = 0


class Outline(msgspec.Struct, frozen=True):
    """Of one log: how many lines it has, where each batch ends, and the earliest time (ms) in it or in a later one.

    Up to a moment one must have read as far as the end of the last batch whose time is earlier.
    """

    log: Log
    lines: int
    ends: list[int]
    earliest: list[int]


def batches(log: LogFile) -> Iterator[Batch]:
    """The log in batches; always the same ones. Raises `LogError`."""
    with closing(Reader(log)) as reader:
        while not reader.at_end:
            batch = reader.read(AT_ONCE, AT_ONCE * LINE_BYTES)
            if batch is not None:
                yield batch


class Outlining:
    """An outline in the making."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._lines = 0
        self._ends: list[int] = []
        self._times: list[int] = []

    def batches(self) -> Iterator[Batch]:
        """All of the log, looked at on the way. Raises `LogError`."""
        for batch in self.log.batches():
            self._lines += len(batch.lines)
            self._ends.append(batch.position)
            self._times.append(min((at for line in batch.lines if (at := event_time(line)) is not None), default=NEVER))
            yield batch

    def outline(self) -> Outline:
        """Once all was looked at."""
        earliest = self._times[:]
        for place in range(len(earliest) - 1, 0, -1):
            earliest[place - 1] = min(earliest[place - 1], earliest[place])
        return Outline(self.log, self._lines, self._ends, earliest)
