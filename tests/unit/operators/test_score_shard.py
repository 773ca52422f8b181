"""What one shard of subjects keeps, says to accounts, and marks for delivery."""

from collections.abc import Callable

import pytest

from config.model import Band, Points, Scorecard, Span
from operators import score_shard
from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from operators.urgency import Urgency, urgency_of
from state.clock import LogClock
from state.codec import Decoder
from state.ids import shard_of
from state.ledger import Keep, Ledger
from state.memory import MemoryStore
from state.messages import Replaced, ToSubject, Touched
from state.retention import Retention
from state.shelf import Shelf
from state.store import Kind
from state.subject import Facts, Standing, Subject
from tests.unit.operators.shard_case import small_model

NOW = 1_781_251_200_000
DAY = 86_400_000
ANN = "e:ann@acme.com"
KEEP = Keep()

CARD = Scorecard(
    rules=(
        Points(name="pricing", signal="pricing", points=30.0, cliff=Span(7 * DAY)),
        Points(name="docs", signal="docs", points=3.0),
    ),
    bands=(Band(name="low"), Band(name="high", enter=60.0, leave=50.0)),
)
MODEL = small_model(CARD)


@pytest.fixture
def clock() -> LogClock:
    return LogClock(NOW)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(1)


@pytest.fixture
def restart(store: MemoryStore, clock: LogClock) -> Callable[[Kind], ScoreShard]:
    """A shard as a new process has it."""
    return lambda kind: ScoreShard(Shelf(store, kind, 0, Subject), Scoring(MODEL, KEEP), Retention(KEEP), clock)


@pytest.fixture
def contacts(restart: Callable[[Kind], ScoreShard]) -> ScoreShard:
    return restart("contact")


def did(*days_ago: int, group: str = "") -> Facts:
    facts = Facts(Ledger())
    for days in days_ago:
        touch = (NOW - days * DAY) << 20
        facts.ledger.record(touch, ("pricing",), KEEP)
        if group:
            facts.groups.setdefault(group, []).append(touch)
            facts.groups[group].sort()
    return facts


def stored(store: MemoryStore, kind: Kind, id_: str) -> Subject:
    found = store.read(kind, shard_of(id_, 1), [id_])[0]
    assert found
    return Decoder(Subject).decode(found)


def said(messages: list[ToSubject]) -> list[tuple[str, str, str, int]]:
    """(form, to, source, touches)."""
    touches = [len(message.facts.ledger.touches["pricing"]) if message.facts else 0 for message in messages]
    return [(type(one).__name__, one.to, one.source, count) for one, count in zip(messages, touches, strict=True)]


def test_what_is_new_is_touched_at_the_contacts_own_account(contacts: ScoreShard) -> None:
    assert said(contacts.handle([Touched(ANN, "a:1", did(1))])) == [("Touched", "d:acme.com", ANN, 1)]


def test_who_has_no_company_tells_nobody(contacts: ScoreShard) -> None:
    messages: list[ToSubject] = [Touched(to, "a:1", did(1)) for to in ("u:1", "c:1", "e:ann@gmail.com")]
    assert contacts.handle(messages) == []


def test_several_sources_of_a_batch_are_one_message_to_the_account(contacts: ScoreShard) -> None:
    messages: list[ToSubject] = [Touched(ANN, source, did(day)) for day, source in enumerate(("a:1", "a:2", "u:1"))]
    assert said(contacts.handle(messages)) == [("Touched", "d:acme.com", ANN, 3)]


def test_a_replaced_source_replaces_the_contact_at_its_account(contacts: ScoreShard) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1, 2)), Touched(ANN, "a:2", did(3))])
    assert said(contacts.handle([Replaced(ANN, "a:1", did(1))])) == [("Replaced", "d:acme.com", ANN, 2)]


def test_a_contact_that_lost_everything_says_so(contacts: ScoreShard) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    assert said(contacts.handle([Replaced(ANN, "a:1", None)])) == [("Replaced", "d:acme.com", ANN, 0)]


