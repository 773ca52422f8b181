"""What an account lets go of when visitors whom nobody is known for were silent for too long."""

from collections.abc import Callable

import pytest

from config.model import Band, Points, Scorecard
from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from operators.verdicts import EVERYONE
from state.clock import LogClock
from state.codec import Decoder
from state.ledger import KEEP_TILES, Keep, Ledger
from state.links import CORRECTED, RETRACTED
from state.memory import MemoryStore
from state.messages import LinkFacts, Replaced, ToSubject, Touched
from state.retention import DAY_MS, Retention
from state.shelf import Shelf
from state.store import Kind
from state.subject import Facts, Subject
from state.touch import TILE_MS
from state.traits import Traits
from tests.unit.operators.shard_case import small_model

ACME, ANN = "d:acme.com", "e:ann@acme.com"
NOW = Retention(lifetime_ms=DAY_MS).next_end(ACME, 0, 20_000 * DAY_MS) + 1
"""Right after a day of the account began."""
CARD = Scorecard(
    rules=(Points(name="pricing", signal="pricing", points=10.0),),
    bands=(Band(name="low"), Band(name="high", enter=15.0, leave=12.0)),
)
MODEL = small_model(CARD)

ACME_RETRACTED = LinkFacts(EVERYONE, {ACME: {RETRACTED: [NOW << 20], CORRECTED: [NOW << 20]}})


@pytest.fixture
def clock() -> LogClock:
    return LogClock(NOW)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(1)


@pytest.fixture
def shard(store: MemoryStore, clock: LogClock) -> Callable[..., ScoreShard]:
    """One that retains what visitors did for so many days."""

    def make(kind: Kind = "account", days: int = 10, *, finished: bool = False) -> ScoreShard:
        retention = Retention(Keep(), days * DAY_MS, finished)
        return ScoreShard(Shelf(store, kind, 0, Subject), Scoring(MODEL, Keep()), retention, clock)

    return make


def did(*days_ago: int, traits: Traits | None = None) -> Facts:
    facts = Facts(Ledger(), traits or {})
    for days in days_ago:
        facts.ledger.record((NOW - days * DAY_MS) << 20, ("pricing",), Keep())
    return facts


def stored(store: MemoryStore, kind: Kind = "account", id_: str = ACME) -> Subject:
    [found] = store.read(kind, 0, [id_])
    assert found
    return Decoder(Subject).decode(found)


def write(shard: ScoreShard, *messages: ToSubject | LinkFacts) -> None:
    shard.handle(messages)
    shard.commit()


def look_again(shard: ScoreShard, clock: LogClock, at: int) -> None:
    """What happens when a timer comes."""
    clock.reach(at)
    shard.wake()
    shard.commit()


def kept(subject: Subject) -> dict[str, int]:
    """Source -> touches."""
    return {source: len(facts.ledger.touches["pricing"]) for source, facts in subject.told.items()}


def test_an_account_keeps_what_a_visitor_did_within_the_lifetime_and_no_more(
    shard: Callable[..., ScoreShard], store: MemoryStore
) -> None:
    account = shard()
    write(account, Touched(ACME, "a:1", did(1, 9, 11, 300)))
    assert kept(stored(store)) == {"a:1": 2}


def test_what_is_left_is_what_is_scored(shard: Callable[..., ScoreShard], store: MemoryStore) -> None:
    account = shard()
    write(account, Touched(ACME, "a:1", did(1, 11)))
    standing = stored(store).standing
    assert standing
    assert standing.score == 100


def test_what_people_did_who_are_known_stays(shard: Callable[..., ScoreShard], store: MemoryStore) -> None:
    account = shard()
    write(account, Touched(ACME, ANN, did(1, 300)), Touched(ACME, "a:1", did(300)))
    assert kept(stored(store)) == {ANN: 2}


def test_a_contact_keeps_what_its_visitors_did(shard: Callable[..., ScoreShard], store: MemoryStore) -> None:
    contact = shard("contact")
    write(contact, Touched(ANN, "a:1", did(1, 300)))
    assert kept(stored(store, "contact", ANN)) == {"a:1": 2}


def test_a_contact_keeps_what_is_withheld_of_its_visitors(shard: Callable[..., ScoreShard], store: MemoryStore) -> None:
    write(shard("contact"), Touched(ANN, "a:1", did(1, 300)), ACME_RETRACTED)
    assert kept(stored(store, "contact", ANN)) == {"a:1": 2}


def test_without_a_lifetime_all_stays(shard: Callable[..., ScoreShard], store: MemoryStore) -> None:
    account = shard(days=0)
    write(account, Touched(ACME, "a:1", did(1, 300)))
    assert (kept(stored(store)), store.next_due("account", 0)) == ({"a:1": 2}, None)


