"""Misbehaviour on request, and rate limits."""

import httpx
import pytest

from simulators.hubspot.server import running
from simulators.hubspot.settings import SimulatorSettings
from tests.integration.hubspot_simulator.calls import TOKEN, UPSERT, ann, arm, bob, told, upsert


def test_a_burst_meets_429_and_its_headers() -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    with (
        running(SimulatorSettings(token=TOKEN, burst=2)) as address,
        httpx.Client(base_url=address, headers=bearer) as api,
    ):
        answers = [api.get("/crm/v3/objects/contacts") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["x-hubspot-ratelimit-remaining"] == "1"
    assert answers[2].json()["policyName"] == "TEN_SECONDLY_ROLLING"


@pytest.mark.parametrize("status", [403, 429, 500, 502, 423, 477])
def test_a_status_asked_for_is_answered_once(api: httpx.Client, status: int) -> None:
    arm(api, str(status))
    assert [upsert(api, ann()).status_code, upsert(api, ann()).status_code] == [status, 200]


def test_a_429_asked_for_names_the_wait_and_the_policy(api: httpx.Client) -> None:
    arm(api, "429", seconds=3, policy="DAILY")
    answer = upsert(api, ann())
    assert (answer.headers["retry-after"], answer.json()["policyName"]) == ("3", "DAILY")


def test_a_bad_gateway_does_not_speak_json(api: httpx.Client) -> None:
    arm(api, "502")
    assert upsert(api, ann()).headers["content-type"].startswith("text/html")


def test_a_token_that_lacks_a_scope_is_told_which(api: httpx.Client) -> None:
    arm(api, "403", scopes=["crm.schemas.contacts.write", "contacts"])
    body = upsert(api, ann()).json()
    assert (body["category"], body["errors"], body["links"]) == (
        "MISSING_SCOPES",
        [
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": ["crm.schemas.contacts.write", "contacts"]},
            }
        ],
        {"scopes": "https://developers.hubspot.com/scopes"},
    )


def test_an_expired_token_is_told_from_a_wrong_one(api: httpx.Client) -> None:
    arm(api, "expired")
    answer = upsert(api, ann())
    assert (answer.status_code, answer.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")


def test_a_refused_call_changes_nothing(api: httpx.Client) -> None:
    arm(api, "500")
    upsert(api, ann())
    assert told(api) == []


def test_a_call_that_hangs_was_applied_all_the_same(api: httpx.Client) -> None:
    arm(api, "hang", seconds=5)
    with pytest.raises(httpx.ReadTimeout):
        api.post(UPSERT, json={"inputs": [ann()]}, timeout=0.2)
    assert len(told(api)) == 1


def test_a_dropped_connection_answers_nothing_and_changes_nothing(api: httpx.Client) -> None:
    arm(api, "drop")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        upsert(api, ann())
    assert told(api) == []


def test_named_records_fail_alone_on_request(api: httpx.Client) -> None:
    arm(api, "partial", emails=["Bob@acme.com"])
    body = upsert(api, ann(), {**bob(), "objectWriteTraceId": "b"}).json()
    assert ([each["id"] for each in body["results"]], body["numErrors"]) == (["1001"], 1)
    assert body["errors"][0]["context"] == {"ids": ["bob@acme.com"], "objectWriteTraceId": ["b"]}


def test_a_fault_can_be_called_off(api: httpx.Client) -> None:
    arm(api, "500", times=100)
    api.delete("/_simulator/faults")
    assert upsert(api, ann()).status_code == 200


def test_a_misspelt_fault_is_refused(api: httpx.Client) -> None:
    assert api.post("/_simulator/faults", json={"fault": "hangs"}).status_code == 400