def test_a_contact_that_names_a_company_leaves_its_own(contacts: ScoreShard) -> None:
    contacts.handle([Touched(ANN, "u:1", did(1))])
    found = contacts.handle([Replaced(ANN, "u:1", did(1, group="beta.io"), ("beta.io",))])
    assert said(found) == [("Replaced", "d:beta.io", ANN, 1), ("Replaced", "d:acme.com", ANN, 0)]


def test_what_a_visitor_named_does_not_outweigh_the_company_of_an_address(contacts: ScoreShard) -> None:
    found = contacts.handle([Replaced(ANN, "a:1", did(1, group="beta.io"), ("beta.io",))])
    assert said(found) == [("Replaced", "d:beta.io", ANN, 0), ("Replaced", "d:acme.com", ANN, 1)]


def test_what_a_visitor_named_counts_where_there_is_nothing_better(contacts: ScoreShard) -> None:
    found = contacts.handle([Replaced("e:ann@gmail.com", "a:1", did(1, group="beta.io"), ("beta.io",))])
    assert said(found) == [("Replaced", "d:beta.io", "e:ann@gmail.com", 1)]


def test_a_lost_source_is_taken_back_from_the_companies_it_had_named(contacts: ScoreShard) -> None:
    contacts.handle([Replaced("u:1", "a:1", did(1, group="beta.io"), ("beta.io",))])
    found = contacts.handle([Replaced("u:1", "a:1", None, ("beta.io",))])
    assert said(found) == [("Replaced", "d:beta.io", "u:1", 0)]


def test_so_it_is_when_nothing_is_stored_of_the_contact(contacts: ScoreShard, store: MemoryStore) -> None:
    found = contacts.handle([Replaced("u:1", "a:1", None, ("beta.io",))])
    contacts.commit()
    assert (said(found), list(store.scan("contact"))) == ([("Replaced", "d:beta.io", "u:1", 0)], [])


def test_an_account_tells_nobody(restart: Callable[[Kind], ScoreShard]) -> None:
    assert restart("account").handle([Touched("d:acme.com", ANN, did(1)), Replaced("d:acme.com", "a:1", did(2))]) == []


def test_touches_are_joined_and_replacements_set(contacts: ScoreShard, store: MemoryStore) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1)), Touched(ANN, "a:1", did(2)), Touched(ANN, "a:2", did(3))])
    contacts.handle([Replaced(ANN, "a:2", did(4))])
    contacts.commit()
    assert stored(store, "contact", ANN).sources == {"a:1": did(2, 1), "a:2": did(4)}


def test_a_value_of_another_type_is_another_value(restart: Callable[[Kind], ScoreShard], store: MemoryStore) -> None:
    for value in (True, 1, 1.0):
        contacts = restart("contact")
        contacts.handle([Replaced(ANN, "a:1", Facts(traits={"vip": (NOW, value)}))])
        contacts.commit()
    assert repr(stored(store, "contact", ANN).sources["a:1"].traits) == repr({"vip": (NOW, 1.0)})


def test_what_is_told_again_is_not_written_again(
    contacts: ScoreShard, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    again: list[ToSubject] = [Touched(ANN, "a:1", did(1)), Replaced(ANN, "a:2", did(2))]
    contacts.handle(again)
    contacts.commit()
    written: list[object] = []
    monkeypatch.setattr(store, "commit", written.append)
    contacts.handle(again)
    contacts.commit()
    assert written == []


def test_who_rises_into_a_band_waits_in_front(contacts: ScoreShard, store: MemoryStore) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1)), Touched("e:bob@acme.com", "a:2", did(1, 2))])
    contacts.commit()
    waiting = [
        (Decoder(Subject).decode(found.record).id, urgency_of(found.urgency)) for found in store.waiting("contact", 9)
    ]
    assert waiting == [("e:bob@acme.com", Urgency.BAND_UP), (ANN, Urgency.DRIFTED)]


def test_the_standing_is_the_last_that_was_worth_telling(contacts: ScoreShard, store: MemoryStore) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1, 2))])
    contacts.commit()
    assert stored(store, "contact", ANN).standing == Standing(600, 1, "pricing")


