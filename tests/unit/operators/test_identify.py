"""Whom it counts for: pure functions of one source's facts."""

import pytest

from operators.identify import (
    END,
    NOBODY,
    Tenure,
    account_tenures,
    leads_back,
    named,
    owners,
    resolve,
    sole_owner,
    split,
    tenures,
)
from state.ledger import Keep, Ledger
from state.links import Links
from state.subject import Facts, Source

ANN, BOB, CID = "e:ann@acme.com", "e:bob@acme.com", "e:cid@beta.io"


def at(ms: int) -> int:
    """A touch at that time."""
    return ms << 20


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({}, "u:1"),
        ({"u:1": {ANN: [5]}}, ANN),
        ({"u:1": {"c:9": [5]}, "c:9": {ANN: [7]}}, ANN),
        ({"u:1": {ANN: [5], BOB: [9]}}, BOB),
        ({"u:1": {ANN: [5, 11], BOB: [9]}}, ANN),
        ({"u:1": {ANN: [5], BOB: [5]}}, BOB),
        ({"u:1": {ANN: [5], NOBODY: [9]}}, "u:1"),
        ({"u:1": {ANN: [11], NOBODY: [9]}}, ANN),
        ({"u:1": {ANN: [1]}, ANN: {BOB: [5]}, BOB: {ANN: [9]}}, ANN),
        ({"u:1": {ANN: [1]}, ANN: {BOB: [5, 11]}, BOB: {ANN: [9]}}, BOB),
        ({"u:1": {ANN: [99]}, ANN: {BOB: [5]}, BOB: {CID: [9]}, CID: {ANN: [7]}}, CID),
        ({"u:1": {"u:1": [5]}}, "u:1"),
    ],
)
def test_the_newest_link_is_followed_to_its_end(links: dict[str, Links], expected: str) -> None:
    assert resolve("u:1", links) == expected


def test_everyone_on_a_cycle_is_the_same_person() -> None:
    cycle: dict[str, Links] = {ANN: {BOB: [5]}, BOB: {CID: [9]}, CID: {ANN: [7]}}
    assert {resolve(id_, cycle) for id_ in cycle} == {CID}


def test_an_unlinked_id_ends_the_chain_of_those_who_lead_to_it() -> None:
    assert resolve("u:1", {"u:1": {"c:9": [5]}, "c:9": {ANN: [7], NOBODY: [8]}}) == "c:9"


def test_what_came_before_the_first_link_belongs_to_the_first_owner() -> None:
    assert tenures({ANN: [at(50)]}, str, 5) == [Tenure(0, END, ANN)]


def test_another_link_changes_the_owner_from_then_on() -> None:
    assert tenures({ANN: [at(50)], BOB: [at(80)]}, str, 5) == [Tenure(0, 80, ANN), Tenure(80, END, BOB)]


def test_a_link_repeated_changes_nothing() -> None:
    assert tenures({ANN: [at(50), at(60)], BOB: [at(80)]}, str, 5) == [Tenure(0, 80, ANN), Tenure(80, END, BOB)]


def test_a_shared_computer_goes_back_and_forth() -> None:
    found = tenures({ANN: [at(50), at(90)], BOB: [at(80)]}, str, 5)
    assert found == [Tenure(0, 80, ANN), Tenure(80, 90, BOB), Tenure(90, END, ANN)]


def test_an_unlinked_visitor_is_nobodys_from_then_on() -> None:
    assert tenures({ANN: [at(50)], NOBODY: [at(80)]}, str, 5) == [Tenure(0, 80, ANN), Tenure(80, END, NOBODY)]


def test_targets_that_are_one_person_are_one_owner() -> None:
    assert tenures({ANN: [at(50)], "u:1": [at(80)]}, lambda target: ANN, 5) == [Tenure(0, END, ANN)]


def test_of_links_in_one_millisecond_the_last_has_it() -> None:
    assert tenures({ANN: [at(50)], BOB: [at(50) + 1]}, str, 5) == [Tenure(0, 50, ANN), Tenure(50, END, BOB)]


def test_past_the_limit_a_visitor_is_nobodys() -> None:
    links = {ANN: [at(50), at(95)], BOB: [at(80)], CID: [at(90)]}
    assert tenures(links, str, 2) == [Tenure(0, 80, ANN), Tenure(80, 90, BOB), Tenure(90, END, NOBODY)]


