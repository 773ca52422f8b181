"""The simulated CRM's gdpr-delete: the contact is gone, and its address cannot come back."""

import httpx
import pytest

from tests.integration.hubspot_simulator.calls import Json, ann, arm, bob, define, error_codes, told, upsert

ERASE = "/crm/v3/objects/contacts/gdpr-delete"
ANN: Json = {"objectId": "ann@acme.com", "idProperty": "email"}


def erase(api: httpx.Client, body: Json = ANN) -> httpx.Response:
    return api.post(ERASE, json=body)


def add_ann(api: httpx.Client) -> str:
    return str(upsert(api, ann(firstname="Ann")).json()["results"][0]["id"])


def emails(api: httpx.Client) -> list[str]:
    return [each["properties"]["email"] for each in api.get("/_simulator/records/contacts").json()]


def traced(contact: Json) -> Json:
    return {**contact, "objectWriteTraceId": str(contact["id"])}


def test_an_erased_contact_is_answered_without_a_body(api: httpx.Client) -> None:
    add_ann(api)
    answer = erase(api)
    assert (answer.status_code, answer.content) == (204, b"")


def test_an_erased_contact_and_its_versions_are_gone(api: httpx.Client) -> None:
    record_id = add_ann(api)
    erase(api)
    found = api.get(f"/crm/v3/objects/contacts/{record_id}").status_code
    searched = api.post("/crm/v3/objects/contacts/search", json={}).json()["total"]
    assert (found, searched, told(api)) == (404, 0, [])


def test_an_erased_contact_has_no_page_and_no_line_on_the_list(api: httpx.Client) -> None:
    record_id = add_ann(api)
    page = f"/contacts/{record_id}"
    before = page in api.get("/").text
    erase(api)
    assert (before, page in api.get("/").text, api.get(page).status_code) == (True, False, 404)


def test_other_contacts_stay(api: httpx.Client) -> None:
    upsert(api, ann(), bob())
    erase(api)
    assert emails(api) == ["bob@acme.com"]


def test_a_contact_is_erased_by_its_record_id(api: httpx.Client) -> None:
    assert (erase(api, {"objectId": add_ann(api)}).status_code, told(api)) == (204, [])


def test_a_contact_is_erased_by_any_unique_property(api: httpx.Client) -> None:
    define(api, "own_number", "string", "text", hasUniqueValue=True)
    upsert(api, ann(own_number="n7"))
    assert (erase(api, {"objectId": "n7", "idProperty": "own_number"}).status_code, told(api)) == (204, [])


def test_an_address_is_erased_whatever_its_case(api: httpx.Client) -> None:
    add_ann(api)
    assert (erase(api, {**ANN, "objectId": "Ann@ACME.com"}).status_code, told(api)) == (204, [])


def test_an_address_that_nobody_has_is_erased_as_well(api: httpx.Client) -> None:
    assert [erase(api).status_code, erase(api).status_code] == [204, 204]


@pytest.mark.parametrize("body", [{"objectId": "99"}, {"objectId": "ann@acme.com"}])
def test_nobody_is_erased_by_a_record_id_that_is_not_there(api: httpx.Client, body: Json) -> None:
    add_ann(api)
    answer = erase(api, body)
    assert (answer.status_code, answer.json()["category"], len(told(api))) == (404, "OBJECT_NOT_FOUND", 1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"objectId": ""},
        {"objectId": 1001},
        {**ANN, "idProperty": "jobtitle"},
        {**ANN, "idProperty": "no_such_property"},
        {**ANN, "why": "asked to"},
    ],
)
def test_an_erasure_that_is_not_well_put_is_refused(api: httpx.Client, body: Json) -> None:
    add_ann(api)
    answer = erase(api, body)
    assert (answer.status_code, answer.json()["category"], len(told(api))) == (400, "VALIDATION_ERROR", 1)


@pytest.mark.parametrize("by", ["address", "record id", "address that nobody has"])
def test_a_blocked_address_is_refused_alone(api: httpx.Client, by: str) -> None:
    record_id = "" if by == "address that nobody has" else add_ann(api)
    erase(api, {"objectId": record_id} if by == "record id" else ANN)
    answer = upsert(api, traced(ann()), traced(bob()))
    (error,) = answer.json()["errors"]
    assert (answer.status_code, emails(api)) == (207, ["bob@acme.com"])
    assert (error["category"], error["context"], [each["code"] for each in error["errors"]]) == (
        "VALIDATION_ERROR",
        {"objectWriteTraceId": ["ann@acme.com"]},
        ["GDPR_BLACKLISTED_EMAIL"],
    )


def test_a_blocked_address_takes_a_batch_without_traces_with_it(api: httpx.Client) -> None:
    erase(api)
    answer = upsert(api, ann(), bob())
    assert (answer.status_code, error_codes(answer), told(api)) == (400, ["GDPR_BLACKLISTED_EMAIL"], [])


def test_another_contact_cannot_take_a_blocked_address(api: httpx.Client) -> None:
    erase(api)
    upsert(api, bob())
    answer = upsert(api, traced(bob(email="Ann@acme.com")))
    assert (answer.status_code, emails(api)) == (207, ["bob@acme.com"])


@pytest.mark.parametrize("status", [403, 423, 429, 477, 500, 502])
def test_an_erasure_that_meets_a_fault_changes_nothing(api: httpx.Client, status: int) -> None:
    add_ann(api)
    arm(api, str(status))
    assert (erase(api).status_code, len(told(api)), erase(api).status_code, told(api)) == (status, 1, 204, [])


def test_an_erasure_with_an_expired_token_changes_nothing(api: httpx.Client) -> None:
    add_ann(api)
    arm(api, "expired")
    answer = erase(api)
    assert (answer.status_code, answer.json()["category"], len(told(api))) == (401, "EXPIRED_AUTHENTICATION", 1)


def test_an_erasure_needs_the_token(url: str) -> None:
    assert httpx.post(f"{url.rstrip('/')}{ERASE}", json=ANN).status_code == 401


def test_an_erasure_that_hangs_was_applied_all_the_same(api: httpx.Client) -> None:
    add_ann(api)
    arm(api, "hang", seconds=5)
    with pytest.raises(httpx.ReadTimeout):
        api.post(ERASE, json=ANN, timeout=0.2)
    assert told(api) == []


def test_an_erasure_whose_connection_drops_changes_nothing(api: httpx.Client) -> None:
    add_ann(api)
    arm(api, "drop")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        erase(api)
    assert len(told(api)) == 1


def test_erasures_are_counted_and_cost_quota(api: httpx.Client) -> None:
    left = int(upsert(api, ann()).headers["x-hubspot-ratelimit-remaining"])
    assert int(erase(api).headers["x-hubspot-ratelimit-remaining"]) == left - 1
    assert {"method": "POST", "path": ERASE, "status": 204, "count": 1} in api.get("/_simulator/requests").json()


def test_a_reset_portal_blocks_nobody(api: httpx.Client) -> None:
    erase(api)
    api.post("/_simulator/reset")
    assert upsert(api, ann()).status_code == 200
