"""How far a replay is, on standard error: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from flows.replay.feed import Frame

EVERY_S = 5.0
"""Elsewhere than on a terminal a replay that takes no longer says nothing."""
ORDER = "looking for the order of events"


class ReplayProgress:
    """Told of how far reading is by `told`, and of what comes after that by `phase`."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._shown_at = self._began = time.monotonic()
        self._shown = ""

    def told(self, frame: Frame) -> None:
        """So many lines were looked through or read; of how many is not always known."""
        done, of = frame.looked or frame.counts.received, frame.lines
        if self._bar is not None and self._task is not None:
            what = ORDER if frame.looked else "replaying"
            self._bar.update(self._task, completed=done, total=of or None, description=what)
        elif time.monotonic() - self._shown_at >= EVERY_S:
            told = f"{done:,} of {of:,}" if of else f"{done:,}"
            self._line(f"{'looked through' if frame.looked else 'replayed'} {told} events")

    def phase(self, what: str) -> None:
        """Something else begins, of which it is not known how long it takes."""
        if self._bar is not None and self._task is not None:
            self._bar.reset(self._task, total=None, description=what)
        elif time.monotonic() - self._began >= EVERY_S:
            self._line(what)

    def _line(self, text: str) -> None:
        """Nobody wants to read the same twice."""
        self._shown_at = time.monotonic()
        if text != self._shown:
            self._shown = text
            print(f"leadstream: {text}, after {self._shown_at - self._began:.0f} s", file=sys.stderr)

    def __enter__(self) -> "ReplayProgress":
        if self._console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(ORDER, total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
