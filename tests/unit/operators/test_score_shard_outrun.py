"""Who hears news when it was time to be looked at anyway: delivery may have told what held in between."""

import pytest

from config.model import Band, Points, Scorecard, Span
from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from operators.urgency import Urgency, urgency_of
from state.clock import LogClock
from state.ledger import Keep, Ledger
from state.memory import MemoryStore
from state.messages import Touched
from state.retention import Retention
from state.shelf import Shelf
from state.subject import Facts, Subject
from tests.unit.operators.shard_case import small_model

START = 1_781_251_200_000
DAY = 86_400_000
ANN = "e:ann@acme.com"
CARD = Scorecard(
    rules=(
        Points(name="pricing", signal="pricing", points=30.0, cliff=Span(7 * DAY)),
        Points(name="docs", signal="docs", points=3.0),
    ),
    bands=(Band(name="low"), Band(name="high", enter=60.0, leave=50.0)),
)


def did(signal: str, *days: int) -> Touched:
    """What Ann did so many days after the start."""
    facts = Facts(Ledger())
    for day in days:
        facts.ledger.record(START + day * DAY << 20, (signal,), Keep())
    return Touched(ANN, "a:1", facts)


@pytest.fixture
def clock() -> LogClock:
    return LogClock(START + DAY)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(1)


@pytest.fixture
def shard(store: MemoryStore, clock: LogClock) -> ScoreShard:
    """Ann is in the high band until day 7; that is known and told."""
    shelf = Shelf(store, "contact", 0, Subject)
    made = ScoreShard(shelf, Scoring(small_model(CARD), Keep()), Retention(), clock)
    made.handle([did("pricing", 0, 1)])
    made.commit()
    store.settle("contact", 0, {ANN: store.waiting("contact", 1)[0].token})
    return made


def waiting(store: MemoryStore) -> list[Urgency]:
    return [urgency_of(one.urgency) for one in store.waiting("contact", 9)]


def test_news_that_comes_when_it_is_time_has_it_told_although_nothing_changed(
    shard: ScoreShard, store: MemoryStore, clock: LogClock
) -> None:
    clock.reach(START + 7 * DAY)
    shard.wake()
    shard.handle([did("pricing", 7)])
    shard.commit()
    assert waiting(store) == [Urgency.DRIFTED]


def test_news_that_waits_when_it_becomes_time_does_so_too(
    shard: ScoreShard, store: MemoryStore, clock: LogClock
) -> None:
    shard.handle([did("pricing", 7)])
    clock.reach(START + 7 * DAY)
    shard.wake()
    shard.commit()
    assert waiting(store) == [Urgency.DRIFTED]


def test_news_that_comes_before_it_is_time_and_changes_little_is_not_told(
    shard: ScoreShard, store: MemoryStore, clock: LogClock
) -> None:
    clock.reach(START + 2 * DAY)
    shard.wake()
    shard.handle([did("docs", 2)])
    shard.commit()
    assert waiting(store) == []


def test_the_next_epoch_does_not_tell_it_again(shard: ScoreShard, store: MemoryStore, clock: LogClock) -> None:
    clock.reach(START + 7 * DAY)
    shard.wake()
    shard.handle([did("pricing", 7)])
    shard.commit()
    store.settle("contact", 0, {ANN: store.waiting("contact", 1)[0].token})
    shard.handle([did("docs", 7)])
    shard.commit()
    assert waiting(store) == []
