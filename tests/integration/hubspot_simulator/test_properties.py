"""Making and changing the fields that records have."""

import httpx

from tests.integration.hubspot_simulator.calls import define


def test_a_property_that_exists_is_a_conflict(api: httpx.Client) -> None:
    define(api, "own_score", "number", "number")
    answer = define(api, "own_score", "number", "number")
    assert (answer.status_code, answer.json()["category"]) == (409, "OBJECT_ALREADY_EXISTS")


def test_a_batch_of_properties_makes_those_that_are_missing(api: httpx.Client) -> None:
    define(api, "own_old", "string", "text")
    inputs = [
        {"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": "contactinformation"}
        for name in ("own_old", "own_new")
    ]
    answer = api.post("/crm/v3/properties/contacts/batch/create", json={"inputs": inputs})
    made = [each["name"] for each in answer.json()["results"]]
    assert (answer.status_code, made, answer.json()["numErrors"]) == (207, ["own_new"], 1)


def test_a_property_needs_a_group_that_exists(api: httpx.Client) -> None:
    asked = {"name": "own", "label": "Own", "type": "string", "fieldType": "text", "groupName": "own_group"}
    assert api.post("/crm/v3/properties/contacts", json=asked).status_code == 400
    api.post("/crm/v3/properties/contacts/groups", json={"name": "own_group", "label": "Own"})
    assert api.post("/crm/v3/properties/contacts", json=asked).status_code == 201
