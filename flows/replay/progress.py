"""How far a replay is, on standard error: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from flows.replay.feed import Frame

EVERY_S = 5.0


class ReplayProgress:
    """Told of how far it is, by `told`."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._shown_at = self._began = time.monotonic()

    def told(self, frame: Frame) -> None:
        """So many lines were looked through or read; of how many is not always known."""
        done, of = frame.looked or frame.counts.received, frame.lines
        if self._bar is not None and self._task is not None:
            what = "looking for the order of events" if frame.looked else "replaying"
            self._bar.update(self._task, completed=done, total=of or None, description=what)
        elif time.monotonic() - self._shown_at >= EVERY_S:
            self._shown_at = time.monotonic()
            what, rate = "looked through" if frame.looked else "replayed", done / (self._shown_at - self._began)
            told = f"{done:,} of {of:,}" if of else f"{done:,}"
            print(f"leadstream: {what} {told} events, {rate:,.0f} a second", file=sys.stderr)

    def __enter__(self) -> "ReplayProgress":
        if self._console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task("replaying", total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
