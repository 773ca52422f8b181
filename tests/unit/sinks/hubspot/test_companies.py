"""Companies: found by search, remembered, updated by id, created once."""

from collections.abc import Iterator

import httpx
import pytest

from state.record import Later, Outcome, Refused, Skipped, Written
from tests.records import account
from tests.unit.sinks.hubspot.portal import CREATE, SEARCH, UPDATE, Portal, found, multi_status, problem

NONE = Skipped("HubSpot has no company with this domain")
GONE = {"status": "error", "category": "OBJECT_NOT_FOUND", "context": {"ids": ["7"]}}


@pytest.fixture
def portal() -> Portal:
    return Portal()


def accounts(count: int) -> list[str]:
    return [f"acme{number}.example" for number in range(count)]


def asked(portal: Portal) -> list[list[str]]:
    """The domains of each search."""
    return [body["filterGroups"][0]["filters"][0]["values"] for body in portal.bodies(SEARCH)]


def later(outcomes: list[Outcome]) -> Iterator[float]:
    return (outcome.seconds for outcome in outcomes if isinstance(outcome, Later))


def test_an_update_names_the_id_and_no_id_property(portal: Portal) -> None:
    portal.reply(SEARCH, found(acme_example="7"))
    portal.open().write([account("acme.example")])
    (entry,) = portal.bodies(UPDATE)[0]["inputs"]
    assert (entry["id"], "idProperty" in entry, {type(v) for v in entry["properties"].values()}) == (
        "7",
        False,
        {str},
    )


def test_a_search_asks_for_100_domains_at_most(portal: Portal) -> None:
    portal.open().write([account(domain) for domain in accounts(150)])
    assert [len(domains) for domains in asked(portal)] == [100, 50]


def test_a_search_with_long_domains_stays_under_3000_characters(portal: Portal) -> None:
    portal.open().write([account(f"{'a' * 60}.{domain}") for domain in accounts(60)])
    assert [len(httpx.Response(200, json=body).content) < 3_000 for body in portal.bodies(SEARCH)] == [True] * 2
    assert sum(len(domains) for domains in asked(portal)) == 60


def test_the_fifth_search_within_a_second_is_later(portal: Portal) -> None:
    sink = portal.open()
    people = [account(domain) for domain in accounts(500)]
    portal.clock.advance(0.25)
    outcomes = sink.write(people)
    assert (outcomes[:400], set(later(outcomes[400:]))) == ([NONE] * 400, {1.0})
    portal.clock.advance(1.0)
    assert sink.write(people[400:]) == [NONE] * 100


def test_a_search_limit_of_other_apps_leaves_known_companies_alone(portal: Portal) -> None:
    sink = portal.open()
    portal.reply(SEARCH, found(acme_example="7"), problem(429, policyName="SECONDLY"))
    sink.write([account("acme.example")])
    outcomes = sink.write([account("beta.example"), account("acme.example")])
    assert outcomes == [Later(1.0, "HubSpot's call limit is used up (429)"), Written()]


def test_that_a_company_is_not_there_is_believed_for_five_minutes(portal: Portal) -> None:
    sink = portal.open()
    sink.write([account("acme.example")])
    portal.clock.advance(299.0)
    sink.write([account("acme.example")])
    portal.reply(SEARCH, found(acme_example="7"))
    portal.clock.advance(1.0)
    assert (sink.write([account("acme.example")]), len(asked(portal))) == ([Written()], 2)


def test_a_company_that_is_gone_is_looked_up_again(portal: Portal) -> None:
    sink = portal.open(search_lag_s=4.0)
    portal.reply(SEARCH, found(acme_example="7", beta_example="8"), found(acme_example="9"))
    portal.reply(UPDATE, multi_status([{"id": "8"}], GONE))
    outcomes = sink.write([account("acme.example"), account("beta.example")])
    assert outcomes == [Later(4.0, "the company is gone from HubSpot: it is looked up again"), Written()]
    assert sink.write([account("acme.example")]) == [Written()]
    assert portal.batches(UPDATE) == [["7", "8"], ["9"]]


def test_a_call_that_ends_in_a_404_means_a_company_is_gone(portal: Portal) -> None:
    portal.reply(SEARCH, found(acme_example="7"))
    portal.reply(UPDATE, httpx.Response(404))
    assert list(later(portal.open().write([account("acme.example")]))) == [0.0]


