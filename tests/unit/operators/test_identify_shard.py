"""What one shard of sources says to contacts, accounts and followers; the whole is proved in tests/property."""

from collections.abc import Callable

import pytest

from operators.identify_shard import REMEMBERED, IdentifyShard, Limits
from operators.verdicts import EVERYONE
from state import shelf
from state.event import Event
from state.ids import is_visitor
from state.ledger import Keep
from state.links import CLOSED, CORRECTED, RETRACTED
from state.memory import MemoryStore
from state.messages import LinkFacts, Replaced, Seen, ToSource, ToSubject, Touched
from state.shelf import Shelf
from state.store import Commit, Kind
from state.subject import Source
from state.traits import Traits

ANN, BOB = "e:ann@acme.com", "e:bob@acme.com"
Said = list[ToSubject | LinkFacts]


class Watched(MemoryStore):
    """Counts the records that are written."""

    def __init__(self) -> None:
        super().__init__(1)
        self.written = 0
        self.fleeting: list[str] = []

    def commit(self, commit: Commit) -> None:
        """See `Records`."""
        self.written += len(commit.records)
        self.fleeting += commit.fleeting
        super().commit(commit)


@pytest.fixture
def store() -> Watched:
    return Watched()


@pytest.fixture
def restart(store: Watched) -> Callable[[Kind], IdentifyShard]:
    """A shard as a new process has it."""
    return lambda kind: IdentifyShard(Shelf(store, kind, 0, Source), Keep(), Limits(2, visitors_per_id=2))


@pytest.fixture
def visitors(restart: Callable[[Kind], IdentifyShard]) -> IdentifyShard:
    return restart("visitor")


@pytest.fixture
def known(restart: Callable[[Kind], IdentifyShard]) -> IdentifyShard:
    return restart("known")


def seen(
    to: str,
    second: int,
    link: str | None = None,
    *,
    own: bool = True,
    followers: tuple[str, ...] = (),
    traits: Traits | None = None,
    group: str = "",
) -> Seen:
    """One event, as `to` sees it; `own`: it happened under this id."""
    touch = second * 1_000 << 20
    event = Event(touch, ("pricing",), to, "", "", "", group, traits)
    links = {} if link is None else {link: [touch]}
    return Seen(to, [event] if own else [], [event] if group or traits else [], links, dict.fromkeys(followers, touch))


def told(said: Said) -> list[tuple[str, str, str, int]]:
    """(form, to, source, touches) of what was said to subjects."""
    return [
        (
            type(message).__name__,
            message.to,
            message.source,
            len(message.facts.ledger.touches.get("pricing", ())) if message.facts else 0,
        )
        for message in said
        if not isinstance(message, LinkFacts)
    ]


def facts(said: Said) -> list[LinkFacts]:
    return [message for message in said if isinstance(message, LinkFacts)]


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


def test_who_loses_a_source_hears_of_every_company_it_named(known: IdentifyShard) -> None:
    known.handle([seen("u:1", 1, group="acme.com"), seen("u:1", 2, group="beta.io")])
    said = known.handle([seen("u:1", 3, ANN, own=False)])
    found = {message.to: sorted(message.domains) for message in said if isinstance(message, Replaced)}
    assert found == {ANN: ["acme.com", "beta.io"], "u:1": ["acme.com", "beta.io"]}


def test_a_known_id_gives_all_its_history_to_whom_it_resolves_to(known: IdentifyShard) -> None:
    known.handle([seen("u:1", 1)])
    expected = [("Replaced", ANN, "u:1", 1), ("Replaced", "u:1", "u:1", 0)]
    assert told(known.handle([seen("u:1", 2, ANN, own=False)])) == expected


def test_who_follows_learns_where_the_other_leads(known: IdentifyShard) -> None:
    known.handle([seen("u:1", 1, ANN, own=False)])
    said = known.handle([seen("u:1", 2, own=False, followers=("a:1",))])
    assert facts(said) == [LinkFacts("a:1", {"u:1": {ANN: [1_000 << 20]}}, ("u:1",))]


