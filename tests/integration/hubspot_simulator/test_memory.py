"""What the simulated CRM remembers, and what it forgets."""

import httpx

from tests.integration.hubspot_simulator.calls import (
    SEARCH,
    UPDATE,
    UPSERT,
    add_company,
    ann,
    define,
    told,
    upsert,
)


def test_a_reset_portal_has_neither_records_nor_our_fields(api: httpx.Client) -> None:
    define(api, "own_score", "number", "number")
    upsert(api, ann())
    api.post("/_simulator/reset")
    assert (told(api), api.get("/crm/v3/properties/contacts/own_score").status_code) == ([], 404)


def test_every_version_is_told_with_what_changed(api: httpx.Client) -> None:
    upsert(api, ann(firstname="Ann"))
    upsert(api, ann(firstname="Anna"))
    versions = told(api)[0]["versions"]
    assert isinstance(versions, list)
    assert [each["changed"] for each in versions] == [
        {"firstname": "Ann", "email": "ann@acme.com"},
        {"firstname": "Anna"},
    ]


def test_calls_are_counted_without_the_ids_in_their_paths(api: httpx.Client) -> None:
    upsert(api, ann())
    api.get("/crm/v3/objects/contacts/ann@acme.com", params={"idProperty": "email"})
    api.get("/crm/v3/objects/contacts/none@acme.com", params={"idProperty": "email"})
    assert api.get("/_simulator/requests").json() == [
        {"method": "GET", "path": "/crm/v3/objects/contacts/{id}", "status": 200, "count": 1},
        {"method": "GET", "path": "/crm/v3/objects/contacts/{id}", "status": 404, "count": 1},
        {"method": "POST", "path": UPSERT, "status": 200, "count": 1},
    ]


def archive_company(api: httpx.Client, record_id: str) -> int:
    return api.delete(f"/crm/v3/objects/companies/{record_id}").status_code


def test_an_archived_company_is_not_found_again(api: httpx.Client) -> None:
    record_id = add_company(api, "acme.com")
    found = api.post(SEARCH, json={}).json()["total"]
    assert (found, archive_company(api, record_id), api.post(SEARCH, json={}).json()["total"]) == (1, 204, 0)
    assert api.get(f"/crm/v3/objects/companies/{record_id}").status_code == 404


def test_an_archived_company_cannot_be_updated(api: httpx.Client) -> None:
    record_id = add_company(api, "acme.com")
    archive_company(api, record_id)
    body = api.post(UPDATE, json={"inputs": [{"id": record_id, "properties": {"name": "Acme"}}]}).json()
    assert (body["results"], body["errors"][0]["category"]) == ([], "OBJECT_NOT_FOUND")


def test_a_company_that_is_not_there_cannot_be_archived(api: httpx.Client) -> None:
    assert archive_company(api, "99") == 404


def test_an_archived_contact_is_found_by_its_address_no_longer(api: httpx.Client) -> None:
    record_id = upsert(api, ann()).json()["results"][0]["id"]
    api.delete(f"/crm/v3/objects/contacts/{record_id}")
    assert upsert(api, ann()).json()["results"][0]["new"] is True
