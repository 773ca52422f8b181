"""What one shard of visitors says to contacts and accounts; the whole is proved in tests/property."""

import pytest

from operators.crowded import REMEMBERED
from operators.identify_shard import IdentifyShard, Limits
from operators.verdicts import EVERYONE
from state import shelf
from state.event import Event
from state.ids import is_visitor
from state.links import CORRECTED, RETRACTED
from state.messages import LinkFacts, Replaced, Seen, Touched
from state.retention import Retention
from state.shelf import Shelf
from state.subject import Source
from tests.unit.operators.identify_case import ANN, BOB, Watched, facts, restarted, seen, told


@pytest.fixture
def store() -> Watched:
    return Watched()


@pytest.fixture
def visitors(store: Watched) -> IdentifyShard:
    return restarted(store, "visitor")


def test_a_visitor_whom_nobody_knows_is_remembered_and_says_nothing(visitors: IdentifyShard, store: Watched) -> None:
    said = visitors.handle([seen("a:1", 1)])
    visitors.commit()
    assert (said, store.written) == ([], 1)


def test_the_first_link_tells_the_contact_everything_that_came_before(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1), seen("a:1", 2)])
    assert told(visitors.handle([seen("a:1", 3, ANN)])) == [("Replaced", ANN, "a:1", 3)]


def test_from_then_on_only_what_is_new_is_told(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, ANN)])
    assert told(visitors.handle([seen("a:1", 2), seen("a:1", 3, ANN)])) == [("Touched", ANN, "a:1", 2)]


def test_an_event_that_comes_again_is_told_again(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, ANN), seen("a:1", 2)])
    assert told(visitors.handle([seen("a:1", 2)])) == [("Touched", ANN, "a:1", 1)]


def test_the_first_link_that_comes_again_tells_everything_again(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, ANN), seen("a:1", 2)])
    assert told(visitors.handle([seen("a:1", 1, ANN)])) == [("Replaced", ANN, "a:1", 2)]


def test_nothing_is_written_for_what_was_known(visitors: IdentifyShard, store: Watched) -> None:
    visitors.handle([seen("a:1", 1, ANN), seen("a:1", 2)])
    visitors.commit()
    visitors.handle([seen("a:1", 1, ANN), seen("a:1", 2)])
    visitors.commit()
    assert store.written == 1


def test_a_shared_computer_tells_each_their_own(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, ANN), seen("a:1", 2)])
    expected = [("Replaced", ANN, "a:1", 2), ("Replaced", BOB, "a:1", 1)]
    assert told(visitors.handle([seen("a:1", 3, BOB)])) == expected


def test_a_shared_computer_always_tells_all_of_it(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, ANN), seen("a:1", 3, BOB)])
    expected = [("Replaced", ANN, "a:1", 2), ("Replaced", BOB, "a:1", 1)]
    assert told(visitors.handle([seen("a:1", 2)])) == expected


def test_past_the_limit_a_visitor_is_nobodys_from_then_on(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, ANN), seen("a:1", 3, BOB)])
    said = told(visitors.handle([seen("a:1", 5, "e:cid@beta.io"), seen("a:1", 6)]))
    assert said == [("Replaced", owner, "a:1", count) for owner, count in ((ANN, 1), (BOB, 1), ("e:cid@beta.io", 0))]


def test_an_unlinked_visitor_tells_who_lost_it(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, ANN)])
    assert told(visitors.handle([seen("a:1", 2, "", own=False), seen("a:1", 3)])) == [("Replaced", ANN, "a:1", 1)]


def test_an_unknown_visitor_counts_for_the_company_it_names(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1)])
    assert told(visitors.handle([seen("a:1", 2, group="acme.com")])) == [("Replaced", "d:acme.com", "a:1", 2)]


def test_once_it_is_known_the_company_has_it_through_its_contact(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, group="acme.com")])
    (contact, account) = visitors.handle([seen("a:1", 2, ANN)])
    assert told([contact, account]) == [("Replaced", ANN, "a:1", 2), ("Replaced", "d:acme.com", "a:1", 0)]