def test_followers_learn_of_a_new_link(known: IdentifyShard) -> None:
    known.handle([seen("u:1", 1, own=False, followers=("a:1", "a:2"))])
    said = known.handle([seen("u:1", 2, ANN, own=False)])
    assert {message.to for message in facts(said)} == {"a:1", "a:2"}


def test_a_tracker_that_repeats_itself_costs_the_followers_nothing(known: IdentifyShard) -> None:
    known.handle([seen("u:1", 1, ANN, own=False, followers=("a:1",))])
    assert known.handle([seen("u:1", 2, ANN, own=False, followers=("a:1",))]) == []


def test_what_is_learned_is_passed_on_with_what_was_known(known: IdentifyShard) -> None:
    known.handle([seen("u:1", 1, "c:1", own=False, followers=("a:1",))])
    said = known.handle([LinkFacts("u:1", {"c:1": {ANN: [9]}}, ("c:1",))])
    assert facts(said) == [LinkFacts("a:1", {"u:1": {"c:1": [1_000 << 20]}, "c:1": {ANN: [9]}}, ("c:1", "u:1"))]


def test_what_is_learned_again_is_passed_on_again(known: IdentifyShard) -> None:
    known.handle([seen("u:1", 1, "c:1", own=False, followers=("a:1",))])
    news: list[ToSource] = [LinkFacts("u:1", {"c:1": {ANN: [9]}}, ("c:1",))]
    assert facts(known.handle(news)) == facts(known.handle(news))


@pytest.mark.parametrize(("via", "further"), [((BOB,), 1), ((ANN, BOB), 1), ((ANN, ANN, BOB, BOB), 0)])
def test_what_comes_round_is_passed_on_twice(via: tuple[str, ...], further: int, known: IdentifyShard) -> None:
    known.handle([seen(ANN, 1, BOB, own=False, followers=(BOB,))])
    assert len(facts(known.handle([LinkFacts(ANN, {BOB: {ANN: [9]}}, via)]))) == further


def test_a_visitor_that_learns_who_it_is_moves(visitors: IdentifyShard) -> None:
    visitors.handle([seen("a:1", 1, "u:1")])
    said = told(visitors.handle([LinkFacts("a:1", {"u:1": {ANN: [9]}}, ("u:1",))]))
    assert said == [("Replaced", ANN, "a:1", 1), ("Replaced", "u:1", "a:1", 0)]


def test_a_batch_is_one_message_to_each_however_often_a_source_was_seen(visitors: IdentifyShard) -> None:
    said = visitors.handle([seen("a:1", second, ANN) for second in range(1, 11)])
    assert told(said) == [("Replaced", ANN, "a:1", 10)]


def test_what_was_committed_is_there_after_a_restart(
    visitors: IdentifyShard, restart: Callable[[Kind], IdentifyShard]
) -> None:
    visitors.handle([seen("a:1", 1), seen("a:1", 2, ANN)])
    visitors.commit()
    assert told(restart("visitor").handle([seen("a:1", 3, BOB)])) == [
        ("Replaced", ANN, "a:1", 2),
        ("Replaced", BOB, "a:1", 1),
    ]


def test_what_was_not_committed_is_not(visitors: IdentifyShard, restart: Callable[[Kind], IdentifyShard]) -> None:
    visitors.handle([seen("a:1", 1, ANN)])
    assert told(restart("visitor").handle([seen("a:1", 3)])) == []


def test_what_is_sent_is_not_what_is_kept(visitors: IdentifyShard) -> None:
    (first,) = visitors.handle([seen("a:1", 1, ANN)])
    assert isinstance(first, Replaced)
    assert first.facts is not None
    before = first.facts.copy()
    visitors.handle([seen("a:1", 2), seen("a:1", 3, traits={"x": (1, 1)}, group="acme.com")])
    assert first.facts == before


