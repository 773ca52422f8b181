"""The simulated CRM over HTTP: HubSpot's official client, and what a strict API refuses."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.companies import (
    BatchInputSimplePublicObjectBatchInput,
    Filter,
    FilterGroup,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInput,
)
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchReadInputSimplePublicObjectId,
    PublicGdprDeleteInput,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectId,
)
from hubspot.crm.contacts.exceptions import UnauthorizedException
from hubspot.crm.properties import BatchInputPropertyCreate, OptionInput, PropertyCreate

from simulators.hubspot.server import running
from simulators.hubspot.settings import SimulatorSettings

TOKEN = "pat-of-a-test"
UPSERT = "/crm/v3/objects/contacts/batch/upsert"
UPDATE = "/crm/v3/objects/companies/batch/update"
CREATE = "/crm/v3/objects/companies/batch/create"
SEARCH = "/crm/v3/objects/companies/search"

Json = dict[str, object]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running(SimulatorSettings(token=TOKEN, search_lag_ms=0, burst=1_000)) as address:
        yield address


@pytest.fixture
def url(server: str) -> str:
    httpx.post(f"{server}_simulator/reset").raise_for_status()
    return server


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.fixture
def client(url: str) -> HubSpot:
    return HubSpot(access_token=TOKEN, host=url.rstrip("/"))


def ann(**properties: object) -> Json:
    return {"id": "ann@acme.com", "idProperty": "email", "properties": properties}


def bob(**properties: object) -> Json:
    return {"id": "bob@acme.com", "idProperty": "email", "properties": properties}


def upsert(api: httpx.Client, *inputs: Json) -> httpx.Response:
    return api.post(UPSERT, json={"inputs": inputs})


def add_company(api: httpx.Client, domain: str) -> str:
    answer = api.post(CREATE, json={"inputs": [{"properties": {"domain": domain}}]})
    return str(answer.json()["results"][0]["id"])


def define(api: httpx.Client, name: str, type_: str, field_type: str, kind: str = "contacts") -> httpx.Response:
    group = {"contacts": "contactinformation", "companies": "companyinformation"}[kind]
    asked = {"name": name, "label": name, "type": type_, "fieldType": field_type, "groupName": group}
    return api.post(f"/crm/v3/properties/{kind}", json=asked)


def arm(api: httpx.Client, fault: str, **details: object) -> None:
    assert api.post("/_simulator/faults", json={"fault": fault, **details}).status_code == 201


def told(api: httpx.Client, kind: str = "contacts") -> list[Json]:
    found: list[Json] = api.get(f"/_simulator/records/{kind}").json()
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "the condition never came about"


def error_codes(answer: httpx.Response) -> list[str]:
    return [each["code"] for each in answer.json()["errors"]]


# With HubSpot's own client


def upsert_of(*emails: str) -> BatchInputSimplePublicObjectBatchInputUpsert:
    inputs = [
        SimplePublicObjectBatchInputUpsert(id=email, id_property="email", properties={"firstname": "Ann"})
        for email in emails
    ]
    return BatchInputSimplePublicObjectBatchInputUpsert(inputs=inputs)


def test_the_official_client_upserts_contacts(client: HubSpot) -> None:
    client.crm.contacts.batch_api.upsert(upsert_of("ann@acme.com"))
    again = client.crm.contacts.batch_api.upsert(upsert_of("ann@acme.com", "bob@acme.com"))
    assert [(each.properties["email"], each.new) for each in again.results] == [
        ("ann@acme.com", False),
        ("bob@acme.com", True),
    ]


def test_the_official_client_reads_what_it_wrote(client: HubSpot) -> None:
    client.crm.contacts.batch_api.upsert(upsert_of("ann@acme.com"))
    asked = BatchReadInputSimplePublicObjectId(
        id_property="email",
        inputs=[SimplePublicObjectId(id="ann@acme.com"), SimplePublicObjectId(id="none@acme.com")],
        properties=["jobtitle"],
        properties_with_history=[],
    )
    answer = client.crm.contacts.batch_api.read(asked)
    assert [each.properties["firstname"] for each in answer.results] == ["Ann"]
    assert answer.errors[0].context == {"ids": ["none@acme.com"]}


def test_the_official_client_makes_properties(client: HubSpot) -> None:
    band = PropertyCreate(
        name="own_band",
        label="Band",
        type="enumeration",
        field_type="select",
        group_name="contactinformation",
        options=[OptionInput(label="High", value="high", display_order=0, hidden=False)],
    )
    client.crm.properties.batch_api.create("contacts", BatchInputPropertyCreate(inputs=[band]))
    assert client.crm.properties.core_api.get_by_name("contacts", "own_band").options[0].value == "high"


def test_the_official_client_finds_a_company_by_domain_and_updates_it(client: HubSpot, api: httpx.Client) -> None:
    add_company(api, "acme.com")
    domain = Filter(property_name="domain", operator="IN", values=["acme.com", "none.com"])
    found = client.crm.companies.search_api.do_search(
        PublicObjectSearchRequest(filter_groups=[FilterGroup(filters=[domain])], properties=["domain"], limit=100)
    )
    named = SimplePublicObjectBatchInput(id=found.results[0].id, properties={"name": "Acme"})
    client.crm.companies.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=[named]))
    assert client.crm.companies.basic_api.get_by_id(found.results[0].id).properties["name"] == "Acme"


def test_the_official_client_lists_all_contacts(client: HubSpot) -> None:
    emails = {f"p{number}@acme.com" for number in range(100)}
    client.crm.contacts.batch_api.upsert(upsert_of(*emails))
    client.crm.contacts.batch_api.upsert(upsert_of("last@acme.com"))
    assert {each.properties["email"] for each in client.crm.contacts.get_all()} == {*emails, "last@acme.com"}


def test_the_official_client_deletes_a_contact_for_good(client: HubSpot, api: httpx.Client) -> None:
    client.crm.contacts.batch_api.upsert(upsert_of("ann@acme.com"))
    client.crm.contacts.basic_api.purge(PublicGdprDeleteInput(id_property="email", object_id="ann@acme.com"))
    assert told(api) == []


def test_the_official_client_is_refused_with_another_token(url: str) -> None:
    stranger = HubSpot(access_token="pat-of-somebody", host=url.rstrip("/"))
    with pytest.raises(UnauthorizedException):
        stranger.crm.contacts.basic_api.get_page()


# What a strict API refuses


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


def test_an_address_that_was_blocked_cannot_come_back(api: httpx.Client) -> None:
    body = {"objectId": "ann@acme.com", "idProperty": "email"}
    assert api.post("/crm/v3/objects/contacts/gdpr-delete", json=body).status_code == 204
    assert error_codes(upsert(api, ann())) == ["INVALID_EMAIL"]


# Answers in part


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


# Limits


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


def test_search_lags_behind_writes() -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    with (
        running(SimulatorSettings(token=TOKEN, search_lag_ms=60_000)) as address,
        httpx.Client(base_url=address, headers=bearer) as api,
    ):
        add_company(api, "acme.com")
        assert api.post(SEARCH, json={}).json()["total"] == 0


# Faults on request


@pytest.mark.parametrize("status", [429, 500, 502, 423, 477])
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


# What it remembers


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


# As a program


def program(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulators.hubspot", "--token", TOKEN, *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_program_says_where_it_listens_and_ends_cleanly(ending: signal.Signals) -> None:
    with program() as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("simulated CRM on ").strip()
        answer = httpx.get(address)
        os.kill(process.pid, ending)
        _, complaints = process.communicate(timeout=10)
    assert (answer.status_code, process.returncode, complaints) == (200, 0, "")


def test_the_program_ends_cleanly_while_an_answer_hangs() -> None:
    with program() as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("simulated CRM on ").strip()
        bearer = {"authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=address, headers=bearer) as api, ThreadPoolExecutor(1) as caller:
            arm(api, "hang", seconds=300)
            hanging = caller.submit(upsert, api, ann())
            wait_for(lambda: len(told(api)) == 1)
            process.terminate()
            assert hanging.result(timeout=10).status_code == 200
        _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints) == (0, "")


def test_a_port_in_use_is_one_clear_line(url: str) -> None:
    port = url.rstrip("/").rpartition(":")[2]
    with program("--port", port) as process:
        _, complaints = process.communicate(timeout=10)
    assert (process.returncode, complaints.count("\n")) == (2, 1)
    assert f"port {port} on 127.0.0.1 cannot be used" in complaints
