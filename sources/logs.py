"""A folder's logs as one stream of batches, with a position for each of them."""

from collections.abc import Mapping
from pathlib import Path

from sources.jsonl import Reader
from sources.jsonl_files import LogFile, find_logs, packing_of
from sources.log_error import LogError, NoLogs
from sources.pace import Pace, PacedReader, first_time
from state.batch import Batch, Unit
from state.clock import wall_clock
from state.ids import shard_of

AT_ONCE = 20_000
"""Lines of a batch at most: the more at once, the less each stage pays per event, and the more memory they take."""
PACED_AT_ONCE = 5_000
LINE_BYTES = 420
"""Of lines that are longer on average, fewer are read at once."""
LOOK_AGAIN_MS = 1_000
"""How often a followed folder is looked through for new logs."""


def require_lines(path: Path) -> None:
    """Raises `LogError` when no log at the path has a line: to read it to its end would be to do nothing."""
    if not any(_has_lines(log) for log in find_logs(path)):
        raise LogError(f"{path} is empty: name a log with events, or leave out --until-end to wait for them")


def _has_lines(log: LogFile) -> bool:
    reader = Reader(log)
    batch = None
    while batch is None and not reader.at_end:
        batch = reader.read(max_lines=1)
    reader.close()
    return batch is not None


def _left(log: LogFile, position: int) -> int:
    """Of a log that nobody has opened yet, from a position on: a compressed one is unpacked from its start; 0 when it
    was put away.
    """
    try:
        size = log.path.stat().st_size
    except OSError:
        return 0
    return size if packing_of(log.path) else max(size - position, 0)


class Share(tuple[int, int]):
    """Which logs of a folder one worker reads: (its number, how many workers)."""

    __slots__ = ()

    def has(self, log: LogFile) -> bool:
        """Whether this worker reads the log; by name, the same on every worker."""
        return shard_of(log.name, self[1]) == self[0]


class Logs:
    """Reads the logs one after the other; those that are followed, in turns.

    `positions` are where earlier runs got to, by partition. `pace` makes a time-lapse of it.
    """

    unit: Unit = "bytes"

    def __init__(self, path: Path, positions: Mapping[str, int], *, follow: bool, share: Share) -> None:
        self._path = path
        self._follow = follow
        self._share = share
        self._positions = dict(positions)
        self._waiting = self._mine()
        self._known = {log.partition for log in self._waiting}
        self._open: list[Reader | PacedReader] = []
        self._looked = wall_clock()
        self._pace: Pace | None = None

    def first_time(self) -> int | None:
        """When the earliest log begins, in ms, as far as its first lines tell."""
        times = []
        for log in self._waiting:
            reader = Reader(log)
            batch = reader.read()
            reader.close()
            times.append(first_time(batch.lines) if batch else None)
        return min((at for at in times if at is not None), default=None)

    def pace(self, pace: Pace) -> None:
        """Give lines only when the log's time has come to them."""
        self._pace = pace

    @property
    def at_end(self) -> bool:
        """Every line was given, and none will ever come."""
        return not self._follow and not self._waiting and not self._open

    def behind(self) -> dict[str, int]:
        """Bytes that were not read yet, by partition; packed ones of compressed logs. A time-lapse is never behind."""
        if self._pace:
            return {}
        waiting = {log.partition: _left(log, self._positions.get(log.partition, 0)) for log in self._waiting}
        return waiting | {reader.partition: reader.behind for reader in self._open if isinstance(reader, Reader)}

    def read(self) -> Batch | None:
        """The next lines of some log; None: none now. Raises `LogError`."""
        self._look_again()
        self._open_next()
        for reader in list(self._open):
            batch = self._read_from(reader)
            if batch is not None:
                return batch
        return None

    def close(self) -> None:
        """Close what is open."""
        for reader in self._open:
            reader.close()
        self._open.clear()

    def _read_from(self, reader: Reader | PacedReader) -> Batch | None:
        if isinstance(reader, PacedReader):
            batch = reader.read(wall_clock(), PACED_AT_ONCE)
        else:
            batch = reader.read(AT_ONCE, AT_ONCE * LINE_BYTES)
        self._open.remove(reader)
        if not reader.at_end:
            self._open.append(reader)
        return batch

    def _open_next(self) -> None:
        """Followed and paced logs are all open; others one at a time, so that their order is the order of time."""
        while self._waiting and (self._follow or self._pace or not self._open):
            log = self._waiting.pop(0)
            reader = Reader(log, self._positions.get(log.partition, 0), follow=self._follow)
            self._open.append(PacedReader(reader, self._pace) if self._pace else reader)

    def _look_again(self) -> None:
        if self._follow and wall_clock() - self._looked > LOOK_AGAIN_MS:
            self._looked = wall_clock()
            fresh = [log for log in self._mine_now() if log.partition not in self._known]
            self._known |= {log.partition for log in fresh}
            self._waiting += fresh

    def _mine_now(self) -> list[LogFile]:
        """None while a log is being rotated, or after a folder's logs were put away."""
        try:
            return self._mine()
        except NoLogs:
            return []

    def _mine(self) -> list[LogFile]:
        return [log for log in find_logs(self._path, follow=self._follow) if self._share.has(log)]
