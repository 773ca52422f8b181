"""The log as a Bytewax source: batches of lines out, positions noted when an epoch is proven to be in the store.

One epoch is in flight at a time: the first batch asked for after a snapshot proves that every stage has finished, and
committed, the epoch before. Only then are its positions saved.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Protocol

import msgspec
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from sources.ticks import Ticks
from state.batch import Batch, BundleEnd, Unit
from state.clock import wall_clock
from state.parcel import Parcel
from state.telling import telling

IDLE_MS = 20
"""How soon a log that had nothing new is asked again; well within an epoch, else it would hold up the whole flow."""
WRITTEN = "@"
"""Before the partition of a batch from the identity log, so that no event log can pass for it."""


class Progress(Protocol):
    """Whom the source tells how far it is."""

    def prove(self, positions: dict[str, int]) -> None:
        """All below these positions is in the store."""

    def at_work(self) -> None:
        """The epoch goes on."""

    def stopping(self) -> bool:
        """Whether to end although more could come."""

    def failed(self, error: Exception) -> None:
        """The run ends with this; what follows from it is no news."""


class Lines(Protocol):
    """Event logs: a folder's, or Kafka's topics."""

    @property
    def at_end(self) -> bool:
        """Every line was given, and none will ever come."""

    def read(self) -> Batch | None:
        """The next lines; None: none now."""

    def close(self) -> None:
        """Close what is open."""

    @property
    def unit(self) -> Unit:
        """What positions count."""

    def behind(self) -> dict[str, int]:
        """What was not read yet, by partition, in that unit."""


Item = Batch | BundleEnd | Parcel


class LogPartition(StatefulSourcePartition[Item, None]):
    """What one worker reads: its share of the event logs, and the identity log that the flow itself writes to.

    Ticks come with it, once at least, also where there is nothing to read. A bundle of events has `bundle` batches, or
    as many as there were before nothing more was there.
    """

    def __init__(self, events: Lines, written: Lines | None, ticks: Ticks, progress: Progress, bundle: int = 1) -> None:
        self._events = events
        self._written = written
        self._ticks = ticks
        self._progress = progress
        self._bundle = bundle
        self._batches = 0
        self._ahead: dict[str, int] = {}
        self._sealed: dict[str, int] | None = None
        self._idle = False
        self.positions: dict[str, int] = {}
        """Up to where all that was read has gone on: never inside of a bundle."""

    def next_batch(self) -> list[Item]:
        """Ticks that are due and the next lines; ends when a finite log is read."""
        with telling(self._progress.failed):
            return self._next()

    def _next(self) -> list[Item]:
        if self._sealed is not None:
            self._progress.prove(self._sealed)
            self._sealed = None
        else:
            self._progress.at_work()
        stopping = self._progress.stopping()
        items: list[Item] = [*self._ticks.due()]
        if facts := None if stopping else self._facts():
            items.append(facts)
        else:
            items += self._in_bundles(None if stopping else self._events.read())
        if not items and (stopping or self._events.at_end):
            raise StopIteration
        self._idle = not any(isinstance(item, Batch) for item in items)
        return items

    def _facts(self) -> Batch | None:
        """What the flow wrote itself, which waits for no bundle."""
        batch = self._written.read() if self._written else None
        if batch is None:
            return None
        self.positions[WRITTEN + batch.partition] = batch.position
        return msgspec.structs.replace(batch, partition=WRITTEN + batch.partition)

    def _in_bundles(self, batch: Batch | None) -> Iterator[Item]:
        """The batch, and the end of the bundle if this is its last, or nothing more is there."""
        if batch is not None:
            self._ahead[batch.partition] = batch.position
            self._batches += 1
            yield batch
        if self._batches == self._bundle or (self._batches and batch is None):
            self.positions |= self._ahead
            self._ahead, self._batches = {}, 0
            yield BundleEnd()

    def next_awake(self) -> datetime | None:
        """At once after a batch, else soon."""
        return datetime.fromtimestamp((wall_clock() + IDLE_MS) / 1000, UTC) if self._idle else None

    def snapshot(self) -> None:
        """The epoch closes here: the bundles that have ended are what the next batch will prove."""
        self._sealed = dict(self.positions)

    @property
    def unit(self) -> Unit:
        """See `Lines`."""
        return self._events.unit

    def behind(self) -> dict[str, int]:
        """See `Lines`; of the event logs only."""
        return self._events.behind()

    def close(self) -> None:
        """Close the logs."""
        self._events.close()
        if self._written:
            self._written.close()


class LogSource(FixedPartitionedSource[Item, None]):
    """One partition per worker; which logs are in it is decided by their names."""

    def __init__(self, worker: int, open_logs: Callable[[], LogPartition], progress: Progress) -> None:
        self._worker = worker
        self._open_logs = open_logs
        self._progress = progress

    def list_parts(self) -> list[str]:
        """This process has its own partition only."""
        return [str(self._worker)]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> LogPartition:  # noqa: ARG002  Bytewax's signature
        """Opened when the whole group has found together; positions come from the store, not from Bytewax."""
        with telling(self._progress.failed):
            return self._open_logs()