def test_a_visitor_that_learns_who_it_is_moves(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, "u:1")])
    said = told(visitors.handle([LinkFacts("a:1", {"u:1": {ANN: [9]}}, ("u:1",))]))
    assert said == [("Replaced", ANN, "a:1", 1), ("Replaced", "u:1", "a:1", 0)]


def test_a_batch_is_one_message_to_each_however_often_a_source_was_seen(visitors: IdentifyShard) -> None:
    said = visitors.handle([seen("a:1", second, ANN) for second in range(1, 11)])
    assert told(said) == [("Replaced", ANN, "a:1", 10)]


def test_what_was_committed_is_there_after_a_restart(visitors: IdentifyShard, store: Watched) -> None:
    visitors.handle([seen("a:1", 1), seen("a:1", 2, ANN)])
    visitors.commit()
    assert told(restarted(store, "visitor").handle([seen("a:1", 3, BOB)])) == [
        ("Replaced", ANN, "a:1", 2),
        ("Replaced", BOB, "a:1", 1),
    ]


def test_what_was_not_committed_is_not(visitors: IdentifyShard, store: Watched) -> None:
    visitors.handle([seen("a:1", 1, ANN)])
    assert told(restarted(store, "visitor").handle([seen("a:1", 3)])) == []


def test_what_is_sent_is_not_what_is_kept(visitors: IdentifyShard) -> None:
    (first,) = visitors.handle([seen("a:1", 1, ANN)])
    assert isinstance(first, Replaced)
    assert first.facts is not None
    before = first.facts.copy()
    visitors.handle([seen("a:1", 2), seen("a:1", 3, traits={"x": (1, 1)}, group="acme.com")])
    assert first.facts == before


@pytest.mark.parametrize("id_", ["a:1", "u:1"])
def test_traits_alone_are_told_too(id_: str, store: Watched) -> None:
    shard = restarted(store, "visitor" if is_visitor(id_) else "known")
    shard.handle([seen(id_, 1, ANN)])
    said = shard.handle([seen(id_, 2, own=False, traits={"title": (2_000, "VP")})])
    assert [message.facts.traits for message in said if isinstance(message, Touched)] == [{"title": (2_000, "VP")}]


def test_too_many_changes_to_wait_for_the_epochs_end_are_written_with_their_batch(
    visitors: IdentifyShard, store: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "FULL", dict.fromkeys(shelf.FULL, 1))
    visitors.handle([seen("a:1", 1)])
    before = store.written
    visitors.handle([seen("a:2", 1)])
    assert (before, store.written) == (0, 2)


def test_a_verdict_on_a_kind_of_agent_says_when_it_corrected_whom(visitors: IdentifyShard) -> None:
    event = Event(1 << 20, ("pricing",), "a:1", agent="bot")
    visitors.handle([Seen("a:1", [event], links={ANN: [event.touch]})])
    said = visitors.handle([LinkFacts(EVERYONE, {"g:bot": {RETRACTED: [9 << 20], CORRECTED: [9 << 20]}})])
    assert [message.corrected for message in said if isinstance(message, Replaced)] == [9 << 20]


def test_a_thousand_devices_leave_the_first_ones_and_a_bounded_memory(visitors: IdentifyShard) -> None:
    known = restarted(Watched(), "known")
    devices = range(1, 1_001)
    for n in devices:
        told_of = known.handle([seen(ANN, n, own=False, followers=(f"a:{n}",))])
        visitors.handle([seen(f"a:{n}", n, ANN), *facts(told_of)])
    owned = [n for n in devices if told(visitors.handle([seen(f"a:{n}", 2_000)]))]
    assert (owned, len(known.handle([seen(ANN, 1, own=False, followers=("a:1",))]))) == ([1, 2], 2 + REMEMBERED)


def test_only_visitors_whom_nobody_is_known_for_are_forgotten_in_time(store: Watched) -> None:
    shard = IdentifyShard(Shelf(store, "visitor", 0, Source), Retention(lifetime_ms=1_000), Limits())
    shard.handle([seen("a:1", 1), seen("a:2", 1, ANN)])
    shard.commit()
    assert store.fleeting == ["a:1"]
