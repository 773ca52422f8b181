"""Calls to the simulated CRM that tests share."""

import httpx

TOKEN = "pat-of-a-test"
UPSERT = "/crm/v3/objects/contacts/batch/upsert"
UPDATE = "/crm/v3/objects/companies/batch/update"
CREATE = "/crm/v3/objects/companies/batch/create"
SEARCH = "/crm/v3/objects/companies/search"

Json = dict[str, object]


def ann(**properties: object) -> Json:
    return {"id": "ann@acme.com", "idProperty": "email", "properties": properties}


def bob(**properties: object) -> Json:
    return {"id": "bob@acme.com", "idProperty": "email", "properties": properties}


def upsert(api: httpx.Client, *inputs: Json) -> httpx.Response:
    return api.post(UPSERT, json={"inputs": inputs})


def add_company(api: httpx.Client, domain: str) -> str:
    answer = api.post(CREATE, json={"inputs": [{"properties": {"domain": domain}}]})
    return str(answer.json()["results"][0]["id"])


def define(api: httpx.Client, name: str, type_: str, field_type: str, **details: object) -> httpx.Response:
    asked = {"name": name, "label": name, "type": type_, "fieldType": field_type, "groupName": "contactinformation"}
    return api.post("/crm/v3/properties/contacts", json={**asked, **details})


def arm(api: httpx.Client, fault: str, **details: object) -> None:
    assert api.post("/_simulator/faults", json={"fault": fault, **details}).status_code == 201


def told(api: httpx.Client, kind: str = "contacts") -> list[Json]:
    found: list[Json] = api.get(f"/_simulator/records/{kind}").json()
    return found


def error_codes(answer: httpx.Response) -> list[str]:
    return [each["code"] for each in answer.json()["errors"]]
