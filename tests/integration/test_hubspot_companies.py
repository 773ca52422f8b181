"""HubSpot's companies, against the simulated CRM, a program of its own."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from sinks.hubspot import HubSpot
from state.record import Later, Skipped, Written
from tests.clock import Clock
from tests.hubspot import calls_of, new_domain, open_sink
from tests.records import account
from tests.simulated_crm import SimulatedCrm, running_crm

CREATE = "companies/batch/create"


@pytest.fixture(scope="module")
def crm() -> Iterator[SimulatedCrm]:
    with running_crm() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sink(crm: SimulatedCrm, clock: Clock) -> Iterator[HubSpot]:
    with closing(open_sink(crm, clock)) as opened:
        opened.ensure_properties()
        yield opened


def test_a_company_is_found_by_its_domain_and_updated(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    crm.add_companies(domain)
    outcomes = sink.write([account(domain.upper())])
    assert (outcomes, crm.companies(domain)[0]["leadstream_score"]) == ([Written()], "41.0")


def test_a_company_has_no_account_score_beside_its_own(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    crm.add_companies(domain)
    sink.write([account(domain)])
    assert "leadstream_account_score" not in crm.companies(domain)[0]


def test_a_company_once_found_is_not_searched_again(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    crm.add_companies(domain)
    sink.write([account(domain)])
    assert calls_of(crm, "companies/search", lambda: sink.write([account(domain, 50.0)])) == 0
    assert crm.companies(domain)[0]["leadstream_score"] == "50.0"


def test_of_several_companies_with_one_domain_the_oldest_is_written(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    crm.add_companies(domain, domain, domain)
    sink.write([account(domain)])
    assert [each.get("leadstream_score") for each in crm.companies(domain)] == ["41.0", None, None]


def test_domains_behind_a_full_page_of_results_are_found_too(crm: SimulatedCrm, sink: HubSpot) -> None:
    crowded, alone = new_domain(), new_domain()
    for domains in ([crowded] * 100, [crowded] * 100, [alone]):
        crm.add_companies(*domains)
    assert sink.write([account(crowded), account(alone)]) == [Written(), Written()]


def test_a_company_that_is_not_there_is_skipped(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    outcomes = sink.write([account(domain)])
    assert (outcomes, crm.companies(domain)) == ([Skipped("HubSpot has no company with this domain")], [])


def test_a_missing_company_is_created_if_that_is_wanted(crm: SimulatedCrm, clock: Clock) -> None:
    domain = new_domain()
    with closing(open_sink(crm, clock, create_companies=True, search_lag_s=0.0)) as sink:
        outcomes = sink.write([account(domain)])
    assert (outcomes, [each["leadstream_score"] for each in crm.companies(domain)]) == ([Written()], ["41.0"])


def test_no_company_is_created_while_an_earlier_run_s_may_not_be_found_yet(crm: SimulatedCrm, clock: Clock) -> None:
    domain = new_domain()
    with closing(open_sink(crm, clock, create_companies=True, search_lag_s=10.0)) as sink:
        early = sink.write([account(domain)])
        clock.advance(10.0)
        assert ([type(each) for each in early], sink.write([account(domain)])) == ([Later], [Written()])
    assert len(crm.companies(domain)) == 1


def test_a_company_is_created_once_while_the_search_lags_behind(clock: Clock) -> None:
    with (
        running_crm("--search-lag-ms", "60000") as crm,
        closing(open_sink(crm, clock, create_companies=True, search_lag_s=0.0)) as sink,
    ):
        sink.write([account("acme.example", 1.0)])
        sink.write([account("ACME.example", 2.0), account("acme.example", 3.0)])
        assert [each["leadstream_score"] for each in crm.companies("acme.example")] == ["3.0"]


def test_a_company_whose_create_was_applied_but_not_answered_is_not_created_again(
    crm: SimulatedCrm, clock: Clock
) -> None:
    domain = new_domain()
    with closing(open_sink(crm, clock, create_companies=True, search_lag_s=5.0, timeout_s=0.3)) as sink:
        clock.advance(5.0)
        crm.fail("hang", seconds=0.6, path=f"/crm/v3/objects/{CREATE}")
        (lost,) = sink.write([account(domain)])
        clock.advance(5.0)
        assert (type(lost), sink.write([account(domain, 50.0)])) == (Later, [Written()])
    assert [each["leadstream_score"] for each in crm.companies(domain)] == ["50.0"]
