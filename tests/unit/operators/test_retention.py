"""Visitors whom nobody is known for do not count for ever."""

from config.model import About, Band, Model, Points, Scorecard, Signal
from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from state.clock import LogClock
from state.codec import Decoder
from state.ledger import Keep, Ledger
from state.memory import MemoryStore
from state.messages import Touched
from state.shelf import Shelf
from state.subject import Facts, Subject

DAY = 86_400_000
NOW = 1_780_000_000_000
ANN = "e:ann@acme.com"
KEEP = Keep(pricing=2)
CARD = Scorecard(rules=(Points(name="pricing", signal="pricing", points=10.0),), bands=(Band(name="low"),))
MODEL = Model(
    model=About(name="small", version="1", note="for tests"),
    signals={"pricing": Signal(words="viewed pricing")},
    contact=CARD,
    account=CARD,
)


def did(days_ago: int) -> Facts:
    facts = Facts(Ledger())
    facts.ledger.record((NOW - days_ago * DAY) << 20, ("pricing",), KEEP)
    return facts


def test_what_an_unknown_visitor_did_long_ago_counts_no_more_for_a_company() -> None:
    store = MemoryStore(1)
    shelf = Shelf(store, "account", 0, Subject)
    shard = ScoreShard(shelf, Scoring(MODEL, KEEP), KEEP, LogClock(NOW), lifetime_ms=10 * DAY)
    shard.handle([Touched("d:acme.com", source, did(days)) for source, days in (("a:1", 9), ("a:2", 11), (ANN, 99))])
    shard.commit()
    (stored,) = store.scan("account")
    assert sorted(Decoder(Subject).decode(stored).sources) == ["a:1", ANN]
