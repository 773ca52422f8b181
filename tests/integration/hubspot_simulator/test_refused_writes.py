"""Writes that a strict API refuses, in HubSpot's words."""

import httpx

from tests.integration.hubspot_simulator.calls import (
    UPDATE,
    UPSERT,
    add_company,
    ann,
    bob,
    define,
    error_codes,
    told,
    upsert,
)


def test_a_call_without_a_token_is_refused_in_hubspots_words(url: str) -> None:
    answer = httpx.get(f"{url}crm/v3/objects/contacts")
    body = answer.json()
    assert (answer.status_code, body["status"], body["category"]) == (401, "error", "INVALID_AUTHENTICATION")
    assert body["correlationId"]


def test_an_unknown_property_is_refused(api: httpx.Client) -> None:
    answer = upsert(api, ann(shoe_size="43"))
    assert (answer.status_code, error_codes(answer)) == (400, ["PROPERTY_DOESNT_EXIST"])


def test_a_value_that_is_no_string_is_refused(api: httpx.Client) -> None:
    define(api, "own_score", "number", "number")
    answer = upsert(api, ann(own_score=72.4))
    assert (answer.status_code, "$.inputs[0].properties[...]" in answer.json()["message"]) == (400, True)


def test_a_null_is_refused(api: httpx.Client) -> None:
    assert upsert(api, ann(firstname=None)).status_code == 400


def test_a_number_in_words_is_refused(api: httpx.Client) -> None:
    define(api, "own_score", "number", "number")
    assert error_codes(upsert(api, ann(own_score="many"))) == ["INVALID_INTEGER"]


def test_a_contact_named_twice_is_refused(api: httpx.Client) -> None:
    answer = upsert(api, ann(), {**ann(), "id": "Ann@Acme.com"})
    assert (answer.status_code, answer.json()["context"]) == (400, {"ids": ["ann@acme.com"]})


def test_a_contact_named_by_id_and_by_address_is_named_twice(api: httpx.Client) -> None:
    record_id = upsert(api, ann()).json()["results"][0]["id"]
    inputs = [ann(firstname="A"), {"id": record_id, "properties": {"firstname": "B"}}]
    answer = api.post("/crm/v3/objects/contacts/batch/update", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["context"]) == (400, {"ids": [record_id]})


def test_a_hundred_and_one_inputs_are_refused(api: httpx.Client) -> None:
    inputs = [{**ann(), "id": f"p{number}@acme.com"} for number in range(101)]
    assert upsert(api, *inputs).status_code == 400


def test_a_batch_of_nothing_is_refused(api: httpx.Client) -> None:
    assert upsert(api).status_code == 400


def test_one_bad_address_fails_the_whole_batch(api: httpx.Client) -> None:
    answer = upsert(api, ann(), {**ann(), "id": "not-an-address", "objectWriteTraceId": "2"})
    body = answer.json()
    assert (answer.status_code, body["category"], error_codes(answer)) == (400, "VALIDATION_ERROR", ["INVALID_EMAIL"])
    assert told(api) == []


def test_a_company_cannot_be_upserted_by_domain(api: httpx.Client) -> None:
    inputs = [{"id": "acme.com", "idProperty": "domain", "properties": {"name": "Acme"}}]
    answer = api.post("/crm/v3/objects/companies/batch/upsert", json={"inputs": inputs})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Unable to perform update/upsert by non-unique 0-2 property domain")


def test_a_record_id_is_no_unique_property(api: httpx.Client) -> None:
    record_id = add_company(api, "acme.com")
    inputs = [{"id": record_id, "idProperty": "hs_object_id", "properties": {"name": "Acme"}}]
    assert "non-unique" in api.post(UPDATE, json={"inputs": inputs}).json()["message"]


def test_an_upsert_must_say_what_its_id_is(api: httpx.Client) -> None:
    assert upsert(api, {"id": "ann@acme.com", "properties": {}}).status_code == 400


def test_a_misspelt_field_is_refused(api: httpx.Client) -> None:
    assert upsert(api, {**ann(), "objectWriteTraceID": "1"}).status_code == 400


def test_broken_json_is_refused(api: httpx.Client) -> None:
    assert api.post(UPSERT, content=b'{"inputs": [').status_code == 400


def test_a_contact_that_exists_cannot_be_created(api: httpx.Client) -> None:
    upsert(api, ann())
    inputs = [{"properties": {"email": "ann@acme.com"}}]
    answer = api.post("/crm/v3/objects/contacts/batch/create", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["message"]) == (409, "Contact already exists. Existing ID: 1001")


def test_an_address_cannot_be_taken_from_another_contact(api: httpx.Client) -> None:
    upsert(api, ann(), bob())
    assert upsert(api, bob(email="ann@acme.com")).status_code == 409
