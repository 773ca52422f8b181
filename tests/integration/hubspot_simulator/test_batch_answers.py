"""Batches that come through, in whole or in part."""

import httpx

from tests.integration.hubspot_simulator.calls import CREATE, UPDATE, add_company, ann, bob, define, upsert


def test_an_update_of_a_record_that_is_gone_is_an_error_of_its_own(api: httpx.Client) -> None:
    record_id = add_company(api, "acme.com")
    inputs = [
        {"id": record_id, "properties": {"name": "Acme"}},
        {"id": "99", "properties": {"name": "Gone"}, "objectWriteTraceId": "second"},
    ]
    body = api.post(UPDATE, json={"inputs": inputs}).json()
    assert (body["status"], [each["id"] for each in body["results"]], body["numErrors"]) == ("COMPLETE", [record_id], 1)
    assert body["errors"][0]["context"] == {"ids": ["99"], "objectWriteTraceId": ["second"]}


def test_a_traced_input_with_a_bad_value_fails_alone(api: httpx.Client) -> None:
    define(api, "own_score", "number", "number")
    answer = upsert(api, ann(own_score="5"), {**bob(own_score="many"), "objectWriteTraceId": "b"})
    body = answer.json()
    assert (answer.status_code, body["errors"][0]["context"]) == (207, {"objectWriteTraceId": ["b"]})
    assert [each["id"] for each in body["results"]] == ["1001"]


def test_a_created_company_is_answered_with_201(api: httpx.Client) -> None:
    assert api.post(CREATE, json={"inputs": [{"properties": {"domain": "acme.com"}}]}).status_code == 201


def test_two_companies_may_have_one_domain(api: httpx.Client) -> None:
    assert add_company(api, "acme.com") != add_company(api, "acme.com")