@pytest.mark.parametrize("id_", ["a:1", "u:1"])
def test_traits_alone_are_told_too(id_: str, restart: Callable[[Kind], IdentifyShard]) -> None:
    shard = restart("visitor" if is_visitor(id_) else "known")
    shard.handle([seen(id_, 1, ANN)])
    said = shard.handle([seen(id_, 2, own=False, traits={"title": (2_000, "VP")})])
    assert [message.facts.traits for message in said if isinstance(message, Touched)] == [{"title": (2_000, "VP")}]


def test_too_many_changes_to_wait_for_the_epochs_end_are_written_with_the_next_batch(
    visitors: IdentifyShard, store: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "FULL", dict.fromkeys(shelf.FULL, 1))
    visitors.handle([seen("a:1", 1), seen("a:2", 1)])
    before = store.written
    visitors.handle([seen("a:3", 1)])
    assert (before, store.written) == (0, 2)


def test_a_known_id_of_two_accounts_says_everything_whenever_it_names_one(known: IdentifyShard) -> None:
    known.handle([seen(ANN, 1, group="acme.com"), seen(ANN, 2, group="beta.io")])
    assert told(known.handle([seen(ANN, 3, group="beta.io")])) == [("Replaced", ANN, ANN, 3)]


def test_what_a_known_id_did_itself_is_told_to_its_contact(known: IdentifyShard) -> None:
    assert [told(known.handle([seen(ANN, second)])) for second in (1, 2)] == [[("Touched", ANN, ANN, 1)]] * 2


def test_a_verdict_on_a_kind_of_agent_says_when_it_corrected_whom(visitors: IdentifyShard) -> None:
    event = Event(1 << 20, ("pricing",), "a:1", agent="bot")
    visitors.handle([Seen("a:1", [event], links={ANN: [event.touch]})])
    said = visitors.handle([LinkFacts(EVERYONE, {"g:bot": {RETRACTED: [9 << 20], CORRECTED: [9 << 20]}})])
    assert [message.corrected for message in said if isinstance(message, Replaced)] == [9 << 20]


def test_a_newcomer_is_told_and_nobody_else(known: IdentifyShard) -> None:
    known.handle([seen(ANN, 1, "e:ann@new.com", followers=("a:1",))])
    said = facts(known.handle([seen(ANN, 2, own=False, followers=("a:2",))]))
    assert [message.to for message in said] == ["a:2"]


def test_visitors_who_come_past_the_limit_are_told_so(known: IdentifyShard) -> None:
    known.handle([seen(ANN, 1, own=False, followers=("a:1", "a:2"))])
    said = facts(known.handle([seen(ANN, second, own=False, followers=(f"a:{second}",)) for second in (3, 4)]))
    closed = {ANN: {CLOSED: [1_000 << 20]}}
    assert {message.to: message.links for message in said} == {"a:3": closed, "a:4": closed}


def test_a_thousand_devices_leave_the_first_ones_and_a_bounded_memory(
    known: IdentifyShard, visitors: IdentifyShard
) -> None:
    devices = range(1, 1_001)
    for n in devices:
        told_of = known.handle([seen(ANN, n, own=False, followers=(f"a:{n}",))])
        visitors.handle([seen(f"a:{n}", n, ANN), *facts(told_of)])
    owned = [n for n in devices if told(visitors.handle([seen(f"a:{n}", 2_000)]))]
    assert (owned, len(known.handle([seen(ANN, 1, own=False, followers=("a:1",))]))) == ([1, 2], 2 + REMEMBERED)


def test_only_visitors_whom_nobody_is_known_for_are_forgotten_in_time(store: Watched) -> None:
    shard = IdentifyShard(Shelf(store, "visitor", 0, Source), Keep(), Limits(), lifetime_ms=1_000)
    shard.handle([seen("a:1", 1), seen("a:2", 1, ANN)])
    shard.commit()
    assert store.fleeting == ["a:1"]
