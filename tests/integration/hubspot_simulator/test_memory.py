"""What the simulated CRM remembers, and what it forgets."""

import httpx

from tests.integration.hubspot_simulator.calls import UPSERT, ann, define, error_codes, told, upsert


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


def test_an_address_that_was_blocked_cannot_come_back(api: httpx.Client) -> None:
    body = {"objectId": "ann@acme.com", "idProperty": "email"}
    assert api.post("/crm/v3/objects/contacts/gdpr-delete", json=body).status_code == 204
    assert error_codes(upsert(api, ann())) == ["INVALID_EMAIL"]
