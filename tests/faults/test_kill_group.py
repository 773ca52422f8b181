"""`kill -9` of one process of a group, again and again, in several tempos: nothing is lost, nothing counted twice."""

import itertools
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from tests.commands import SIMPLE
from tests.faults.lives import EPOCH_S, Lives, Moment, at_an_epochs_close, at_once, in_a_while
from tests.faults.messy_log import messy_log
from tests.faults.remains import compare

LINES_A_FILE = 250
EVENTS: dict[Moment, int] = {at_once: 2_000, at_an_epochs_close: 3_000, in_a_while: 10_000}
"""By tempo, how much the log grows before each life, so that there is work when the kill comes."""


@pytest.fixture
def settings(redis_url: str, namespace: str, tmp_path: Path) -> Settings:
    """Epochs and rewind as short as a test needs them: the rewind is several epochs, as it is in production."""
    return Settings(
        forget_after_days=0,
        data=tmp_path / "data", redis=redis_url, namespace=namespace, model=SIMPLE, log=tmp_path / "log", shards=8,
        epoch_ms=int(EPOCH_S * 1000), rewind_ms=300, bundle=3,
    )  # fmt: skip


def check(
    settings: Settings, kills: int, workers: list[int], *, seed: int, hot: float = 0.0, backlog: int = 0
) -> Lives:
    """Kill the flow so often, in each tempo in turn, on these numbers of processes in turn; compare what is left.

    There are always `backlog` events that it cannot have read before a kill.
    """
    tempos = list(itertools.islice(itertools.cycle(EVENTS), kills))
    assert settings.log is not None
    aside = settings.log.with_name("aside")
    events = sum(EVENTS[tempo] for tempo in tempos) + 2_000 + backlog
    lines = messy_log(aside, events, seed, LINES_A_FILE, hot)
    files = iter(sorted(aside.iterdir()))
    lives = Lives(settings, seed)
    lives.grow(files, backlog, LINES_A_FILE)
    for number, tempo in enumerate(tempos):
        lives.grow(files, EVENTS[tempo], LINES_A_FILE)
        lives.killed(workers[number % len(workers)], tempo)
    lives.grow(files, len(lines), LINES_A_FILE)
    lives.ended(workers[-1])
    compare(settings, lines)
    assert (lives.kills, lives.read > len(lines) or not settings.rewind_ms) == (kills, True)
    return lives


@pytest.mark.timeout(170)
def test_a_few_kills_of_one_process_of_two_leave_no_trace(settings: Settings) -> None:
    check(settings, kills=10, workers=[2], seed=21)


@pytest.mark.timeout(170)
def test_what_is_noted_as_read_is_in_the_store_without_any_rewind(settings: Settings) -> None:
    lives = check(msgspec.structs.replace(settings, rewind_ms=0), kills=10, workers=[2], seed=25, backlog=20_000)
    assert lives.kills == 10


@pytest.mark.faults
@pytest.mark.timeout(3_000)
def test_two_hundred_kills_over_a_million_events_leave_no_trace(settings: Settings) -> None:
    check(settings, kills=200, workers=[2], seed=22)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_kills_between_one_two_and_three_processes_leave_no_trace(settings: Settings) -> None:
    check(settings, kills=18, workers=[1, 2, 3], seed=23)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_kills_while_half_of_all_traffic_is_one_contacts_leave_no_trace(settings: Settings) -> None:
    check(msgspec.structs.replace(settings, rewind_ms=500), kills=12, workers=[2], seed=24, hot=0.5)
