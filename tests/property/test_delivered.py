"""What delivery told last is right once the flow rests, whatever it told in between.

It looks at a subject when it comes to it: later than the flow did, and sooner than the flow does again.
"""

from collections.abc import Callable, Sequence
from operator import methodcaller

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from config.model import About, Band, Model, Points, Scorecard, Signal, Span
from flows.delivery import AGAIN_MS, KINDS, Delivery
from flows.inline import Inline
from flows.parts import Parts
from flows.reading import Reading
from operators.evaluate import Scoring
from operators.urgency import DRIFT
from state.batch import Batch
from state.clock import LogClock
from state.ledger import Keep
from state.memory import MemoryStore
from state.moment import iso
from state.record import Erasure, Outcome, Record, Written
from state.retention import Retention

START = 1_780_000_000_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
CARD = Scorecard(
    rules=(Points(name="pricing", signal="pricing", points=12, half_life=Span(7 * DAY_MS)),),
    bands=(Band(name="low"), Band(name="medium", enter=20, leave=18), Band(name="high", enter=40, leave=38)),
)
MODEL = Model(
    model=About(name="narrow", version="1", note="its bands are narrower than a score may drift"),
    signals={"pricing": Signal(words="viewed pricing")},
    contact=CARD,
    account=CARD,
)
SCORING = Scoring(MODEL, Keep())
Step = Callable[["World"], None]


class Crm:
    """A sink that keeps what it was told last."""

    name = "crm"

    def __init__(self) -> None:
        self.held: dict[str, Record] = {}

    def write(self, records: Sequence[Record]) -> list[Outcome]:
        self.held |= {record.key: record for record in records}
        return [Written()] * len(records)

    def erase(self, ids: Sequence[str]) -> list[Erasure]:
        """Nobody is erased here."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


class World:
    """A flow in a time-lapse, and delivery beside it, each of which goes on when a test says so."""

    def __init__(self) -> None:
        self.store = MemoryStore(2)
        self.clock = LogClock(START)
        self.crm = Crm()
        self.reading = Reading(self.store, MODEL, SCORING)
        self._flow = Inline(Parts(self.store, MODEL, SCORING, Retention(), self.clock))
        self._wall = START
        self._delivery = Delivery(self.store, self.reading, [self.crm], lambda: self._wall)
        self._written = 0
        self.passes(0)

    def passes(self, hours: int) -> None:
        """Time goes on, for all."""
        self.clock.reach(self.clock() + hours * HOUR_MS)
        self.store.advance_clock(self.clock())

    def happens(self, hours_ago: int) -> None:
        """The flow hears of something that a company's one person did."""
        self._written += 1
        said = {
            "event": "pricing",
            "timestamp": iso(self.clock() - hours_ago * HOUR_MS),
            "messageId": str(self._written),
            "email": "ann@acme.com",
        }
        self._flow.feed(Batch("log", 0, [msgspec.json.encode(said)], 0), self.clock())

    def commits(self) -> None:
        """The flow ends its epoch."""
        self._flow.commit()

    def delivers(self) -> None:
        """Delivery tells whoever waits now."""
        for kind in KINDS:
            if claimed := self._delivery.claim(kind):
                self._delivery.write(self._delivery.plan(claimed))

    def rests(self) -> None:
        """All is written, and told."""
        self.commits()
        while self._delivery.depth():
            self._wall += AGAIN_MS
            self.delivers()


def happens(hours_ago: int) -> Step:
    return methodcaller("happens", hours_ago)


def passes(hours: int) -> Step:
    return methodcaller("passes", hours)


COMMITS, DELIVERS = methodcaller("commits"), methodcaller("delivers")
LEFT_AND_CAME_BACK: list[Step] = [happens(0), happens(0), COMMITS, passes(96), DELIVERS, happens(0)]
"""Delivery tells that a band was left; before the flow has looked again, news has the subject in it as before."""
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.builds(passes, st.integers(1, 24 * 14)),
        st.builds(happens, st.integers(0, 24 * 7)),
        st.just(COMMITS),
        st.just(DELIVERS),
    ),
    min_size=4,
    max_size=30,
)


def rested(steps: list[Step]) -> tuple[dict[str, Record], dict[str, Record]]:
    """What was told last, and what is true, when all steps were taken and the flow and delivery have come to rest."""
    world = World()
    for step in steps:
        step(world)
    world.rests()
    now = world.clock()
    true = [one for kind in KINDS for one in world.reading.records(list(world.reading.subjects(kind)), now)]
    return world.crm.held, {record.key: record for record in true}


@example(LEFT_AND_CAME_BACK)
@given(STEPS)
def test_the_band_that_was_told_last_is_the_band_that_it_is_in(steps: list[Step]) -> None:
    told, true = rested(steps)
    assert {key: one.band for key, one in told.items()} == {key: one.band for key, one in true.items()}


@given(STEPS)
def test_the_score_that_was_told_last_is_not_far_from_the_score(steps: list[Step]) -> None:
    """What delivery evaluates and what the flow does each drift from what the flow last thought worth telling."""
    told, true = rested(steps)
    off = [abs(record.score - told[key].score) for key, record in true.items()]
    assert max(off, default=0) <= 2 * DRIFT / 10
