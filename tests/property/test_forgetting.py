"""An account holds what its people did, and of visitors nobody is known for what they did within a lifetime.

It does not matter what was in one batch, when that was written, and what was heard again after a crash.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.model import Band, Points, Scorecard
from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from state import ledger, stored
from state.clock import LogClock
from state.codec import Decoder
from state.ids import is_visitor
from state.ledger import Ledger
from state.memory import MemoryStore
from state.messages import Replaced, Touched
from state.retention import DAY_MS, Retention
from state.shelf import Shelf
from state.subject import Facts, Subject
from state.touch import TILE_MS
from state.traits import Traits
from tests.property.identity_run import KEEP, MODEL

ACME = "d:acme.com"
HOUR_MS = 3_600_000
CARD = Scorecard(rules=(Points(name="pricing", signal="pricing", points=1.0),), bands=(Band(name="low"),))
SCORING = Scoring(msgspec.structs.replace(MODEL, account=CARD), KEEP)
START, LIFETIME = 20_000 * DAY_MS, 3 * DAY_MS


TILES = 4


class Did(NamedTuple):
    """What a source did, and said if it `says` so (ms after `START`); `whole`: its stage tells all of it so far.

    The model looks at `pricing` alone.
    """

    source: str
    at: int
    signal: str
    says: bool
    whole: bool


class Written(NamedTuple):
    """The clock reaches `at` (ms after `START`) and the shard commits, or dies before it does and hears all again."""

    at: int
    dies: bool


hours = st.integers(0, 12 * 24).map(lambda hour: hour * HOUR_MS)
sources, signals = st.sampled_from(["a:1", "a:2", "e:ann@acme.com"]), st.sampled_from(["pricing", "docs"])
deeds = st.builds(Did, sources, hours, signals, st.booleans(), st.booleans())
lives = st.lists(deeds | st.builds(Written, hours, st.booleans()), max_size=20)


class Account:
    """One account in one shard."""

    def __init__(self) -> None:
        self._store, self._clock = MemoryStore(1), LogClock(START)
        self._heard: list[Did] = []
        self._unwritten: list[Did] = []
        self._start()

    def _start(self) -> None:
        shelf = Shelf(self._store, "account", 0, Subject)
        self._shard = ScoreShard(shelf, SCORING, Retention(KEEP, LIFETIME), self._clock)

    def take(self, step: Did | Written) -> None:
        """Hear what a source did, or let time pass."""
        if isinstance(step, Did):
            self._heard.append(step)
            self._unwritten.append(step)
            self._hear(step)
            return
        if step.dies:
            self._start()
            for did in self._unwritten:
                self._hear(did)
        self._clock.reach(START + step.at)
        self.write()

    def _hear(self, did: Did) -> None:
        told = [one for one in self._heard if one.source == did.source] if did.whole else [did]
        self._shard.handle([(Replaced if did.whole else Touched)(ACME, did.source, facts(told))])

    def write(self) -> int:
        """Commit, and look again where that is due. The time it is (ms)."""
        self._shard.commit()
        self._unwritten = []
        while (due := self._store.next_due("account", 0)) is not None and due <= self._clock():
            self._shard.wake()
            self._shard.commit()
        return self._clock()

    def kept(self) -> dict[str, Facts]:
        """Source -> what is stored of it."""
        [account] = self._store.read("account", 0, [ACME])
        return dict(Decoder(Subject).decode(account).told) if account else {}


def facts(did: Sequence[Did], begin: int = 0) -> Facts:
    """What somebody did from a moment on, by definition."""
    kept = sorted([one for one in did if one.at >= begin], key=lambda one: one.at)
    touches = {
        signal: known[-KEEP[signal] :]
        for signal in ("docs", "pricing")
        if (known := sorted({START + one.at << 20 for one in kept if one.signal == signal}))
    }
    tiles = sorted({(START + one.at) // TILE_MS for one in kept})
    said = [one.at for one in kept if one.says]
    traits: Traits = {"plan": (START + said[-1], said[-1])} if said else {}
    return Facts(Ledger(touches, tiles[-TILES:], max([START + one.at for one in kept], default=0)), traits)


@pytest.fixture(autouse=True, scope="module")
def few_tiles() -> Iterator[None]:
    """So that touches are kept that are older than every tile."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (ledger, stored):
            patch.setattr(module, "KEEP_TILES", TILES)
        yield


@given(lives)
def test_what_is_kept_is_a_function_of_what_was_done_and_of_the_time(life: list[Did | Written]) -> None:
    account = Account()
    for step in life:
        account.take(step)
    begin = Retention(KEEP, LIFETIME).begin(ACME, account.write()) - START
    did: dict[str, list[Did]] = {}
    for step in life:
        if isinstance(step, Did):
            did.setdefault(step.source, []).append(step)
    expected = {source: facts(known, begin if is_visitor(source) else 0) for source, known in did.items()}
    assert account.kept() == {source: known for source, known in expected.items() if known}
