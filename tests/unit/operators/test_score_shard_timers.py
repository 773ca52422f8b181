"""When a subject is looked at again: it depends on what was told of it, not on when it was last looked at."""

from math import log2

from config.model import Band, Points, Scorecard, Span
from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from operators.urgency import DRIFT
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
POINTS = 50
CARD = Scorecard(
    rules=(Points(name="pricing", signal="pricing", points=POINTS, half_life=Span(10 * DAY)),),
    bands=(Band(name="low"),),
)


def did(signal: str, at: int) -> Touched:
    facts = Facts(Ledger())
    facts.ledger.record(at << 20, (signal,), Keep())
    return Touched("e:ann@acme.com", "a:1", facts)


def test_it_is_before_the_score_is_further_than_the_drift_from_what_was_told() -> None:
    store, clock = MemoryStore(1), LogClock(START)
    shard = ScoreShard(Shelf(store, "contact", 0, Subject), Scoring(small_model(CARD), Keep()), Retention(), clock)
    shard.handle([did("pricing", START)])
    shard.commit()
    clock.reach(START + DAY // 2)
    shard.handle([did("docs", START + DAY // 2)])  # not worth telling, so that what was told stays
    shard.commit()
    drifted = START + 10 * DAY * log2(POINTS / (POINTS - (DRIFT + 1) / 10))
    assert clock() < (store.next_due("contact", 0) or 0) <= drifted
