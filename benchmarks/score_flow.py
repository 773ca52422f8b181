"""The whole score flow as a user starts it, in a process of its own: `leadstream score LOG --until-end`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

import msgspec

from benchmarks.server import Server

# The console script's own entry point, so that a checkout can be measured without being installed.
LEADSTREAM = (sys.executable, "-c", "from flows.cli import main; main()")
TIMEOUT_S = 600.0
POLL_S = 0.02


class FlowFailed(Exception):
    """The flow did not do its work; the message is one line that says why."""


class FlowRun(msgspec.Struct, frozen=True):
    """What the flow says of itself, and what was seen of it from outside.

    `seconds` is the flow's own time from its first batch to its last commit; `wall_s` and `peak_rss_bytes`
    are the process's, start-up included.
    """

    received: int
    used: int
    ignored: int
    dead: int
    seconds: float
    wall_s: float = 0.0
    peak_rss_bytes: int = 0

    @property
    def events_per_s(self) -> float:
        """Events from the log to Redis, a second."""
        return self.received / self.seconds


def score(log: Path, server: Server, data: Path) -> FlowRun:
    """Run the flow over a log to its end; raises `FlowFailed`."""
    where = ("--redis", server.url, "--data", str(data))
    command = [*LEADSTREAM, "score", str(log), "--until-end", "--json", *where]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        status, peak_rss_bytes = _wait(process)
        wall_s = time.perf_counter() - began
        if status != 0:
            raise FlowFailed(f"flow failed: {_last_line(_content(err)) or f'exit code {status}'}")
        said = _last_line(_content(out))
    return msgspec.structs.replace(_parse(said), wall_s=wall_s, peak_rss_bytes=peak_rss_bytes)


def check_counts(run: FlowRun, events: int) -> None:
    """Raise `FlowFailed` unless the flow took in the whole log and accounted for every event of it."""
    if run.received != events:
        raise FlowFailed(f"flow failed: it received {run.received} of {events} events")
    if run.used + run.ignored + run.dead != events or run.dead or not run.used:
        counts = f"used {run.used} + ignored {run.ignored} + dead {run.dead}"
        raise FlowFailed(f"flow failed: {counts} of {events} events")


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The exit code and the peak RSS in bytes of a process and the children it waited for.

    Linux counts the starter's own RSS into it: it says something only while this process is the smaller.
    """
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise FlowFailed(f"flow failed: it did not end within {TIMEOUT_S:.0f} s")
        time.sleep(POLL_S)


def _parse(line: str) -> FlowRun:
    try:
        return msgspec.json.decode(line, type=FlowRun)
    except msgspec.MsgspecError as error:
        raise FlowFailed(f"flow failed: its last line is not what it counted: {error}") from None


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")
