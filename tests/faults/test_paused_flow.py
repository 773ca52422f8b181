"""A flow that is paused, and wakes beside the one that took its place: it must not write."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from redis import Redis

from config.settings import Settings
from flows.exits import CHANGE_SOMETHING
from flows.processes import Processes
from flows.scoring_run import Report
from flows.stores import connection
from state.keys import Keys
from tests.commands import SIMPLE, children
from tests.events import write_log
from tests.faults.messy_log import messy_log
from tests.faults.remains import letters, state_of, undisturbed
from tests.waiting import wait_for


class Started:
    """A flow of two processes in a thread."""

    def __init__(self, settings: Settings) -> None:
        before = set(children(os.getpid(), "flows.child"))
        self.code: int | None = None
        self.read = 0
        self._processes = Processes("score", settings, quiet_s=120.0)
        self.pids = sorted(set(children(os.getpid(), "flows.child")) - before)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        latest: dict[int, int] = {}

        def hear(line: bytes) -> None:
            report = msgspec.json.decode(line, type=Report)
            latest[report.process] = report.received
            self.read = sum(latest.values())

        self.code = self._processes.run(hear)

    def signal(self, number: signal.Signals) -> None:
        for pid in self.pids:
            os.kill(pid, number)

    def end(self) -> int | None:
        self._processes.stop()
        self._thread.join(30.0)
        return self.code


@pytest.fixture
def settings(redis_url: str, namespace: str, tmp_path: Path) -> Settings:
    return Settings(
        forget_after_days=0,
        data=tmp_path / "data", redis=redis_url, namespace=namespace, model=SIMPLE, log=tmp_path / "log", shards=8,
        epoch_ms=100, rewind_ms=300, workers=2,
    )  # fmt: skip


@pytest.fixture
def lease(settings: Settings) -> Iterator[Redis]:
    with closing(Redis.from_url(settings.redis)) as admin:
        yield admin


@pytest.mark.timeout(120)
def test_a_paused_flow_that_wakes_beside_its_successor_writes_nothing(settings: Settings, lease: Redis) -> None:
    assert settings.log is not None
    aside = settings.log.with_name("aside")
    lines = messy_log(aside, 6_000, seed=31)
    settings.log.mkdir()
    grow(aside, settings.log, 8)
    paused = Started(msgspec.structs.replace(settings, epoch_ms=3_000))
    wait_for(lambda: paused.read >= 1_500)  # an epoch has just ended
    grow(aside, settings.log, 8)
    write_log(settings.log / "last.jsonl", [b"{"])
    wait_for(lambda: any("last" in partition for partition, _ in letters(settings)))
    # It has read on, and what that changed is at hand and not in the store.
    paused.signal(signal.SIGSTOP)
    wait_for(lambda: not lease.exists(Keys(settings.namespace, b"").common("lease")))
    successor = Started(settings)
    grow(aside, settings.log, 1_000)
    wait_for(lambda: successor.read >= len(lines) - 1_500)
    successor.end()
    paused.signal(signal.SIGCONT)  # what it has at hand is older than what is in the store, and nobody comes after it
    wait_for(lambda: paused.code is not None)
    last = Started(msgspec.structs.replace(settings, until_end=True, rewind_ms=0))  # what was undone stays so
    wait_for(lambda: last.code is not None)
    with connection(settings) as store:
        found = state_of(store)
    assert (paused.code, successor.code, found == undisturbed(lines, settings)[0]) == (CHANGE_SOMETHING, 0, True)


def grow(aside: Path, log: Path, files: int) -> None:
    for path in sorted(aside.iterdir())[:files]:
        path.rename(log / path.name)
