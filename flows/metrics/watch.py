"""What the launcher knows of its flow: what the processes count, how often they were started again, if they get on."""

import threading
from collections import Counter
from collections.abc import Callable

import msgspec

from flows.metrics.catalogue import CAUSES, INFO, PROCESSES, PROGRESS_AT, READY, RESTARTS, Cause
from flows.metrics.totals import Totals
from flows.release import release
from state.clock import wall_clock
from state.measures import Histogram, Measures, Sample

READY_WITHIN_S = 30.0
"""A flow that has not got on for longer is not ready: epochs take seconds, even when there is much to catch up."""


class Measured(msgspec.Struct, frozen=True):
    """All of a report that is of interest here."""

    measures: Measures = Measures()


class Watch:
    """One flow, watched. For any thread."""

    def __init__(self, flow: str, wall: Callable[[], int] = wall_clock) -> None:
        self._flow = flow
        self._wall = wall
        self._totals = Totals()
        self._lock = threading.Lock()
        self._restarts: Counter[Cause] = Counter(dict.fromkeys(CAUSES, 0))

    def report(self, line: bytes) -> None:
        """A process's line; of one that says nothing about itself there is nothing to hear."""
        self.hear(_decoder.decode(line).measures)

    def hear(self, measures: Measures) -> None:
        """What a process says of itself."""
        if measures.run:
            self._totals.hear(measures)

    def ended(self) -> None:
        """The processes have ended; others may follow."""
        self._totals.ended()

    def restarts(self, cause: Cause) -> None:
        """The flow is started again."""
        with self._lock:
            self._restarts[cause] += 1

    def why_not_ready(self) -> str:
        """Why the flow is not at work, `""` if it is."""
        return self._trouble(self._totals.samples())

    def samples(self) -> list[Sample]:
        """What the flow's processes count, and what is known from here."""
        told = self._totals.samples()
        with self._lock:
            restarts = [RESTARTS.of(times, cause) for cause, times in self._restarts.items()]
        return [
            *told,
            *restarts,
            PROCESSES.of(self._totals.processes),
            READY.of(int(not self._trouble(told))),
            INFO.of(1, self._flow, release()),
        ]

    def _trouble(self, told: list[Sample]) -> str:
        got_on = next((sample.value for sample in told if sample.metric == PROGRESS_AT.name), None)
        if got_on is None or isinstance(got_on, Histogram):
            return f"{self._flow} has not begun: it starts, or waits for its namespace"
        silent = self._wall() / 1000 - got_on
        return f"{self._flow} has not got on for {silent:.0f} s" if silent > READY_WITHIN_S else ""


_decoder = msgspec.json.Decoder(Measured)
