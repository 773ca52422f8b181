"""A flow under its launcher, on a log of which half comes later."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from config.settings import Settings
from flows.launcher import Launcher
from flows.scoring_run import Report
from tests.faults.messy_log import messy_log
from tests.waiting import wait_for

LINES_A_FILE = 250


class Launched:
    """A flow under its launcher, in a thread."""

    def __init__(self, settings: Settings) -> None:
        self.said: list[str] = []
        self.code: int | None = None
        self.received = 0
        self._last: dict[int, Report] = {}
        self._launcher = Launcher("score", settings, lambda notice: self.said.append(notice.text))
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.code = self._launcher.run(self._hear)

    def _hear(self, line: bytes) -> None:
        report = msgspec.json.decode(line, type=Report)
        assert report.received == report.used + report.ignored + report.dead
        before = self._last.get(report.process)
        if before is None or report.received < before.received:  # another start counts from nothing
            self.received += report.received
        else:
            self.received += report.received - before.received
        self._last[report.process] = report

    def away(self) -> int:
        """How often it found Redis away."""
        return sum("Redis away" in text for text in self.said)

    def end(self) -> int | None:
        self._launcher.stop()
        self._thread.join(120.0)
        return self.code


@contextmanager
def launched(settings: Settings) -> Iterator[Launched]:
    flow = Launched(settings)
    try:
        yield flow
    finally:
        flow.end()


def half_of_a_log(settings: Settings, events: int, seed: int) -> list[bytes]:
    """All the lines of a log of which half is there; `grow` adds the rest."""
    assert settings.log is not None
    lines = messy_log(settings.log.with_name("aside"), events, seed, LINES_A_FILE)
    settings.log.mkdir()
    grow(settings, events // 2)
    return lines


def grow(settings: Settings, events: int) -> None:
    assert settings.log is not None
    for path in sorted(settings.log.with_name("aside").iterdir())[: events // LINES_A_FILE]:
        path.rename(settings.log / path.name)


def score_to_the_end(settings: Settings) -> None:
    with launched(msgspec.structs.replace(settings, until_end=True)) as flow:
        wait_for(lambda: flow.code is not None, seconds=60.0)
        assert flow.code == 0