def test_nobody_does_not_count_for_the_limit() -> None:
    links = {ANN: [at(50)], NOBODY: [at(60)], BOB: [at(80)]}
    assert tenures(links, str, 2)[-1] == Tenure(80, END, BOB)


def test_a_visitor_without_links_is_nobodys() -> None:
    assert owners(Source("a:1"), 5) == [Tenure(0, END, NOBODY)]


def test_a_visitor_is_resolved_through_the_links_it_learned() -> None:
    source = Source("a:1", links={"u:1": [at(50)]}, known={"u:1": {ANN: [at(99)]}})
    assert owners(source, 5) == [Tenure(0, END, ANN)]


def test_a_known_id_is_one_person_at_all_times() -> None:
    source = Source("u:1", links={ANN: [at(50)], BOB: [at(80)]})
    assert owners(source, 5) == [Tenure(0, END, BOB)]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({}, NOBODY),
        ({ANN: [5]}, ANN),
        ({ANN: [5], "u:1": [9]}, ANN),
        ({ANN: [5], BOB: [9]}, None),
        ({ANN: [5], NOBODY: [9]}, None),
        ({NOBODY: [9]}, NOBODY),
    ],
)
def test_a_visitor_with_one_owner_is_told_from_one_with_several(links: Links, expected: str | None) -> None:
    assert sole_owner(Source("a:1", links=links, known={"u:1": {ANN: [1]}})) == expected


def test_every_id_that_was_ever_an_owner_is_named() -> None:
    known: dict[str, Links] = {"u:1": {ANN: [1], "c:9": [2]}, "c:9": {BOB: [3]}, "u:7": {CID: [1]}}
    assert list(named(Source("a:1", links={"u:1": [5], NOBODY: [6]}, known=known))) == ["c:9", ANN, BOB, "u:1"]


def test_a_known_id_names_itself() -> None:
    assert list(named(Source("u:1", links={ANN: [5]}))) == [ANN, "u:1"]


def test_naming_ends_on_a_cycle() -> None:
    assert list(named(Source(ANN, links={BOB: [5]}, known={BOB: {ANN: [6]}}))) == [ANN, BOB]


@pytest.mark.parametrize(
    ("known", "expected"), [({}, False), ({BOB: {CID: [6]}}, False), ({BOB: {CID: [6]}, CID: {ANN: [7]}}, True)]
)
def test_a_cycle_is_seen_from_within(known: dict[str, Links], expected: bool) -> None:
    assert leads_back(Source(ANN, links={BOB: [5]}, known=known)) is expected


@pytest.mark.parametrize(
    ("groups", "default", "expected"),
    [
        ({}, None, [Tenure(0, END, NOBODY)]),
        ({}, "acme.com", [Tenure(0, END, "d:acme.com")]),
        ({"beta.io": [at(50)]}, "acme.com", [Tenure(0, END, "d:beta.io")]),
        (
            {"beta.io": [at(50)], "corp.example": [at(80)]},
            "acme.com",
            [Tenure(0, 80, "d:beta.io"), Tenure(80, END, "d:corp.example")],
        ),
    ],
)
def test_a_person_counts_for_the_company_they_named_else_for_their_own(
    groups: Links, default: str | None, expected: list[Tenure]
) -> None:
    assert account_tenures(groups, default) == expected


def test_who_changes_company_takes_nothing_away_from_the_old_ones_past() -> None:
    facts = Facts(Ledger({"pricing": [at(10), at(60), at(90)]}, [0], 90))
    parts = split(facts, account_tenures({"old.example": [at(5)], "new.example": [at(80)]}, None), Keep())
    assert {owner: part.ledger.touches for owner, part in parts.items()} == {
        "d:old.example": {"pricing": [at(10), at(60)]},
        "d:new.example": {"pricing": [at(90)]},
    }


def test_who_gets_nothing_is_left_out() -> None:
    facts = Facts(Ledger({"pricing": [at(10)]}, [0], 10))
    assert list(split(facts, [Tenure(0, 50, ANN), Tenure(50, END, BOB)], Keep())) == [ANN]
