"""A log's events in steps of event time, whatever order its lines are in."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from flows.replay.outline import Outline, batches
from operators.decode import Decoder
from state.batch import Batch
from state.event import Counts, Event
from state.touch import HASH_BITS


class InOrder:
    """Reads each log no further than a step needs, and holds events that came before their time.

    So memory grows with how far a log is out of order, not with its length.
    """

    def __init__(self, outlines: Sequence[Outline], decoder: Decoder, latest: int, every: int) -> None:
        """Steps of `every` ms, on whole multiples of it; events past `latest` (ms) are dead letters."""
        self._logs = [_Log(outline) for outline in outlines]
        self._decoder = decoder
        self._latest = latest
        self._every = every
        self._early: dict[int, list[Event]] = defaultdict(list)
        self.counts = Counts()

    def steps(self) -> Iterator[tuple[int, list[Event]]]:
        """(end of the step in ms, its events), ascending; steps without events are left out."""
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
        events, _, counts = self._decoder.decode(batch, self._latest)
        self.counts.add(counts)
        every = self._every << HASH_BITS
        for event in events:
            self._early[event.touch // every].append(event)


class _Log:
    """One log, read forward once."""

    def __init__(self, outline: Outline) -> None:
        self._earliest = outline.earliest
        self._batches = batches(outline.log)
        self._read = 0

    @property
    def next_time(self) -> int | None:
        """The earliest time (ms) in what was not read; None at the end."""
        return self._earliest[self._read] if self._read < len(self._earliest) else None

    def until(self, end: int) -> Iterator[Batch]:
        """What must have been read to know all that happened before `end` (ms)."""
        while (at := self.next_time) is not None and at < end:
            self._read += 1
            yield next(self._batches)
