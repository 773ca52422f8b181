"""The pages as they are served, without a network."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from simulators.hubspot.app import application
from simulators.hubspot.crm import Crm
from simulators.hubspot.settings import SimulatorSettings
from simulators.hubspot.simulator import Simulator

WALL_CLOCK = 2_000_000_000_000
SCORED = {
    "email": "ann@acme.com",
    "leadstream_score": "72.4",
    "leadstream_band": "high",
    "leadstream_why": "High: viewed pricing twice.",
    "leadstream_last_intent": "Viewed pricing",
    "leadstream_last_intent_at": "2026-06-12T05:00:00.000Z",
    "leadstream_scored_at": "2026-06-12T08:00:00.000Z",
}

Reader = Callable[[str], httpx.Response]


@pytest.fixture
def read(crm: Crm) -> Reader:
    simulator = Simulator(SimulatorSettings(token="t"), lambda: WALL_CLOCK)
    simulator.crm = crm
    app = application(simulator)

    async def fetched(path: str, host: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=host) as client:
            return await client.get(path)

    return lambda path: asyncio.run(fetched(path, "http://127.0.0.1:8484" if path.startswith("/") else ""))


def test_an_empty_list_says_what_to_do(read: Reader) -> None:
    assert "<code>http://127.0.0.1:8484/</code>" in read("/").text


def test_a_scored_contact_is_on_the_list_with_its_sentence(crm: Crm, read: Reader) -> None:
    crm.contacts.create(SCORED, 1)
    assert "High: viewed pricing twice." in read("/").text


def test_times_count_from_the_newest_score_not_the_wall_clock(crm: Crm, read: Reader) -> None:
    crm.contacts.create(SCORED, 1)
    assert "3 hours ago" in read("/").text


def test_a_filter_that_finds_nobody_offers_all(crm: Crm, read: Reader) -> None:
    crm.contacts.create(SCORED, 1)
    assert "Show all 1 people" in read("/?q=nobody").text


def test_what_a_visitor_typed_is_shown_as_text(crm: Crm, read: Reader) -> None:
    crm.contacts.create({"firstname": "<script>alert(1)</script>"}, 1)
    assert "&lt;script&gt;alert(1)" in read("/contacts/1001").text


def test_a_search_is_shown_as_text(read: Reader, crm: Crm) -> None:
    crm.contacts.create(SCORED, 1)
    assert 'value="&#34;&gt;&lt;b&gt;"' in read("/?q=%22%3E%3Cb%3E").text


def test_a_record_draws_its_score(crm: Crm, read: Reader) -> None:
    crm.contacts.create(SCORED, 1)
    assert '<svg class="chart"' in read("/contacts/1001").text


def test_a_record_shows_its_latest_versions_and_offers_the_rest(crm: Crm, read: Reader) -> None:
    record = crm.contacts.create(SCORED, 1)
    for score in range(29):
        crm.contacts.update(record, {"leadstream_score": str(score)}, 2)
    page = read("/contacts/1001").text
    assert (page.count('<div class="at">'), "Show all 30 versions" in page) == (25, True)


def test_all_versions_can_be_seen(crm: Crm, read: Reader) -> None:
    record = crm.contacts.create(SCORED, 1)
    for score in range(29):
        crm.contacts.update(record, {"leadstream_score": str(score)}, 2)
    assert read("/contacts/1001?all=1").text.count('<div class="at">') == 30


def test_a_company_lists_its_people(crm: Crm, read: Reader) -> None:
    crm.companies.create({"domain": "acme.com", "name": "Acme"}, 1)
    crm.contacts.create(SCORED, 1)
    assert 'href="/contacts/1001"' in read("/companies/700001").text


def test_a_contact_links_its_company(crm: Crm, read: Reader) -> None:
    crm.companies.create({"domain": "acme.com", "name": "Acme"}, 1)
    crm.contacts.create(SCORED, 1)
    assert '<a href="/companies/700001">Acme</a>' in read("/contacts/1001").text


def test_a_long_domain_breaks_between_its_parts(crm: Crm, read: Reader) -> None:
    crm.companies.create({"domain": "uk.acme.com"}, 1)
    crm.contacts.create({"email": "ann@uk.acme.com"}, 1)
    assert '<a href="/companies/700001">uk<wbr>.acme<wbr>.com</a>' in read("/").text


def test_a_long_address_breaks_between_name_and_domain_or_within_the_domain(crm: Crm, read: Reader) -> None:
    crm.contacts.create({"email": "ann.lee@uk.acme.com"}, 1)
    assert "ann.lee<wbr>@uk<wbr>.acme<wbr>.com" in read("/").text


def test_an_action_in_lower_case_begins_with_a_capital(crm: Crm, read: Reader) -> None:
    crm.contacts.create({**SCORED, "leadstream_last_intent": "read about SSO"}, 1)
    assert "Read about SSO" in read("/").text


@pytest.mark.parametrize("path", ["/contacts/1", "/companies/1", "/elsewhere"])
def test_an_address_that_leads_nowhere_is_a_page(read: Reader, path: str) -> None:
    answer = read(path)
    assert (answer.status_code, "Back to the call list" in answer.text) == (404, True)


def test_a_page_number_that_is_none_is_the_first_page(crm: Crm, read: Reader) -> None:
    crm.contacts.create(SCORED, 1)
    assert "ann<wbr>@acme<wbr>.com" in read("/?page=last").text


def test_pages_load_nothing_from_elsewhere(read: Reader) -> None:
    assert read("/").headers["content-security-policy"].startswith("default-src 'none'")


def test_the_style_sheet_is_served(read: Reader) -> None:
    assert read("/static/style.css").headers["content-type"].startswith("text/css")


def test_another_host_name_is_not_answered(read: Reader) -> None:
    assert read("http://rebound.example/").status_code == 400