def test_a_domain_that_the_search_does_not_take_is_refused_and_the_others_are_found(portal: Portal) -> None:
    portal.reply(SEARCH, problem(400), problem(400), found(acme_example="7"))
    outcomes = portal.open().write([account("bad domain"), account("acme.example")])
    assert outcomes == [Refused("HubSpot says VALIDATION_ERROR"), Written()]


def test_results_that_name_none_of_the_domains_end_the_search(portal: Portal) -> None:
    strangers = [{"id": str(number), "properties": {"domain": "other.example"}} for number in range(200)]
    portal.reply(SEARCH, httpx.Response(200, json={"results": strangers}))
    assert (portal.open().write([account("acme.example")]), len(asked(portal))) == ([NONE], 1)


def test_two_domains_of_one_company_go_in_two_batches(portal: Portal) -> None:
    portal.reply(SEARCH, found(acme_example="7", acme_test="7"))
    portal.open().write([account("acme.example"), account("acme.test")])
    assert portal.batches(UPDATE) == [["7"], ["7"]]


def test_a_created_company_is_remembered_from_the_answer(portal: Portal) -> None:
    sink = portal.open(create_companies=True)
    sink.write([account("acme.example")])
    sink.write([account("acme.example", 50.0)])
    assert (len(portal.bodies(CREATE)), len(asked(portal)), portal.batches(UPDATE)) == (1, 1, [["12"]])


def test_a_created_company_is_recognised_by_its_domain_too(portal: Portal) -> None:
    sink = portal.open(create_companies=True)
    result = {"id": "5", "properties": {"domain": "acme.example"}}
    portal.reply(CREATE, httpx.Response(201, json={"results": [result]}))
    assert sink.write([account("acme.example")]) == [Written()]


def test_a_company_that_cannot_be_created_is_refused_and_the_others_are_created(portal: Portal) -> None:
    portal.reply(CREATE, problem(400), problem(400))
    outcomes = portal.open(create_companies=True).write([account("bad"), account("acme.example")])
    assert outcomes == [Refused("HubSpot says VALIDATION_ERROR"), Written()]


def test_an_error_within_a_create_is_mapped_to_its_company(portal: Portal) -> None:
    error = {"category": "VALIDATION_ERROR", "context": {"objectWriteTraceId": ["r0"]}}
    portal.reply(CREATE, multi_status([{"id": "5", "objectWriteTraceId": "r1"}], error))
    outcomes = portal.open(create_companies=True).write([account("bad"), account("acme.example")])
    assert outcomes == [Refused("HubSpot says VALIDATION_ERROR"), Written()]


@pytest.mark.parametrize(
    "lost",
    [
        httpx.ReadTimeout("no"),
        httpx.Response(502),
        httpx.Response(201, text="<html>"),
        httpx.Response(201, json={"results": []}),
    ],
)
def test_after_a_create_whose_answer_was_lost_the_search_is_asked_first(
    portal: Portal, lost: httpx.Response | Exception
) -> None:
    sink = portal.open(create_companies=True, search_lag_s=5.0)
    portal.clock.advance(5.0)
    portal.reply(CREATE, lost)
    sink.write([account("acme.example")])
    portal.clock.advance(4.0)
    assert (list(later(sink.write([account("acme.example")]))), len(portal.bodies(CREATE))) == ([1.0], 1)
    portal.reply(SEARCH, found(acme_example="7"))
    portal.clock.advance(1.0)
    assert (sink.write([account("acme.example")]), len(portal.bodies(CREATE))) == ([Written()], 1)


def test_a_create_that_found_a_property_gone_keeps_what_it_created(portal: Portal) -> None:
    sink = portal.open(create_companies=True)
    gone = {"category": "VALIDATION_ERROR", "message": '"error":"PROPERTY_DOESNT_EXIST"'}
    portal.reply(CREATE, multi_status([{"id": "5", "objectWriteTraceId": "r0"}], gone))
    outcomes = sink.write([account("acme.example"), account("beta.example")])
    assert (outcomes, portal.batches(UPDATE)) == ([Written(), Written()], [["5"]])
    created = [[new["properties"]["domain"] for new in body["inputs"]] for body in portal.bodies(CREATE)]
    assert created == [["acme.example", "beta.example"], ["beta.example"]]
