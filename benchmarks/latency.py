"""From an event in a followed log to its contact in the outbox, while the log grows at a given rate."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO

from benchmarks.probes import Probes
from benchmarks.score_flow import NAMESPACE, FlowFailed, last_line, score_command
from benchmarks.server import Server, dedicated_server
from benchmarks.traffic import Traffic, recent_start
from state.redis_link import RedisLink

TICK_S = 0.01  # one probe a tick, and a look at the outbox: also how exact the figures are
TIMEOUT_S = 30.0
SEED = 11


class Follower:
    """A flow that follows a log for ever."""

    def __init__(self, process: subprocess.Popen[bytes], err: IO[bytes]) -> None:
        self._process = process
        self._err = err

    def wait_for(self, probes: Probes) -> None:
        """Until all are in the outbox; raises `FlowFailed` when the flow ends before, or after 30 s."""
        deadline = time.monotonic() + TIMEOUT_S
        while probes.look():
            if self._process.poll() is not None:
                raise FlowFailed(f"flow failed: {last_line(self._err) or 'it ended while it followed a log'}")
            if time.monotonic() > deadline:
                raise FlowFailed("flow failed: events do not come to the outbox")
            time.sleep(TICK_S)


def log_to_outbox(rate: float, seconds: float) -> tuple[float, list[float]]:
    """Events/s that were written, and the delay of each probe in ms; raises `FlowFailed`."""
    background = _background(int(rate * seconds))  # generated before the clock runs
    with dedicated_server() as server, tempfile.TemporaryDirectory() as name:
        log = Path(name) / "log.jsonl"
        with log.open("ab", buffering=0) as file, _following(log, server, Path(name)) as flow:
            link = RedisLink(server.url, NAMESPACE)
            with link.client:
                first, probes = Probes(link, "first"), Probes(link, "probe")
                _append(file, first, [])
                flow.wait_for(first)  # it is up
                written_per_s = _write(file, probes, background, rate)
                flow.wait_for(probes)
    return written_per_s, probes.delays_ms


def _background(lines: int) -> list[bytes]:
    start = recent_start(lines, datetime.fromtimestamp(time.time(), UTC))
    return list(islice(Traffic(SEED, start), lines))


@contextmanager
def _following(log: Path, server: Server, data: Path) -> Iterator[Follower]:
    with tempfile.TemporaryFile() as err:
        command = score_command(log, server, data / "data")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err)
        try:
            yield Follower(process, err)
        finally:
            process.terminate()
            try:
                process.wait(TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _write(log: IO[bytes], probes: Probes, background: list[bytes], rate: float) -> float:
    """Append the background at the rate, a probe with every tick; the rate that was kept up."""
    began = time.perf_counter()
    done = 0
    while done < len(background):
        due = int((time.perf_counter() - began) * rate)
        _append(log, probes, background[done:due])
        done = max(done, due)
        probes.look()
        time.sleep(TICK_S)
    return len(background) / (time.perf_counter() - began)


def _append(log: IO[bytes], probes: Probes, background: list[bytes]) -> None:
    log.write(b"".join([*background, probes.next_line()]))
    probes.written()
