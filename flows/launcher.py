"""Starts a flow in processes of its own, and again after a failure, from where the store is; with limit and pause."""

import signal
import time
from collections.abc import Callable
from types import FrameType

from config.settings import Settings
from flows.exits import CHANGE_SOMETHING, CRASHED, FAILED, PAUSED, UNREACHABLE
from flows.metrics.catalogue import Cause
from flows.metrics.watch import Watch
from flows.notices import Notice
from flows.processes import Hung, OnReport, Processes
from state.store import StoreUnavailable

MOST_RESTARTS = 10
MOST_CRASHES = 3
"""A crash is a defect of ours, and one that came three times running comes every time."""
LONGEST_OUTAGE_S = 900.0
"""A server that is away is no failure of the flow's: it is waited for, for so long."""
CALM_S = 60.0
"""A flow that ran this long was well: the failures before it no longer count."""
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)
LOOK_S = 0.05
QUIET_S = {"score": 45.0, "deliver": 180.0}
"""A flow that is well reports at the end of every epoch, and every second while it is at work. A call to a slow Redis
fails after 30 s, one to a CRM may be tried again for longer.
"""
HANGS = 1_000
"""Not an exit code: the flow said nothing for too long, and was ended."""

Say = Callable[[Notice], None]


class Streak:
    """Bad endings without a calm time between them."""

    def __init__(self) -> None:
        self.failures = self.crashes = self.outages = 0
        self._since = 0.0

    def add(self, code: int, ran_s: float) -> None:
        """Count an ending; the flow had run for so long."""
        if ran_s > CALM_S:
            self.failures = self.crashes = self.outages = 0
        if self.failures + self.outages == 0:
            self._since = time.monotonic()
        if code == UNREACHABLE:
            self.outages += 1
        else:
            self.failures += 1
            self.crashes = self.crashes + 1 if code == CRASHED else 0

    def giving_up(self) -> str:
        """Why starting again would not help, if it would not."""
        if self.failures > MOST_RESTARTS or self.crashes >= MOST_CRASHES:
            return f"the flow ended {self.failures} times in a row; giving up"
        if self.outages and time.monotonic() - self._since > LONGEST_OUTAGE_S:
            return f"Redis could not be used for {LONGEST_OUTAGE_S / 60:g} minutes; giving up"
        return ""

    def pause_s(self) -> float:
        """How long to wait before the next start."""
        return PAUSES_S[min(self.failures + self.outages, len(PAUSES_S)) - 1]


class Launcher:
    """Keeps a flow running."""

    def __init__(
        self,
        flow: str,
        settings: Settings,
        say: Say,
        watch: Watch | None = None,
        revive: Callable[[], None] = lambda: None,
    ) -> None:
        """`revive` starts a server of ours again that has died; it raises `StoreUnavailable` when it cannot."""
        self._flow = flow
        self._watch = watch or Watch(flow)
        self._revive = revive
        self._settings = settings
        self._say = say
        self._stopping = False
        self._processes: Processes | None = None

    def run(self, on_report: OnReport) -> int:
        """Run until the flow ends by itself or by `stop`; the exit code."""
        streak = Streak()
        while True:
            started = time.monotonic()
            code = self._once(on_report)
            if code in {0, CHANGE_SOMETHING} or self._stopping:
                return _final(code)
            if code == PAUSED:  # the next one waits until it may go on
                continue
            streak.add(code, time.monotonic() - started)
            if why := streak.giving_up():
                self._say(Notice("gave_up", why))
                return FAILED
            self._watch.restarts(_cause(code))
            self._pause(code, streak)

    def stop(self) -> None:
        """Let the flow finish what it has read and end."""
        self._stopping = True
        if self._processes is not None:
            self._processes.stop()

    def stop_on_signals(self) -> None:
        """Ctrl-C and SIGTERM to us end the flow in good order."""

        def handle(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001  the signature of signal handlers
            self.stop()

        signal.signal(signal.SIGTERM, handle)
        signal.signal(signal.SIGINT, handle)

    def _once(self, on_report: OnReport) -> int:
        try:
            self._revive()
        except StoreUnavailable as unavailable:
            self._say(Notice("failed", str(unavailable)))
            return UNREACHABLE
        self._processes = Processes(self._flow, self._settings, QUIET_S[self._flow])
        if self._stopping:  # while we paused, or while it started
            self._processes.stop()
        try:
            return self._processes.run(on_report)
        except Hung:
            return HANGS
        finally:
            self._watch.ended()

    def _pause(self, code: int, streak: Streak) -> None:
        """Wait before the next start, unless told to stop."""
        pause = streak.pause_s()
        counted = f" ({streak.failures}/{MOST_RESTARTS})" if streak.failures else ""
        text = f"the flow ended with {_ending(code)}; starting again in {pause:g} s{counted}"
        self._say(Notice("restarting", text, {"cause": _cause(code), "pause_s": pause}))
        until = time.monotonic() + pause
        while not self._stopping and time.monotonic() < until:
            time.sleep(LOOK_S)


def _cause(code: int) -> Cause:
    known: dict[int, Cause] = {CRASHED: "crash", HANGS: "hang", UNREACHABLE: "store"}
    return known.get(code, "signal" if code < 0 else "failure")


def _ending(code: int) -> str:
    if code == CRASHED:
        return "a crash"
    if code == UNREACHABLE:
        return "Redis away"
    if code == HANGS:
        return "no epoch completed for too long"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _final(code: int) -> int:
    """Our exit code. A child that our own signal ended outright, or that had let go, had nothing begun."""
    if code in {0, CHANGE_SOMETHING}:
        return code
    return 0 if code in {-signal.SIGTERM, PAUSED} else FAILED
