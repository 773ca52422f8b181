"""A score flow on several processes that is killed, again and again, while its log grows."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from config.settings import Settings
from flows.processes import Processes
from flows.scoring_run import Report
from state.redis_store import RedisStore
from state.rewind import resume_at
from tests.commands import children

QUIET_S = 60.0
Moment = Callable[[random.Random], float]
"""How long after the first commit the kill comes, in seconds."""


class Lives:
    """Runs the flow; proves of each kill that it hit: something was committed before, and is read again after."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self._settings = settings
        self._chance = random.Random(seed)
        self.kills = 0
        self.read = 0

    def grow(self, files: Iterator[Path], events: int, lines_a_file: int) -> None:
        """Move so many events into the log."""
        assert self._settings.log is not None
        self._settings.log.mkdir(exist_ok=True)
        for _ in range(max(events // lines_a_file, 1)):
            if path := next(files, None):
                path.rename(self._settings.log / path.name)

    def killed(self, workers: int, moment: Moment) -> None:
        """One life: it starts, commits something, and one of its processes is killed."""
        begins = self._resumes()
        self.read += self._run(workers, lambda: self._reached() > begins, self._chance_to_kill(moment))
        self.kills += 1
        if self._settings.rewind_ms:
            assert self._resumes() < self._reached(), "the kill cost nothing that has to be read again"
        else:
            assert self._reached() < self._size(), "the kill came when everything had been read"

    def ended(self, workers: int) -> None:
        """The last life, to the log's end."""
        self._settings = msgspec.structs.replace(self._settings, until_end=True)
        self.read += self._run(workers, lambda: False, lambda: None, code=0)

    def _run(self, workers: int, ready: Callable[[], bool], strike: Callable[[], None], code: int = -9) -> int:
        """How many events it had read."""
        latest: dict[int, Report] = {}
        struck = False

        def hear(line: bytes) -> None:
            nonlocal struck
            report = msgspec.json.decode(line, type=Report)
            assert report.received == report.used + report.ignored + report.dead
            latest[report.process] = report
            if report.received and not struck and ready():  # before it has read, positions are not put back yet
                struck = True
                strike()

        settings = msgspec.structs.replace(self._settings, workers=workers)
        assert Processes("score", settings, QUIET_S).run(hear) == code
        return sum(report.received for report in latest.values())

    def _chance_to_kill(self, moment: Moment) -> Callable[[], None]:
        def strike() -> None:
            victim = self._chance.choice(children(os.getpid(), "flows.child"))
            threading.Timer(moment(self._chance), os.kill, (victim, signal.SIGKILL)).start()

        return strike

    def _resumes(self) -> int:
        """From where the next life reads on, all logs together."""
        with closing(_Store(self._settings)) as store:
            return sum(point.position for point in resume_at(store.checkpoints(), self._settings.rewind_ms).values())

    def _size(self) -> int:
        assert self._settings.log is not None
        return sum(path.stat().st_size for path in self._settings.log.iterdir())

    def _reached(self) -> int:
        with closing(_Store(self._settings)) as store:
            return sum(history[-1].position for history in store.checkpoints().values())


class _Store(RedisStore):
    """A connection for looking at positions; closing it gives nothing back."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.redis, settings.namespace, settings.shards, settings.secret)

    def close(self) -> None:
        self.disconnect()


def at_once(chance: random.Random) -> float:
    """Within a tenth of a second."""
    return chance.uniform(0.0, 0.1)


def in_a_while(chance: random.Random) -> float:
    """Within two seconds."""
    return chance.uniform(0.0, 2.0)


EPOCH_S = 0.1


def at_an_epochs_close(chance: random.Random) -> float:
    """When the next epoch closes, by 20 ms."""
    return EPOCH_S + chance.uniform(-0.02, 0.02)
