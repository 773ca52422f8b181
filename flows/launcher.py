"""Starts a flow in a process of its own, and again after a failure, from where the store is; with a limit and a pause.

The child reads its settings from standard input, so that no secret stands in a process list, and reports on standard
output, one JSON object a line.
"""

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from config.settings import Settings, to_json
from flows.exits import CHANGE_SOMETHING, CRASHED, FAILED, PAUSED
from flows.process import environment, program

MOST_RESTARTS = 10
MOST_CRASHES = 3
"""A crash is a defect of ours, and one that came three times running comes every time."""
CALM_S = 60.0
"""A child that ran this long was well: the failures before it no longer count."""
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)
LOOK_S = 0.05

Say = Callable[[str], None]


class Child:
    """A flow's process, and what it last reported."""

    def __init__(self, flow: str, settings: Settings, say: Say) -> None:
        self._command = [*program("flows.child"), flow]
        self._settings = to_json(settings)
        self._say = say
        self._stopping = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, on_report: Callable[[bytes], None]) -> int:
        """Run until the flow ends by itself or by `stop`; the exit code."""
        failures = crashes = 0
        while True:
            started = time.monotonic()
            code = self._once(on_report)
            if code in {0, CHANGE_SOMETHING} or self._stopping:
                return _final(code)
            if code == PAUSED:  # the next one waits until it may go on
                continue
            calm = time.monotonic() - started > CALM_S
            failures = 1 if calm else failures + 1
            crashes = 0 if code != CRASHED else 1 if calm else crashes + 1
            if failures > MOST_RESTARTS or crashes >= MOST_CRASHES:
                self._say(f"the flow ended {failures} times in a row; giving up")
                return FAILED
            self._pause(_ending(code), failures)

    def stop(self) -> None:
        """Let the flow finish what it has read and end."""
        self._stopping = True
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop_on_signals(self) -> None:
        """Ctrl-C and SIGTERM to us end the flow in good order."""

        def handle(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001  the signature of signal handlers
            self.stop()

        signal.signal(signal.SIGTERM, handle)
        signal.signal(signal.SIGINT, handle)

    def _once(self, on_report: Callable[[bytes], None]) -> int:
        process = subprocess.Popen(
            self._command,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on
        )
        self._process = process
        if self._stopping:  # while we paused, or while it started
            process.terminate()
        assert process.stdin is not None
        assert process.stdout is not None
        with process, process.stdout as reports:
            with suppress(BrokenPipeError):  # it ended at once; how, its exit code says
                process.stdin.write(self._settings)
                process.stdin.close()
            for line in reports:
                on_report(line)
        return process.wait()

    def _pause(self, ending: str, failures: int) -> None:
        """Wait before the next start, unless told to stop."""
        pause = PAUSES_S[min(failures, len(PAUSES_S)) - 1]
        self._say(f"the flow ended with {ending}; starting again in {pause:g} s ({failures}/{MOST_RESTARTS})")
        until = time.monotonic() + pause
        while not self._stopping and time.monotonic() < until:
            time.sleep(LOOK_S)


def _ending(code: int) -> str:
    if code == CRASHED:
        return "a crash"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _final(code: int) -> int:
    """Our exit code. A child that our own signal ended outright, or that had let go, had nothing begun."""
    if code in {0, CHANGE_SOMETHING}:
        return code
    return 0 if code in {-signal.SIGTERM, PAUSED} else FAILED
