"""The score flow on two processes: how fast it is, and how soon it goes on after one of them is killed."""

import os
import signal
import subprocess
import tempfile
import time
from itertools import cycle
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.report import Row, Rows
from benchmarks.score_flow import NAMESPACE, FlowFailed, check_counts, score
from benchmarks.server import Server, dedicated_server
from config.settings import Settings
from flows.launcher import Launcher
from flows.scoring_run import Report

PARTS = 8
WORKERS = 2
SHARDS = 64
KILLS = 5


def split(log: Path, folder: Path) -> Path:
    """The log in parts of equal length, one line after the other, for processes to share."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [(folder / f"{number}.jsonl").open("wb") for number in range(PARTS)]
    with log.open("rb") as lines:
        for part, line in zip(cycle(parts), lines, strict=False):
            part.write(line)
    for part in parts:
        part.close()
    return folder


def group_rows(parts: Path, events: int, flow: Row) -> Rows:
    """Two processes beside one, and the time from a kill to the next commit."""
    label = "the flow on two processes"
    try:
        with dedicated_server() as server, tempfile.TemporaryDirectory() as folder:
            more = ("--workers", str(WORKERS), "--shards", str(SHARDS))
            run = score(parts, server, Path(folder), *more)
            check_counts(run, events)
    except FlowFailed as failed:
        return {"flow_two": Row(label, failed=str(failed))}
    beside = {"times_one": run.events_per_s / flow.events_per_s} if flow.events_per_s else {}
    return {"flow_two": Row(label, run.events_per_s, {"seconds": run.seconds, **beside}), **recovery_rows(parts)}


def recovery_rows(parts: Path) -> Rows:
    """From `kill -9` of one of two processes to the next commit, in the middle of a log."""
    with dedicated_server() as server, tempfile.TemporaryDirectory() as folder:
        took = [_recovery(parts, server, Path(folder)) for _ in range(KILLS)]
    return {"recovery": Row("kill to commit", figures={"median_s": median(took), "longest_s": max(took)})}


class _Watch:
    """Kills once the flow has committed something, and stops when it does so again."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._killed_at = 0.0
        self._victims: set[int] = set()
        self.took = 0.0

    def hear(self, line: bytes) -> None:
        """A report comes when an epoch is committed; the first of a start only says that it has begun."""
        if self.took or not msgspec.json.decode(line, type=Report).received:
            return
        alive = _children()
        if not self._victims:
            self._victims = alive
            self._killed_at = time.perf_counter()
            os.kill(max(alive), signal.SIGKILL)
        elif not self._victims & alive:
            self.took = time.perf_counter() - self._killed_at
            self._launcher.stop()


def _recovery(parts: Path, server: Server, folder: Path) -> float:
    """Seconds; a launcher waits longer after each of many failures, so each kill has one of its own."""
    settings = Settings(
        data=folder, redis=server.url, namespace=NAMESPACE, log=parts, workers=WORKERS, shards=SHARDS, epoch_ms=250
    )
    launcher = Launcher("score", settings, lambda _: None)
    watch = _Watch(launcher)
    launcher.run(watch.hear)
    return watch.took


def _children() -> set[int]:
    """The flow's processes."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=3) for line in listed.stdout.splitlines()]
    mine = [row for row in rows if int(row[1]) == os.getpid() and "flows.child" in row[3] and row[2][0] != "Z"]
    return {int(row[0]) for row in mine}
