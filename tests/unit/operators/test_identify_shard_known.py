"""What one shard of known ids says to contacts, accounts and followers; the whole is proved in tests/property."""

import pytest

from operators.identify_shard import IdentifyShard
from state.links import CLOSED
from state.messages import LinkFacts, Replaced, ToSource
from tests.unit.operators.identify_case import ANN, BOB, Watched, facts, restarted, seen, told


@pytest.fixture
def known() -> IdentifyShard:
    return restarted(Watched(), "known")


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


def test_a_known_id_of_two_accounts_says_everything_whenever_it_names_one(known: IdentifyShard) -> None:
    known.handle([seen(ANN, 1, group="acme.com"), seen(ANN, 2, group="beta.io")])
    assert told(known.handle([seen(ANN, 3, group="beta.io")])) == [("Replaced", ANN, ANN, 3)]


def test_what_a_known_id_did_itself_is_told_to_its_contact(known: IdentifyShard) -> None:
    assert [told(known.handle([seen(ANN, second)])) for second in (1, 2)] == [[("Touched", ANN, ANN, 1)]] * 2


def test_a_newcomer_is_told_and_nobody_else(known: IdentifyShard) -> None:
    known.handle([seen(ANN, 1, "e:ann@new.com", followers=("a:1",))])
    said = facts(known.handle([seen(ANN, 2, own=False, followers=("a:2",))]))
    assert [message.to for message in said] == ["a:2"]


def test_visitors_who_come_past_the_limit_are_told_so(known: IdentifyShard) -> None:
    known.handle([seen(ANN, 1, own=False, followers=("a:1", "a:2"))])
    said = facts(known.handle([seen(ANN, second, own=False, followers=(f"a:{second}",)) for second in (3, 4)]))
    closed = {ANN: {CLOSED: [1_000 << 20]}}
    assert {message.to: message.links for message in said} == {"a:3": closed, "a:4": closed}
