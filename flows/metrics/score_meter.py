"""What a process of the score flow says of itself: once per epoch, from what its parts have counted anyway."""

import time
from collections.abc import Mapping
from typing import Protocol

from flows.intake import Intake
from flows.metrics.catalogue import (
    COMMIT,
    DEAD,
    EPOCH,
    IGNORED,
    LAG_BYTES,
    LAG_EVENTS,
    LOOKUPS,
    MISSES,
    PROGRESS_AT,
    REASONS,
    RECEIVED,
    REFUSED,
    TO_OUTBOX,
    USED,
)
from flows.metrics.lag import lag_samples
from flows.metrics.outbox import Depths
from flows.metrics.runs import this_run
from flows.parts import Parts
from state.batch import Unit
from state.clock import wall_clock
from state.measures import Histogram, Measures, Sample
from state.store import KINDS, Outbox

UNITS = {"bytes": LAG_BYTES, "events": LAG_EVENTS}


LOOK_S = 1.0


class Logs(Protocol):
    """What is read."""

    @property
    def unit(self) -> Unit:
        """What positions count."""

    def behind(self) -> Mapping[str, int]:
        """What was not read yet, by partition."""


class ScoreMeter:
    """One process's. `outbox` is for one process of a group; the others leave it out."""

    def __init__(self, parts: Parts, intake: Intake, process: int, outbox: Outbox | None) -> None:
        self._parts = parts
        self._intake = intake
        self._process = process
        self._run = this_run()
        self._depths = Depths(outbox) if outbox else None
        self._epoch = Histogram()
        self._closing = Histogram()
        self._closed_s = 0.0
        self._proven = 0.0
        self._proven_at = 0
        self._looked = -LOOK_S
        self._lags: list[Sample] = []

    def proven(self) -> None:
        """An epoch is in the store."""
        now = time.perf_counter()
        if self._proven_at:
            self._epoch.observe(now - self._proven)
        self._proven, self._proven_at = now, wall_clock()
        closed_s = self._parts.probes.closing_s
        self._closing.observe(closed_s - self._closed_s)
        self._closed_s = closed_s

    def measures(self, logs: Logs | None) -> Measures:
        """All of it as of now. `logs` are not looked at each time: there may be thousands."""
        samples = [*self._intake_samples(), *self._stage_samples()]
        if logs and time.perf_counter() - self._looked >= LOOK_S:
            self._looked = time.perf_counter()
            self._lags = lag_samples(UNITS[logs.unit], logs.behind(), self._ages() if self._parts.live else {})
        samples += self._lags
        if self._depths:
            samples += self._depths.samples()
        if self._proven_at:
            samples.append(PROGRESS_AT.of(self._proven_at / 1000))
        return Measures(self._run, self._process, samples)

    def _intake_samples(self) -> list[Sample]:
        counts = self._intake.counts
        return [
            RECEIVED.of(counts.received),
            USED.of(counts.used),
            IGNORED.of(counts.crawlers, "crawler"),
            IGNORED.of(counts.ignored - counts.crawlers, "other"),
            *(DEAD.of(self._intake.dead[reason], reason) for reason in REASONS),
        ]

    def _stage_samples(self) -> list[Sample]:
        probes = self._parts.probes
        lookups = {kind: probes.lookups_of(kind) for kind in KINDS}
        return [
            *(LOOKUPS.of(count.asked, kind) for kind, count in lookups.items()),
            *(MISSES.of(count.read, kind) for kind, count in lookups.items()),
            REFUSED.of(probes.refusals.shared_device, "contacts_per_visitor"),
            REFUSED.of(probes.refusals.id_full, "visitors_per_id"),
            TO_OUTBOX.of(probes.to_outbox),
            EPOCH.of(self._epoch),
            COMMIT.of(self._closing),
        ]

    def _ages(self) -> dict[str, float]:
        now = wall_clock()
        return {partition: max(now - at, 0) / 1000 for partition, at in self._intake.reached.items() if at}
