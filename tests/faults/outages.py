"""A score flow whose Redis is killed, cut, full or slow, again and again, while its log grows."""

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from config.settings import Settings
from flows.exits import UNREACHABLE
from flows.inline import Inline
from flows.models import model_of, parts_of, scoring_of
from flows.reading import Reading
from flows.stores import connection
from state.batch import Batch
from state.clock import LogClock, wall_clock
from state.memory import MemoryStore
from state.store import Kind, Store
from tests.commands import SIMPLE
from tests.faults.lives import Lives
from tests.faults.messy_log import BEGIN, messy_log
from tests.faults.test_kill_score import State, letters, state_of

MONTH_MS = 30 * 86_400_000
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


def compare(settings: Settings, lines: list[bytes]) -> None:
    """Every ledger, every receipt and band, and every dead letter are as if nothing had happened."""
    expected, dead = undisturbed(lines, settings)
    with connection(settings) as store:
        found = all_of(store, settings)
    assert {key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)} == set()
    assert (len(letters(settings)), len(set(letters(settings)))) == (dead, dead)


def undisturbed(lines: list[bytes], settings: Settings) -> tuple[State, int]:
    """What an engine in memory that nothing happens to makes of the same events; how many of them are dead letters."""
    store = MemoryStore(shards=8)
    flow = Inline(parts_of(settings, store, LogClock()))
    for start in range(0, len(lines), 1_000):
        flow.feed(Batch("log", 0, lines[start : start + 1_000], 0), wall_clock())
    flow.commit()
    assert flow.counts.received == flow.counts.used + flow.counts.ignored + flow.counts.dead == len(lines)
    return all_of(store, settings), len(flow.dead)


def all_of(store: Store, settings: Settings) -> State:
    """Facts, and the scores and bands that follow from them: in the middle of the log, and long after it."""
    reading = Reading(store, model_of(settings), scoring_of(settings))
    found = state_of(store)
    kind: Kind
    for kind in ("contact", "account"):
        for subject in reading.subjects(kind):
            if subject.sources:
                moments = (BEGIN + 1_000_000, BEGIN + MONTH_MS)
                found[f"{kind} score", subject.id] = msgspec.msgpack.encode(
                    [reading.score(subject, moment) for moment in moments]
                )
    return found
