"""How far a rebuild is: what it has read, how fast, how far it is behind the log, and how long that will take."""

import time
from collections import deque
from typing import TextIO

import msgspec
from msgspec import UNSET

from flows.metrics.catalogue import LAG_BYTES, LAG_EVENTS, PROGRESS_AT
from flows.progress import EVERY_S, together
from flows.scoring_run import Report
from flows.sizes import size_in_words
from state.measures import Sample

FEW = {LAG_BYTES.name: 1 << 20, LAG_EVENTS.name: 3_000}
"""What is read in a moment."""
NEAR_S = 2.0
"""Who needs no longer than this to read the rest has caught up; the flow that goes on from there reads it."""
WINDOW_S = 10.0


class RebuildProgress:
    """Takes the reports of a flow's processes; shows one line, rewritten on a terminal, else every few seconds."""

    def __init__(self, workers: int, out: TextIO) -> None:
        self._decode = msgspec.json.Decoder(Report).decode
        self._workers = workers
        self._out = out
        self._of_each: dict[int, Report] = {}
        self._behind: deque[tuple[float, int]] = deque()
        self._shown_at = time.monotonic()

    def report(self, line: bytes, now: float) -> None:
        """A process's line, at a time (s)."""
        said = self._decode(line)
        self._of_each[said.process] = said
        behind = self.behind
        if behind is not None:
            self._behind.append((now, behind))
        while len(self._behind) > 2 and now - self._behind[0][0] > WINDOW_S:
            self._behind.popleft()
        self._show(now)

    @property
    def behind(self) -> int | None:
        """What was not read yet, in bytes or events; None: nobody knows before every process has read for an epoch."""
        of_each = [_samples(report) for report in self._of_each.values()]
        if len(of_each) < self._workers or not all(any(one.metric == PROGRESS_AT.name for one in of) for of in of_each):
            return None
        return int(sum(one.value for one in _lags(of_each) if isinstance(one.value, int | float)))

    @property
    def near(self) -> bool:
        """Whether the rest is read in a moment."""
        left = self.behind
        return left is not None and left <= max(FEW[self._unit], NEAR_S * self._gained_per_s())

    def sentence(self) -> str:
        """As a line."""
        all_of = together(self._of_each.values())
        rate = all_of.received / all_of.seconds if all_of.seconds else 0
        left, gained = self.behind, self._gained_per_s()
        behind = "" if left is None else f"; {_amount(left, self._unit)} behind"
        eta = f", about {_duration(left / gained)} left" if left and gained > 0 else ""
        return f"rebuilding: {all_of.received:,} events read, {rate:,.0f} events/s{behind}{eta}"

    def close(self) -> None:
        """Leave the last line."""
        if self._of_each:
            print("" if self._out.isatty() else self.sentence(), file=self._out, flush=True)

    def _show(self, now: float) -> None:
        if self._out.isatty():
            self._out.write(f"\r\x1b[K{self.sentence()}")
            self._out.flush()
        elif now - self._shown_at >= EVERY_S:
            self._shown_at = now
            print(self.sentence(), file=self._out, flush=True)

    @property
    def _unit(self) -> str:
        lags = _lags([_samples(report) for report in self._of_each.values()])
        return lags[0].metric if lags else LAG_BYTES.name

    def _gained_per_s(self) -> float:
        """By how much it came closer to the log's end, which moves on."""
        if len(self._behind) < 2:
            return 0.0
        (first_at, first), (last_at, last) = self._behind[0], self._behind[-1]
        return (first - last) / max(last_at - first_at, 0.001)


def _samples(report: Report) -> list[Sample]:
    return [] if report.measures is UNSET else list(report.measures.samples)


def _lags(of_each: list[list[Sample]]) -> list[Sample]:
    return [one for of in of_each for one in of if one.metric in FEW]


def _amount(left: int, unit: str) -> str:
    """What is left to read, for people.

    >>> _amount(12_345_678, LAG_BYTES.name), _amount(4_321, LAG_EVENTS.name)
    ('12.3 MB', '4,321 events')
    """
    return size_in_words(left) if unit == LAG_BYTES.name else f"{left:,} events"


def _duration(seconds: float) -> str:
    """Roughly.

    >>> _duration(42.4), _duration(600), _duration(9_000)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
