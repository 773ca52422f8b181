"""Making and changing the fields that records have."""

import httpx
import pytest

from tests.integration.hubspot_simulator.calls import Json, ann, define, error_codes, upsert


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


BAND = "/crm/v3/properties/contacts/own_band"
HIGH = {"label": "High", "value": "high"}
LOW = {"label": "Low", "value": "low"}


@pytest.fixture
def band(api: httpx.Client) -> None:
    define(api, "own_band", "enumeration", "select", options=[HIGH])


def change(api: httpx.Client, **asked: object) -> httpx.Response:
    return api.patch(BAND, json=asked)


@pytest.mark.usefixtures("band")
def test_an_added_choice_can_be_written(api: httpx.Client) -> None:
    before = upsert(api, ann(own_band="low")).status_code
    change(api, options=[HIGH, LOW])
    assert (before, upsert(api, ann(own_band="low")).status_code) == (400, 200)


@pytest.mark.usefixtures("band")
def test_choices_that_are_left_out_are_gone(api: httpx.Client) -> None:
    change(api, options=[LOW])
    assert error_codes(upsert(api, ann(own_band="high"))) == ["INVALID_OPTION"]


@pytest.mark.usefixtures("band")
def test_what_a_change_leaves_out_stays(api: httpx.Client) -> None:
    before = api.get(BAND).json()
    assert change(api, label="Heat").json() == {**before, "label": "Heat"}


@pytest.mark.usefixtures("band")
@pytest.mark.parametrize(
    "asked",
    [
        {"options": []},
        {"options": [LOW, LOW]},
        {"options": [{"label": "Low"}]},
        {"type": "number"},
        {"groupName": "nobodys"},
        {"name": "own_other"},
    ],
)
def test_a_change_that_leaves_no_usable_property_is_refused(api: httpx.Client, asked: Json) -> None:
    before = api.get(BAND).json()
    assert (change(api, **asked).status_code, api.get(BAND).json()) == (400, before)


def test_a_property_that_is_not_there_cannot_be_changed(api: httpx.Client) -> None:
    assert change(api, label="Band").status_code == 404


def test_what_hubspot_defined_itself_cannot_be_changed(api: httpx.Client) -> None:
    answer = api.patch("/crm/v3/properties/contacts/email", json={"label": "Address"})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
