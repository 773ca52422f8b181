"""When the batches of a log happened: what it takes to read a log in the order of time without sorting it."""

from collections.abc import Iterator
from contextlib import closing

import msgspec

from sources.jsonl import Reader
from sources.jsonl_files import LogFile
from sources.logs import AT_ONCE, AT_ONCE_BYTES
from sources.pace import event_time
from state.batch import Batch

NEVER = 1 << 62


class Outline(msgspec.Struct, frozen=True):
    """Of one log: how many lines it has, and for each batch the earliest time (ms) in it or in a later one.

    Up to a moment one must have read as far as the last batch whose time is earlier.
    """

    log: LogFile
    lines: int
    earliest: list[int]


def batches(log: LogFile) -> Iterator[Batch]:
    """The log in batches; always the same ones. Raises `LogError`."""
    with closing(Reader(log)) as reader:
        while not reader.at_end:
            batch = reader.read(AT_ONCE, AT_ONCE_BYTES)
            if batch is not None:
                yield batch


def outline_of(log: LogFile) -> Outline:
    """Reads all of the log for its times. Raises `LogError`."""
    lines, times = 0, []
    for batch in batches(log):
        lines += len(batch.lines)
        times.append(min((at for line in batch.lines if (at := event_time(line)) is not None), default=NEVER))
    for place in range(len(times) - 1, 0, -1):
        times[place - 1] = min(times[place - 1], times[place])
    return Outline(log, lines, times)
