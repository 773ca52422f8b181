"""Delivery: who is told what, and when; who is spared, held back, settled."""

from collections.abc import Sequence

import pytest

from flows.delivery import AT_ONCE, Delivery
from flows.reading import Reading
from state.ids import shard_of
from state.memory import MemoryStore
from state.record import Later, Outcome, Record, Refused, SinkStopped, Skipped
from state.store import Held, Kind
from tests.events import event
from tests.unit.flows.conftest import Happen, Remembering, Wall

ANN, BOB = "ann@acme.com", "bob@acme.com"


def step(delivery: Delivery, kind: Kind = "contact") -> int:
    """Deliver once; how many were claimed."""
    claimed = delivery.claim(kind)
    if claimed:
        delivery.write(delivery.plan(claimed))
    return len(claimed)


def mark_ann(store: MemoryStore) -> None:
    """Have Ann looked at again."""
    store.mark("contact", shard_of(f"e:{ANN}", store.shards), {f"e:{ANN}": 1})


def view(email: str, minute: int = 0) -> bytes:
    return event("pricing_viewed", f"08:{minute:02}:00", email=email)


def test_who_waits_is_told_and_settled(
    happen: Happen, delivery: Delivery, sink: Remembering, store: MemoryStore
) -> None:
    happen(view(ANN))
    step(delivery)
    assert (sink.told, store.depth("contact"), delivery.tally.of("written")) == ([(ANN, 10.0)], 0, 1)


def test_the_more_urgent_come_first(happen: Happen, delivery: Delivery) -> None:
    happen(view(ANN))
    happen(view(BOB), view(BOB, 1))  # up a band
    assert [task.record.key for task in delivery.plan(delivery.claim("contact"))] == [BOB, ANN]


def test_who_is_under_way_is_not_claimed_again(happen: Happen, delivery: Delivery) -> None:
    happen(view(ANN))
    assert (len(delivery.claim("contact")), len(delivery.claim("contact"))) == (1, 0)


def test_who_changed_under_way_is_claimed_again_and_told_the_newer(
    happen: Happen, delivery: Delivery, sink: Remembering
) -> None:
    happen(view(ANN))
    tasks = delivery.plan(delivery.claim("contact"))
    happen(view(ANN, 1))
    delivery.write(tasks)
    step(delivery)
    assert sink.told == [(ANN, 10.0), (ANN, 20.0)]


def test_no_more_are_written_together_than_a_call_takes(happen: Happen, delivery: Delivery) -> None:
    happen(*(view(f"p{number}@acme.com") for number in range(AT_ONCE + 1)))
    assert (step(delivery), step(delivery), step(delivery)) == (AT_ONCE, 1, 0)


def test_a_sink_is_not_told_what_it_was_told_last(
    happen: Happen, delivery: Delivery, sink: Remembering, store: MemoryStore
) -> None:
    happen(view(ANN))
    step(delivery)
    mark_ann(store)
    step(delivery)
    assert (sink.told, delivery.tally.of("unchanged"), store.depth("contact")) == ([(ANN, 10.0)], 1, 0)


def test_what_was_told_is_known_after_a_restart(
    happen: Happen, delivery: Delivery, reading: Reading, store: MemoryStore, wall: Wall
) -> None:
    happen(view(ANN))
    step(delivery)
    mark_ann(store)
    again = Remembering()
    step(Delivery(store, reading, [again], wall))
    assert again.told == []


def test_every_sink_has_a_memory_of_its_own(
    happen: Happen, delivery: Delivery, reading: Reading, store: MemoryStore, wall: Wall
) -> None:
    happen(view(ANN))
    step(delivery)
    mark_ann(store)
    other = Remembering("other")
    step(Delivery(store, reading, [other], wall))
    assert other.told == [(ANN, 10.0)]


def test_a_sink_that_asks_for_patience_is_left_alone_for_so_long(
    happen: Happen, delivery: Delivery, sink: Remembering, wall: Wall
) -> None:
    happen(view(ANN))
    sink.answers[ANN] = Later(7.0, "the limit is used up")
    claimed = [step(delivery)]
    sink.answers.clear()
    wall.now += 6_999
    claimed.append(step(delivery))
    wall.now += 1
    claimed.append(step(delivery))
    assert (claimed, sink.told) == ([1, 0, 1], [(ANN, 10.0)])


