"""Starts a flow in a process of its own, and again after a crash, from where the store is; with a limit and a pause.

The child reads its settings from standard input, so that no secret stands in a process list, and reports on standard
output, one JSON object a line.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

import msgspec

from config.settings import Settings

MOST_RESTARTS = 10
CALM_S = 60.0
"""A child that ran this long was well: the restarts before it no longer count."""
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)

FAILED = 1
UNUSABLE = 2
"""The child's exit code when a person has to change something; starting it again would not help."""

Say = Callable[[str], None]


class Child:
    """A flow's process, and what it last reported."""

    def __init__(self, flow: str, settings: Settings, say: Say) -> None:
        self._command = [sys.executable, "-m", "flows.child", flow]
        self._settings = msgspec.json.encode(settings, enc_hook=str)
        self._say = say
        self._stopping = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, on_report: Callable[[bytes], None]) -> int:
        """Run until the flow ends by itself or by `stop`; the exit code."""
        restarts = 0
        while True:
            started = time.monotonic()
            code = self._once(on_report)
            if code in {0, UNUSABLE} or self._stopping:
                return 0 if self._stopping and code != UNUSABLE else code
            restarts = 0 if time.monotonic() - started > CALM_S else restarts + 1
            if restarts > MOST_RESTARTS:
                self._say(f"the flow ended {restarts} times in a row; giving up")
                return FAILED
            pause = PAUSES_S[min(restarts, len(PAUSES_S)) - 1]
            self._say(
                f"the flow ended with {_ending(code)}; starting again in {pause:g} s ({restarts}/{MOST_RESTARTS})"
            )
            time.sleep(pause)

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
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on
        )
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        with process, process.stdout as reports:
            process.stdin.write(self._settings)
            process.stdin.close()
            for line in reports:
                on_report(line)
        return process.wait()


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
