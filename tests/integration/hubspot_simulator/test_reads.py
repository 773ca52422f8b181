"""Lists and searches: how much may be asked, and what is found."""

import httpx

from simulators.hubspot.server import running
from simulators.hubspot.settings import SimulatorSettings
from tests.integration.hubspot_simulator.calls import SEARCH, TOKEN, add_company


def test_a_search_of_more_than_three_thousand_characters_is_refused(api: httpx.Client) -> None:
    domain = {"propertyName": "domain", "operator": "IN", "values": ["a" * 3_000]}
    assert api.post(SEARCH, json={"filterGroups": [{"filters": [domain]}]}).status_code == 400


def test_a_page_of_two_hundred_is_the_largest_search(api: httpx.Client) -> None:
    assert [api.post(SEARCH, json={"limit": limit}).status_code for limit in (200, 201)] == [200, 400]


def test_a_page_of_a_hundred_is_the_longest_list(api: httpx.Client) -> None:
    answers = [api.get("/crm/v3/objects/contacts", params={"limit": limit}).status_code for limit in (100, 101)]
    assert answers == [200, 400]


def test_an_unknown_object_type_is_refused(api: httpx.Client) -> None:
    assert api.get("/crm/v3/objects/dragons").json()["message"] == "Unable to infer object type from: dragons"


def test_search_lags_behind_writes() -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    with (
        running(SimulatorSettings(token=TOKEN, search_lag_ms=60_000)) as address,
        httpx.Client(base_url=address, headers=bearer) as api,
    ):
        add_company(api, "acme.com")
        assert api.post(SEARCH, json={}).json()["total"] == 0