def test_why_nothing_is_written_is_known_until_it_is(
    happen: Happen, delivery: Delivery, sink: Remembering, wall: Wall
) -> None:
    happen(view(ANN))
    sink.answers[ANN] = Later(1.0, "the limit is used up")
    step(delivery)
    before = delivery.paused_for
    sink.answers.clear()
    wall.now += 1_000
    step(delivery)
    assert (before, delivery.paused_for) == ("the limit is used up", "")


def test_one_that_must_wait_holds_up_nobody_else(
    happen: Happen, delivery: Delivery, sink: Remembering, wall: Wall
) -> None:
    happen(view(ANN), view(BOB))
    sink.answers[ANN] = Later(60.0, "not yet")
    step(delivery)
    happen(view(BOB, 1))
    step(delivery)
    assert sink.told == [(BOB, 10.0), (BOB, 20.0)]


def test_a_pause_for_contacts_is_none_for_accounts(happen: Happen, delivery: Delivery, sink: Remembering) -> None:
    happen(view(ANN))
    sink.answers[ANN] = Later(60.0, "not yet")
    step(delivery)
    step(delivery, "account")
    assert sink.told == [("acme.com", 5.0)]


def test_while_one_sink_waits_the_other_is_told_once(
    happen: Happen, reading: Reading, store: MemoryStore, wall: Wall
) -> None:
    ready, waiting = Remembering("ready"), Remembering("waiting")
    waiting.answers[ANN] = Later(1.0, "not yet")
    both = Delivery(store, reading, [ready, waiting], wall)
    happen(view(ANN))
    step(both)
    waiting.answers.clear()
    wall.now += 1_000
    step(both)
    assert (ready.told, waiting.told) == ([(ANN, 10.0)], [(ANN, 10.0)])


@pytest.mark.parametrize("answer", [Refused("no such field"), Skipped("no such company")])
def test_who_is_refused_or_skipped_does_not_come_again(
    answer: Outcome, happen: Happen, delivery: Delivery, sink: Remembering
) -> None:
    happen(view(ANN))
    sink.answers[ANN] = answer
    assert (step(delivery), step(delivery), delivery.tally.of(type(answer).__name__.lower())) == (1, 0, 1)


def test_who_never_was_anybody_is_not_told(happen: Happen, delivery: Delivery, sink: Remembering) -> None:
    happen(event("pricing_viewed", contactId="c1"))
    happen(event("x", contactId="c1", email=ANN))
    step(delivery)
    assert sink.told == [(ANN, 10.0)]


def test_who_was_told_and_became_somebody_else_is_told_zero(
    happen: Happen, delivery: Delivery, sink: Remembering
) -> None:
    happen(event("pricing_viewed", contactId="c1"))
    step(delivery)
    happen(event("x", contactId="c1", email=ANN))
    step(delivery)
    assert sorted(sink.told[1:]) == [(ANN, 10.0), ("c1", 0.0)]


class Stopped(Remembering):
    def write(self, records: Sequence[Record]) -> list[Outcome]:
        raise SinkStopped("the token is refused")


def test_a_sink_that_needs_a_person_ends_the_delivery_and_settles_nothing(
    happen: Happen, reading: Reading, store: MemoryStore, wall: Wall
) -> None:
    happen(view(ANN))
    with pytest.raises(SinkStopped):
        step(Delivery(store, reading, [Stopped()], wall))
    assert store.depth("contact") == 1


def held(role: str) -> None:
    raise Held(f"another {role} is at work", elsewhere=True)


def test_who_was_replaced_writes_nothing_more(
    happen: Happen, delivery: Delivery, sink: Remembering, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(view(ANN))
    tasks = delivery.plan(delivery.claim("contact"))
    monkeypatch.setattr(store, "hold", held)
    with pytest.raises(Held):
        delivery.write(tasks)
    assert sink.told == []
