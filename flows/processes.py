"""One start of a flow: its processes, what they report, and how they end together."""

import queue
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

import msgspec

from config.settings import Settings, to_json
from flows.exits import CHANGE_SOMETHING, CRASHED, FAILED, PAUSED, UNREACHABLE
from flows.process import environment, program

LOOK_S = 0.2
GRACE_S = 0.5
"""How long the others may take to end when one has ended badly: which of them was first is not seen at once."""

OnReport = Callable[[bytes], None]


class Hung(Exception):
    """No process has said anything for too long."""


class Processes:
    """The processes that this machine runs of a flow's group.

    Each reads its settings from standard input, so that no secret stands in a process list, and reports on standard
    output, one JSON object a line. The group's first process takes the namespace; the others get their settings when it
    has, which its first report says.
    """

    def __init__(self, flow: str, settings: Settings, quiet_s: float) -> None:
        """A flow that says nothing for `quiet_s` after its first report hangs."""
        self._command = [*program("flows.child"), flow]
        self._quiet_s = quiet_s
        self._said: queue.Queue[tuple[int, bytes]] = queue.Queue()
        self._started = [self._start() for _ in range(settings.workers)]
        self._waiting = dict(enumerate(_settings_of_each(settings)))
        self._give_settings(first_only=settings.process == 0)

    def run(self, on_report: OnReport) -> int:
        """Hand on what they report until all have ended; the exit code. Raises `Hung`."""
        with ExitStack() as opened:
            for process in self._started:
                opened.callback(_close, process)
            for number in range(len(self._started)):
                listener = threading.Thread(target=self._listen, args=(number,), daemon=True)
                listener.start()
                opened.callback(listener.join)
            opened.callback(self._kill)
            return self._follow(on_report)

    def stop(self) -> None:
        """Let the flow finish what it has read and end."""
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)

    def _follow(self, on_report: OnReport) -> int:
        running = set(range(len(self._started)))
        heard: float | None = None
        while running:
            try:
                number, line = self._said.get(timeout=LOOK_S)
            except queue.Empty:
                if heard is not None and time.monotonic() - heard > self._quiet_s:
                    raise Hung from None
                continue
            if line:
                heard = time.monotonic()
                self._give_settings(first_only=False)
                on_report(line)
            elif self._started[number].wait() == 0:
                running.discard(number)
            else:
                return self._worst()
        return 0

    def _worst(self) -> int:
        """Why the group ended: the others end because one did."""
        until = time.monotonic() + GRACE_S
        while any(process.poll() is None for process in self._started) and time.monotonic() < until:
            time.sleep(0.01)
        codes = [code for process in self._started if (code := process.poll())]
        return min(codes, key=_rank)

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._command,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C in the terminal is the launcher's to pass on
        )

    def _give_settings(self, *, first_only: bool) -> None:
        for number in [0] if first_only else list(self._waiting):
            if settings := self._waiting.pop(number, None):
                stdin = self._started[number].stdin
                assert stdin is not None
                with suppress(BrokenPipeError):  # it ended at once; how, its exit code says
                    stdin.write(to_json(settings))
                    stdin.close()

    def _listen(self, number: int) -> None:
        reports = self._started[number].stdout
        assert reports is not None
        with reports:
            for line in reports:
                self._said.put((number, line))
        self._said.put((number, b""))

    def _kill(self) -> None:
        for process in self._started:
            process.kill()


def _close(process: "subprocess.Popen[bytes]") -> None:
    process.wait()
    with suppress(BrokenPipeError):
        assert process.stdin is not None
        process.stdin.close()


def _rank(code: int) -> int:
    """A pause comes first: whoever is at work takes the fence once the leader has let go, so that others may still find
    themselves fenced, and what a person must change the next start says again. Then that, and Redis; a failure may be
    the end of another process.
    """
    order = [PAUSED, CHANGE_SOMETHING, UNREACHABLE, -signal.SIGKILL, CRASHED, FAILED]
    return order.index(code if code in order else -signal.SIGKILL)


def _settings_of_each(settings: Settings) -> list[Settings]:
    addresses = settings.addresses or _free_addresses(settings.workers)
    numbers = range(settings.process, settings.process + settings.workers)
    return [msgspec.structs.replace(settings, process=number, addresses=addresses) for number in numbers]


def _free_addresses(count: int) -> str:
    """Ports of this machine that nobody else has; a process alone needs none."""
    if count == 1:
        return ""
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return ",".join(f"127.0.0.1:{one.getsockname()[1]}" for one in sockets)
