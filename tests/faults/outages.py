"""A score flow whose Redis is killed, cut, full or slow, again and again, while its log grows."""

import threading
from collections.abc import Callable
from pathlib import Path

from config.settings import Settings
from flows.exits import UNREACHABLE
from tests.commands import SIMPLE
from tests.faults.lives import Lives
from tests.faults.messy_log import messy_log
from tests.faults.remains import compare

EVENTS_A_LIFE = 2_000
LINES_A_FILE = 250


class Outages(Lives):
    """Proves of each outage that it hit: something was committed before, and is read again after."""

    def struck(
        self,
        strike: Callable[[], None],
        mend: Callable[[], None],
        code: int = UNREACHABLE,
        committed: Callable[[], None] = lambda: None,
    ) -> bool:
        """One life of the flow: it commits something, `strike` happens a moment later and ends it, `mend` follows.

        `committed` is called in between. Whether Redis forgot that the flow had come so far.
        """
        begins = before = self._resumes()

        def ready() -> bool:
            nonlocal before
            before = self._reached()
            return before > begins

        soon = threading.Timer(self._chance.uniform(0.0, 0.15), strike)

        def go_on() -> None:
            committed()
            soon.start()

        self.read += self._run(1, ready, go_on, code)
        soon.join()
        mend()
        self.kills += 1
        assert self._resumes() < max(before, self._reached()), "the outage cost nothing that has to be read again"
        return self._reached() < before


def settings_on(url: str, namespace: str, folder: Path) -> Settings:
    """Epochs and rewind as short as a test needs them: the rewind is several epochs, as it is in production."""
    return Settings(
        forget_after_days=0,
        data=folder / "data", redis=url, namespace=namespace, model=SIMPLE, log=folder / "log", shards=8,
        epoch_ms=100, rewind_ms=300,
    )  # fmt: skip


def check(settings: Settings, times: int, seed: int, outage: Callable[[Outages, int], object]) -> None:
    """Let it happen so often while the log grows; compare what is left."""
    assert settings.log is not None
    aside = settings.log.with_name("aside")
    lines = messy_log(aside, EVENTS_A_LIFE * (times + 1), seed, LINES_A_FILE)
    files = iter(sorted(aside.iterdir()))
    lives = Outages(settings, seed)
    for number in range(times):
        lives.grow(files, EVENTS_A_LIFE, LINES_A_FILE)
        outage(lives, number)
    lives.grow(files, len(lines), LINES_A_FILE)
    lives.ended(workers=1)
    compare(settings, lines)
    assert (lives.kills, lives.read > len(lines)) == (times, True)
