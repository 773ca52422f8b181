"""How old events are when what they changed enters the outbox."""

import pytest

from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from state.clock import LogClock
from state.measures import Histogram
from state.memory import MemoryStore
from state.messages import Replaced, Touched
from state.retention import Retention
from state.shelf import Shelf
from state.subject import Subject
from tests.unit.operators.test_score_shard import ANN, DAY, KEEP, MODEL, NOW, did

HOUR_S = 3_600.0


@pytest.fixture
def clock() -> LogClock:
    return LogClock(NOW)


@pytest.fixture
def waits() -> Histogram:
    return Histogram()


@pytest.fixture
def contacts(clock: LogClock, waits: Histogram) -> ScoreShard:
    return ScoreShard(Shelf(MemoryStore(1), "contact", 0, Subject), Scoring(MODEL, KEEP), Retention(KEEP), clock, waits)


def test_the_age_of_the_latest_event_is_counted(contacts: ScoreShard, waits: Histogram) -> None:
    contacts.handle([Touched(ANN, "a:1", did(3, 1)), Touched(ANN, "u:1", did(2))])
    contacts.commit()
    assert (waits.total, sum(waits.counts)) == (24 * HOUR_S, 1)


def test_what_is_not_worth_telling_is_not_counted(contacts: ScoreShard, waits: Histogram) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    contacts.commit()
    contacts.handle([Touched(ANN, "a:1", did(2, 1))])
    contacts.commit()
    contacts.handle([Touched(ANN, "a:1", did(2, 1))])
    contacts.commit()
    assert sum(waits.counts) == 2


def test_what_only_time_changed_is_not_counted(contacts: ScoreShard, waits: Histogram, clock: LogClock) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    contacts.commit()
    clock.reach(NOW + 10 * DAY)
    contacts.wake()
    contacts.commit()
    assert sum(waits.counts) == 1


def test_after_a_timer_events_count_again(contacts: ScoreShard, waits: Histogram, clock: LogClock) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    contacts.commit()
    clock.reach(NOW + 10 * DAY)
    contacts.wake()
    contacts.commit()
    contacts.handle([Touched(ANN, "a:1", did(-10))])
    contacts.commit()
    assert (sum(waits.counts), waits.counts[0]) == (2, 1)


def test_a_correction_counts_from_when_it_was_made(contacts: ScoreShard, waits: Histogram) -> None:
    contacts.handle([Touched(ANN, "a:1", did(30, 1))])
    contacts.commit()
    contacts.handle([Replaced(ANN, "a:1", None, corrected=(NOW - 2_000) << 20)])
    contacts.commit()
    assert waits.total == 24 * HOUR_S + 2.0
