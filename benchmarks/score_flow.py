"""The whole score flow as a user starts it, in a process of its own: `leadstream score LOG --until-end`."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

import msgspec

from benchmarks import peak as peak_program
from benchmarks.server import Server

# The console script's own entry point, so that a checkout can be measured without being installed.
LEADSTREAM = (sys.executable, "-c", "from flows.cli import main; main()")
NAMESPACE = "bench"
TIMEOUT_S = 600.0


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


def score_command(log: Path | None, server: Server, data: Path) -> list[str]:
    """The command that follows a log for ever, as the first words of whatever else is wanted; None: it names topics."""
    where = ("--redis", server.url, "--namespace", NAMESPACE, "--data", str(data))
    return [*LEADSTREAM, "score", *([str(log)] if log else []), *where]


def score(log: Path | None, server: Server, data: Path, *more: str) -> FlowRun:
    """Run the flow over a log to its end, with more options if need be; raises `FlowFailed`."""
    command = [*score_command(log, server, data), "--until-end", "--json", *more]
    with tempfile.NamedTemporaryFile() as peak, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        code = _run([sys.executable, "-I", "-S", peak_program.__file__, peak.name, *command], out, err)
        wall_s = time.perf_counter() - began
        if code != 0:
            raise FlowFailed(f"flow failed: {last_line(err) or f'exit code {code}'}")
        return msgspec.structs.replace(_parse(last_line(out)), wall_s=wall_s, peak_rss_bytes=int(last_line(peak)))


def check_counts(run: FlowRun, events: int) -> None:
    """Raise `FlowFailed` unless the flow took in the whole log and accounted for every event of it."""
    if run.received != events:
        raise FlowFailed(f"flow failed: it received {run.received} of {events} events")
    if run.used + run.ignored + run.dead != events or run.dead or not run.used:
        counts = f"used {run.used} + ignored {run.ignored} + dead {run.dead}"
        raise FlowFailed(f"flow failed: {counts} of {events} events")


def _run(command: list[str], out: IO[bytes], err: IO[bytes]) -> int:
    """The exit code; whatever is still running after the time allowed, or at an interrupt, is killed."""
    process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)
    try:
        return process.wait(TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise FlowFailed(f"flow failed: it did not end within {TIMEOUT_S:.0f} s") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _parse(line: str) -> FlowRun:
    try:
        return msgspec.json.decode(line, type=FlowRun)
    except msgspec.MsgspecError as error:
        raise FlowFailed(f"flow failed: its last line is not what it counted: {error}") from None


def last_line(said: IO[bytes]) -> str:
    """The last line that is not empty of what a process wrote."""
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()
    return next((line for line in reversed(lines) if line.strip()), "")
