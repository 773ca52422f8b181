"""A log's events in steps of event time, whatever order its lines are in."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from flows.replay.outline import Outline
from sources.log_error import LogChanged
from state.batch import Batch
from state.event import Counts, Event
from state.touch import HASH_BITS

Decode = Callable[[Batch], tuple[list[Event], Counts]]


class InOrder:
    """Reads each log no further than a step needs, and holds events that came before their time.

    So memory grows with how far a log is out of order, not with its length.
    """

    def __init__(self, outlines: Sequence[Outline], decode: Decode, every: int) -> None:
        """Steps of `every` ms, on whole multiples of it."""
        self._logs = [_Log(outline) for outline in outlines]
        self._decode = decode
        self._every = every
        self._early: dict[int, list[Event]] = defaultdict(list)
        self.counts = Counts()

    def steps(self) -> Iterator[tuple[int, list[Event]]]:
        """(end of the step in ms, its events), ascending; steps without events are left out. Raises `LogError`."""
        while (step := self._next_step()) is not None:
            end = (step + 1) * self._every
            for log in self._logs:
                for batch in log.until(end):
                    self._take(batch)
            if events := self._early.pop(step, None):
                yield end, events

    def _next_step(self) -> int | None:
        """The first step that may have events."""
        ahead = [log.next_time // self._every for log in self._logs if log.next_time is not None]
        return min([*ahead, *self._early], default=None)

    def _take(self, batch: Batch) -> None:
        events, counts = self._decode(batch)
        self.counts.add(counts)
        every = self._every << HASH_BITS
        for event in events:
            self._early[event.touch // every].append(event)


class _Log:
    """One log, read forward once, however its lines are divided into batches this time."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._batches = outline.log.batches()
        self._read = 0
        self._lines = 0

    @property
    def next_time(self) -> int | None:
        """The earliest time (ms) in what was not read; None at the end."""
        earliest = self._outline.earliest
        return earliest[self._read] if self._read < len(earliest) else None

    def until(self, end: int) -> Iterator[Batch]:
        """What must have been read to know all that happened before `end` (ms)."""
        while (at := self.next_time) is not None and at < end:
            yield self._next()

    def _next(self) -> Batch:
        """Raises `LogChanged` when the log has fewer lines than before."""
        batch, ends = next(self._batches, None), self._outline.ends
        if batch is not None:
            self._lines += len(batch.lines)
            while self._read < len(ends) and ends[self._read] <= batch.position:
                self._read += 1
        if batch is None or (self._read == len(ends) and self._lines < self._outline.lines):
            raise LogChanged(f"{self._outline.log.name} lost events while it was read: start the replay again")
        return batch