def test_what_a_visitor_said_ends_with_what_it_did(shard: Callable[..., ScoreShard], store: MemoryStore) -> None:
    account = shard()
    said: Traits = {"old": (NOW - 11 * DAY_MS, 1), "new": (NOW - DAY_MS, 2)}
    write(account, Touched(ACME, "a:1", did(1, 11, traits=said)))
    assert stored(store).told["a:1"].traits == {"new": (NOW - DAY_MS, 2)}


def test_an_account_that_nobody_visits_any_more_forgets_by_itself(
    shard: Callable[..., ScoreShard], store: MemoryStore, clock: LogClock
) -> None:
    account = shard()
    write(account, Touched(ACME, "a:1", did(1, 9)))
    waits = []
    while (due := store.next_due("account", 0)) is not None:
        waits.append(due - NOW)
        look_again(account, clock, due)
    assert (waits, kept(stored(store))) == ([2 * DAY_MS - 1, 10 * DAY_MS - 1], {})


def test_nothing_tells_of_a_forgotten_visitor(shard: Callable[..., ScoreShard], store: MemoryStore) -> None:
    account = shard()
    write(account, Touched(ACME, "a:1", did(11)))
    [record] = store.read("account", 0, [ACME])
    assert record
    assert b"a:1" not in record


def test_what_is_withheld_is_not_kept_longer(
    shard: Callable[..., ScoreShard], store: MemoryStore, clock: LogClock
) -> None:
    account = shard()
    write(account, Touched(ACME, "a:1", did(1, 9)), ACME_RETRACTED)
    due = store.next_due("account", 0)
    assert due
    look_again(account, clock, due)
    assert (kept(stored(store)), dict(stored(store).sources)) == ({"a:1": 1}, {})


def test_touches_older_than_the_tiles_that_are_kept_end_as_well(
    shard: Callable[..., ScoreShard], store: MemoryStore
) -> None:
    account, facts = shard(), did(11)
    for tile in range(KEEP_TILES):
        facts.ledger.record((NOW - 2 * tile * TILE_MS) << 20, (), Keep())
    write(account, Touched(ACME, "a:1", facts))
    assert dict(stored(store).told["a:1"].ledger.touches) == {}


def test_of_a_finished_log_all_is_kept_for_a_lifetime_however_old_it_is(
    shard: Callable[..., ScoreShard], store: MemoryStore, clock: LogClock
) -> None:
    imported = shard(finished=True)
    write(imported, Touched(ACME, "a:1", did(1, 300)))
    assert (kept(stored(store)), store.next_due("account", 0)) == ({"a:1": 2}, NOW - 1 + 11 * DAY_MS)


def test_a_live_flow_forgets_what_a_finished_log_brought(
    shard: Callable[..., ScoreShard], store: MemoryStore, clock: LogClock
) -> None:
    imported = shard(finished=True)
    write(imported, Touched(ACME, "a:1", did(1, 300)))
    look_again(shard(), clock, NOW + 11 * DAY_MS)
    assert kept(stored(store)) == {}


def test_what_a_visitor_said_ends_also_without_anything_that_it_did(
    shard: Callable[..., ScoreShard], store: MemoryStore, clock: LogClock
) -> None:
    account = shard()
    write(account, Replaced(ACME, "a:1", Facts(traits={"size": (NOW - DAY_MS, 3)})))
    due = store.next_due("account", 0)
    assert due == NOW - 1 + 10 * DAY_MS
    look_again(account, clock, due)
    assert dict(stored(store).told) == {}


def test_what_nobody_scores_ends_when_it_is_older_than_the_tiles_that_are_kept(
    shard: Callable[..., ScoreShard], store: MemoryStore, clock: LogClock
) -> None:
    facts = Facts(Ledger())
    facts.ledger.record((NOW - 9 * DAY_MS) << 20, ("docs",), Keep())
    for tile in range(KEEP_TILES):
        facts.ledger.record((NOW - 2 * tile * TILE_MS) << 20, (), Keep())
    write(shard(), Touched(ACME, "a:1", facts))
    account = shard()
    write(account, Touched(ACME, ANN, did(1)))
    due = store.next_due("account", 0)
    assert due == NOW - 1 + 2 * DAY_MS
    look_again(account, clock, due)
    assert dict(stored(store).told["a:1"].ledger.touches) == {}


def test_accounts_forget_at_different_times_of_the_day() -> None:
    ends = {Retention(lifetime_ms=DAY_MS).next_end(f"d:{n}.com", 0, NOW) % DAY_MS for n in range(1_000)}
    assert len(ends) == 48
