"""`kill -9` in the middle of scoring, again and again: in the end everything is as if nothing had happened."""

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings, to_json
from flows.process import environment, program
from flows.scoring_run import Report
from flows.stores import connection
from tests.commands import SIMPLE
from tests.faults.messy_log import messy_log
from tests.faults.remains import compare, state_of, undisturbed


class Child:
    """The scoring process, without a launcher: the test is the launcher."""

    def __init__(self, settings: Settings) -> None:
        command = [*program("flows.child"), "score"]
        self._process = subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        self._process.stdin.write(to_json(settings))
        self._process.stdin.close()

    def reports(self) -> Iterator[Report]:
        """What it says, until it ends."""
        assert self._process.stdout is not None
        yield from map(msgspec.json.Decoder(Report).decode, self._process.stdout)

    def kill(self) -> int:
        """Kill it at once; the exit code, -9 if it was still running."""
        self._process.kill()
        return self.end()

    def stop(self) -> None:
        """Tell it to end."""
        self._process.terminate()

    def end(self) -> int:
        """Wait for its end; the exit code."""
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self._process.wait(60)


def run_killed(settings: Settings, after: int, moment_s: float) -> int:
    """Score until so many events are read, then `kill -9`; how many it had read. Fails when it came too late.

    A report comes when an epoch has ended; `moment_s` later it is somewhere in the middle of another.
    """
    child = Child(settings)
    read = next(report.received for report in child.reports() if report.received >= after or report.done)
    time.sleep(moment_s)
    assert child.kill() == -9
    return read


def run_stopped(settings: Settings, after: int) -> int:
    """Score until so many events are read, then tell it to end; how many it had read in the end."""
    child = Child(settings)
    reports = child.reports()
    next(report for report in reports if report.received >= after)
    child.stop()
    last = list(reports)[-1]
    assert (child.end(), last.done) == (0, True)
    return last.received


def run_to_the_end(settings: Settings) -> Report:
    child = Child(settings)
    last = list(child.reports())[-1]
    assert (child.end(), last.done) == (0, True)
    return last


def killed_again_and_again(settings: Settings, lines: list[bytes], kills: int, seed: int) -> int:
    """Score the log, with kills spread over it; how many events were read in all, at least."""
    chance = random.Random(seed)
    step = len(lines) // (kills + 1)
    plan = [(chance.randrange(step // 2, step), chance.uniform(0, 0.15)) for _ in range(kills)]
    read = sum(run_killed(settings, after, moment_s) for after, moment_s in plan)
    return read + run_to_the_end(settings).received


def check(settings: Settings, events: int, kills: int, seed: int) -> None:
    assert settings.log is not None
    lines = messy_log(settings.log, events, seed)
    read = killed_again_and_again(settings, lines, kills, seed)
    assert read > len(lines)  # something was read twice, else the kills have shown nothing
    compare(settings, lines)


@pytest.fixture
def settings(redis_url: str, namespace: str, tmp_path: Path) -> Settings:
    """Epochs and rewind as short as a test needs them: the rewind is several epochs, as it is in production."""
    return Settings(
        forget_after_days=0,
        data=tmp_path / "data", redis=redis_url, namespace=namespace, model=SIMPLE, log=tmp_path / "logs",
        until_end=True, epoch_ms=40, rewind_ms=200,
    )  # fmt: skip


@pytest.mark.parametrize("bundle", [1, 3])
def test_two_kills_leave_no_trace(settings: Settings, bundle: int) -> None:
    check(msgspec.structs.replace(settings, bundle=bundle), events=6_000, kills=2, seed=1)


@pytest.mark.parametrize("bundle", [1, 3])
def test_stopped_in_good_order_nothing_is_lost_and_nothing_read_twice(settings: Settings, bundle: int) -> None:
    assert settings.log is not None
    without_rewind = msgspec.structs.replace(settings, rewind_ms=0, bundle=bundle)
    lines = messy_log(settings.log, 4_000, seed=4)
    read = [run_stopped(without_rewind, after=1_000) for _ in range(2)]
    read.append(run_to_the_end(without_rewind).received)
    with connection(settings) as store:
        found = state_of(store)
    assert (sum(read), found) == (len(lines), undisturbed(lines, settings)[0])


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_many_kills_leave_no_trace(settings: Settings) -> None:
    check(settings, events=100_000, kills=8, seed=2)
