"""What a flow costs that has nothing to do: the processor time of one that follows a log to which nobody writes."""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.score_flow import score_command
from benchmarks.server import dedicated_server
from benchmarks.traffic import write

EVENTS = 1_000
SEED = 13
SHORT_S, LONG_S = 6.0, 16.0  # the time that both have in common is that of starting, reading the log and ending


def idle_share() -> float:
    """Processor seconds per second, launcher and flow together."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.jsonl"
        write(log, EVENTS, SEED)
        return (_processor_s(log, LONG_S) - _processor_s(log, SHORT_S)) / (LONG_S - SHORT_S)


def _processor_s(log: Path, lasting_s: float) -> float:
    """Of a flow that lives so long."""
    with dedicated_server() as server, tempfile.TemporaryDirectory() as data:
        command = score_command(log, server, Path(data))
        flow = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(lasting_s)
        flow.send_signal(signal.SIGTERM)
        _, _, used = os.wait4(flow.pid, 0)
        return used.ru_utime + used.ru_stime
