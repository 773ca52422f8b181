"""A replay's rate beside that of processes that only decode.

    python -m benchmarks.replay --events 10000000

folds and evaluates such a log of its own, as of now, in one step.
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from benchmarks.report import Row, Rows
from benchmarks.traffic import recent_start, write
from config.loading import load_model, standard_model_path
from flows.process import environment, program
from flows.replay.outline import batches
from flows.replay.run import Request, replay
from operators.decode import Decoder
from sources.jsonl_files import find_logs
from state.clock import wall_clock
from state.moment import iso

FAR_FUTURE = 1 << 43
PROCESSES = 2
"""A replay reads in one process and evaluates in another."""
MB = 1_000_000


class Ran(msgspec.Struct, frozen=True):
    """Events and seconds of one process, and the most memory that it and those it started took at once (bytes)."""

    events: int
    seconds: float
    peak_rss_bytes: int


def replay_rows(log: Path) -> Rows:
    """The replay as a whole, from its start to its report, beside two processes that decode the same log."""
    decode = decoding_rate(log)
    ran = run("replay", log)
    rate = ran.events / ran.seconds
    figures = {
        "seconds": ran.seconds,
        "replay_share": rate / decode,
        "only_decoding": decode,
        "peak_rss_mb": ran.peak_rss_bytes / MB,
    }
    return {"replay": Row("a replay: fold and evaluate, two processes", rate, figures)}


def decoding_rate(log: Path) -> float:
    """Events/s that as many processes reach at the same time when they only read and decode, as the replay does."""
    started = [_start("decode", log) for _ in range(PROCESSES)]
    return sum(ran.events / ran.seconds for ran in map(_ended, started))


def run(what: str, log: Path) -> Ran:
    """One of the measured programs, in a process of its own."""
    return _ended(_start(what, log))


def _start(what: str, log: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*program("benchmarks.replay"), "--log", str(log), what], env=environment(), stdout=subprocess.PIPE
    )


def _ended(process: "subprocess.Popen[bytes]") -> Ran:
    said, _ = process.communicate()
    return msgspec.json.decode(said, type=Ran)


def _decode(log: Path) -> int:
    decoder, count = Decoder(load_model(standard_model_path())), 0
    for found in find_logs(log):
        for batch in batches(found):
            decoder.decode(batch, FAR_FUTURE)
            count += len(batch.lines)
    return count


def _replay(log: Path) -> int:
    return replay(Request(log=log, as_of=iso(wall_clock()))).events


def _measured(what: str, log: Path) -> Ran:
    began = time.perf_counter()
    events = _decode(log) if what == "decode" else _replay(log)
    seconds = time.perf_counter() - began
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Ran(events, seconds, sum(peaks) * (1 if sys.platform == "darwin" else 1024))


def main(
    what: Annotated[str, typer.Argument(help="decode, replay, or both beside each other.")] = "both",
    events: Annotated[int, typer.Option(min=1_000, help="Length of the log that is made for it.")] = 10_000_000,
    log: Annotated[Path | None, typer.Option(help="An existing log instead.")] = None,
) -> None:
    """Measure, and print it as JSON."""
    if what != "both":
        assert log is not None, "the measured programs are given their log"
        print(msgspec.json.encode(_measured(what, log)).decode())
        return
    with tempfile.TemporaryDirectory() as folder:
        if log is None:
            log = Path(folder, "traffic.jsonl")
            write(log, events, 7, recent_start(events, datetime.fromtimestamp(time.time(), UTC)))
        print(msgspec.json.format(msgspec.json.encode(replay_rows(log))).decode())


if __name__ == "__main__":
    typer.run(main)
