"""An account holds what its people did, and of visitors nobody is known for what they did within a lifetime.

It does not matter what was in one batch, when that was written, and what was heard again after a crash.
"""

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from operators.score_shard import ScoreShard
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
from tests.property.identity_run import KEEP, SCORING

ACME = "d:acme.com"
HOUR_MS = 3_600_000
START, LIFETIME = 20_000 * DAY_MS, 3 * DAY_MS


class Did(NamedTuple):
    """What a source did (ms after `START`); `whole`: its stage says all that it did so far, not only this."""

    source: str
    at: int
    whole: bool


class Written(NamedTuple):
    """The clock reaches `at` (ms after `START`) and the shard commits, or dies before it does and hears all again."""

    at: int
    dies: bool


hours = st.integers(0, 12 * 24).map(lambda hour: hour * HOUR_MS)
deeds = st.builds(Did, st.sampled_from(["a:1", "a:2", "e:ann@acme.com"]), hours, st.booleans())
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
        told = [one.at for one in self._heard if one.source == did.source] if did.whole else [did.at]
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


def facts(times: Sequence[int]) -> Facts:
    """What somebody did, by definition."""
    touches = sorted({START + at << 20 for at in times})
    tiles = sorted({(START + at) // TILE_MS for at in times})
    return Facts(Ledger({"pricing": touches[-KEEP["pricing"] :]}, tiles[-64:], START + max(times)))


@given(lives)
def test_what_is_kept_is_a_function_of_what_was_done_and_of_the_time(life: list[Did | Written]) -> None:
    account = Account()
    for step in life:
        account.take(step)
    now = account.write()
    begin = Retention(KEEP, LIFETIME).begin(ACME, now) - START
    did: dict[str, list[int]] = {}
    for step in life:
        if isinstance(step, Did) and (step.at >= begin or not is_visitor(step.source)):
            did.setdefault(step.source, []).append(step.at)
    assert account.kept() == {source: facts(times) for source, times in did.items()}