def test_a_change_that_is_not_worth_telling_marks_nobody(contacts: ScoreShard, store: MemoryStore) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    contacts.commit()
    (first,) = store.waiting("contact", 9)
    store.settle("contact", 0, {ANN: first.token})
    contacts.handle([Touched(ANN, "a:1", did(30))])
    contacts.commit()
    assert (
        len(stored(store, "contact", ANN).sources["a:1"].ledger.touches["pricing"]),
        store.depth("contact"),
    ) == (2, 0)


def test_small_changes_add_up_until_they_are_worth_telling(contacts: ScoreShard, store: MemoryStore) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    contacts.commit()
    depths = []
    for minute in range(2):
        for found in store.waiting("contact", 9):
            store.settle("contact", 0, {ANN: found.token})
        docs = Facts(Ledger({"docs": [(NOW - minute * 60_000) << 20]}, [], NOW))
        contacts.handle([Touched(ANN, "a:1", docs)])
        contacts.commit()
        depths.append(store.depth("contact"))
    assert depths == [0, 1]


def test_a_timer_that_was_taken_care_of_is_not_asked_for_again(
    contacts: ScoreShard, store: MemoryStore, clock: LogClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    contacts.commit()
    clock.reach(NOW + 6 * DAY)
    contacts.wake()
    contacts.commit()
    monkeypatch.delattr(MemoryStore, "due")
    contacts.wake()


def test_a_subject_is_looked_at_again_when_its_score_falls(contacts: ScoreShard, store: MemoryStore) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    contacts.commit()
    assert store.next_due("contact", 0) == NOW + 6 * DAY


def test_nobody_is_woken_before_their_time(contacts: ScoreShard, store: MemoryStore, clock: LogClock) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1, 2))])
    contacts.commit()
    clock.reach(NOW + 5 * DAY - 1)
    contacts.wake()
    contacts.commit()
    assert stored(store, "contact", ANN).standing == Standing(600, 1, "pricing")


@pytest.mark.parametrize("restarted", [False, True])
def test_who_falls_out_of_a_band_is_marked_when_the_time_comes(
    restarted: bool, restart: Callable[[Kind], ScoreShard], store: MemoryStore, clock: LogClock
) -> None:
    contacts = restart("contact")
    contacts.handle([Touched(ANN, "a:1", did(1, 2))])
    contacts.commit()
    store.settle("contact", 0, {ANN: store.waiting("contact", 1)[0].token})
    clock.reach(NOW + 5 * DAY)
    awake = restart("contact") if restarted else contacts
    awake.wake()
    awake.commit()
    (waiting,) = store.waiting("contact", 9)
    assert (urgency_of(waiting.urgency), store.next_due("contact", 0)) == (Urgency.BAND_DOWN, NOW + 6 * DAY)


def test_many_timers_at_once_are_taken_on_over_several_epochs(
    contacts: ScoreShard, store: MemoryStore, clock: LogClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_shard, "DUE_AT_ONCE", 2)
    contacts.handle([Touched(f"u:{number}", "a:1", did(1)) for number in range(5)])
    contacts.commit()
    clock.reach(NOW + 30 * DAY)
    for _ in range(3):
        contacts.wake()
        contacts.commit()
    assert [stored(store, "contact", f"u:{number}").standing for number in range(5)] == [Standing(0, 0, "")] * 5


def test_who_has_nothing_left_scores_nothing(contacts: ScoreShard, store: MemoryStore) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1, 2))])
    contacts.commit()
    contacts.handle([Replaced(ANN, "a:1", None)])
    contacts.commit()
    assert stored(store, "contact", ANN) == Subject(ANN, {}, Standing(0, 0, ""))


def test_what_is_told_to_an_account_is_not_what_the_contact_keeps(
    contacts: ScoreShard, restart: Callable[[Kind], ScoreShard], store: MemoryStore
) -> None:
    accounts = restart("account")
    accounts.handle(contacts.handle([Touched(ANN, "a:1", did(1))]))
    accounts.handle(contacts.handle([Touched(ANN, "a:1", did(2))]))
    accounts.handle([Touched("d:acme.com", ANN, did(9))])
    contacts.commit()
    assert stored(store, "contact", ANN).sources["a:1"] == did(2, 1)
