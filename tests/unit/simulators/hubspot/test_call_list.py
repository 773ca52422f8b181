"""Who stands on the call list, and in which order."""

import pytest

from simulators.hubspot.call_list import Asked, CallList, Chip, call_list
from simulators.hubspot.crm import Crm

PEOPLE = (
    {"email": "low@acme.com", "leadstream_score": "9", "leadstream_band": "low"},
    {"email": "top@acme.com", "leadstream_score": "80", "leadstream_band": "high", "firstname": "Ann"},
    {"email": "new@acme.com"},
    {"email": "mid@acme.com", "leadstream_score": "40", "leadstream_band": "medium"},
)


@pytest.fixture
def stocked(crm: Crm) -> Crm:
    for properties in PEOPLE:
        crm.contacts.create(properties, 1)
    return crm


def addresses(found: CallList) -> list[str]:
    return [row.lead.address for row in found.rows]


def test_the_highest_score_comes_first_and_the_unscored_last(stocked: Crm) -> None:
    found = call_list(stocked, stocked.contacts, Asked())
    assert addresses(found) == ["top@acme.com", "mid@acme.com", "low@acme.com", "new@acme.com"]


def test_among_equals_the_latest_high_intent_comes_first(crm: Crm) -> None:
    for email, at in (("a@x.com", "2026-06-01T00:00:00.000Z"), ("b@x.com", "2026-06-09T00:00:00.000Z")):
        crm.contacts.create({"email": email, "leadstream_score": "50", "leadstream_last_intent_at": at}, 1)
    assert addresses(call_list(crm, crm.contacts, Asked())) == ["b@x.com", "a@x.com"]


def test_a_band_shows_only_its_own(stocked: Crm) -> None:
    assert addresses(call_list(stocked, stocked.contacts, Asked(band="medium"))) == ["mid@acme.com"]


def test_those_without_a_score_can_be_asked_for(stocked: Crm) -> None:
    assert addresses(call_list(stocked, stocked.contacts, Asked(band="unscored"))) == ["new@acme.com"]


def test_chips_count_each_band_the_hottest_first(stocked: Crm) -> None:
    found = call_list(stocked, stocked.contacts, Asked(band="low"))
    assert found.chips == [Chip("high", 1), Chip("medium", 1), Chip("low", 1), Chip("unscored", 1)]


def test_words_are_found_in_any_case(stocked: Crm) -> None:
    assert addresses(call_list(stocked, stocked.contacts, Asked(words="ann"))) == ["top@acme.com"]


def test_a_page_holds_fifty(crm: Crm) -> None:
    for number in range(51):
        crm.contacts.create({"email": f"p{number}@acme.com"}, 1)
    found = call_list(crm, crm.contacts, Asked(page=2))
    assert (len(found.rows), found.pages, found.total) == (1, 2, 51)


def test_a_link_keeps_what_was_chosen() -> None:
    assert Asked(band="high", words="a b").link(page=2) == "?band=high&q=a+b&page=2"


def test_choosing_a_band_starts_at_its_first_page() -> None:
    assert Asked(band="high", page=3).link(band="low") == "?band=low"
