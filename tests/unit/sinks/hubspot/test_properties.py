"""Missing properties are created, unusable ones stop the sink, what is gone is put back."""

from typing import Any

import httpx
import msgspec
import pytest

from state.record import Refused, SinkStopped, Written
from tests.records import ANN, account, contact
from tests.unit.sinks.hubspot.portal import CONTACT_PROPERTIES, UPSERT, Portal, problem

GROUPS = f"{CONTACT_PROPERTIES}/groups"
CREATED = f"{CONTACT_PROPERTIES}/batch/create"
BAND = f"{CONTACT_PROPERTIES}/leadstream_band"


@pytest.fixture
def portal() -> Portal:
    return Portal()


def without(portal: Portal, *names: str) -> httpx.Response:
    """The contact properties without some of ours."""
    gone = {f"leadstream_{name}" for name in names}
    return properties([each for each in portal.definitions["contacts"] if each["name"] not in gone])


def properties(definitions: list[dict[str, Any]]) -> httpx.Response:
    return httpx.Response(200, json={"results": definitions})


def drifted(code: str) -> httpx.Response:
    return problem(400, message=f'Property values were not valid: [{{"isValid":false,"error":"{code}"}}]')


def test_only_what_is_missing_is_created(portal: Portal) -> None:
    portal.reply(CONTACT_PROPERTIES, without(portal, "score", "why"))
    portal.open().write([ANN])
    (body,) = portal.bodies(CREATED)
    assert [each["name"] for each in body["inputs"]] == ["leadstream_score", "leadstream_why"]


def test_a_definition_is_complete(portal: Portal) -> None:
    portal.reply(CONTACT_PROPERTIES, without(portal, "band"))
    portal.open(bands=("cold", "hot")).write([contact("ann@acme.example")])
    assert portal.bodies(CREATED)[0]["inputs"] == [
        {
            "name": "leadstream_band",
            "label": "Score band",
            "description": "The range that the score is in.",
            "groupName": "leadstream",
            "type": "enumeration",
            "fieldType": "select",
            "options": [
                {"label": "Cold", "value": "cold"},
                {"label": "Hot", "value": "hot"},
                {"label": "High", "value": "high"},
            ],
        }
    ]


def test_what_somebody_else_created_in_between_is_as_good(portal: Portal) -> None:
    portal.reply(CONTACT_PROPERTIES, without(portal, "score"))
    portal.reply(GROUPS, problem(409, "OBJECT_ALREADY_EXISTS"))
    portal.reply(CREATED, problem(409, "CONFLICT"))
    assert portal.open().write([ANN]) == [Written()]


def test_only_the_kind_that_is_written_is_looked_at(portal: Portal) -> None:
    portal.open().write([ANN])
    assert portal.bodies("/crm/v3/properties/companies") == []


def test_ensuring_looks_at_both_kinds(portal: Portal) -> None:
    portal.open().ensure_properties()
    assert [call.path for call in portal.calls] == ["/crm/v3/properties/contacts", "/crm/v3/properties/companies"]


def test_creating_without_the_scope_stops_the_sink_and_names_it(portal: Portal) -> None:
    portal.reply(CONTACT_PROPERTIES, without(portal, "score"))
    portal.reply(GROUPS, problem(403, "MISSING_SCOPES"))
    with pytest.raises(SinkStopped, match=r"add the scope crm\.schemas\.contacts\.write"):
        portal.open().write([ANN])


def test_no_scope_is_needed_where_nothing_is_missing(portal: Portal) -> None:
    portal.reply(GROUPS, problem(403, "MISSING_SCOPES"))
    assert portal.open().write([ANN]) == [Written()]


def test_a_definition_that_hubspot_does_not_take_stops_the_sink(portal: Portal) -> None:
    portal.reply(CONTACT_PROPERTIES, without(portal, "score"))
    portal.reply(CREATED, problem(400, "PROPERTY_LIMIT_REACHED"))
    with pytest.raises(SinkStopped, match="contacts properties: HubSpot says PROPERTY_LIMIT_REACHED"):
        portal.open().write([ANN])


def test_a_property_that_did_not_come_to_be_stops_the_sink(portal: Portal) -> None:
    portal.reply(CONTACT_PROPERTIES, without(portal, "score"), without(portal, "score"))
    with pytest.raises(SinkStopped, match="did not create the contacts property leadstream_score"):
        portal.open().write([ANN])


def test_a_property_of_another_type_stops_the_sink(portal: Portal) -> None:
    wrong = {"name": "leadstream_score", "type": "bool", "options": []}
    portal.reply(CONTACT_PROPERTIES, properties([*portal.definitions["contacts"], wrong]))
    with pytest.raises(SinkStopped, match="leadstream_score has the type bool: delete it, or make it number"):
        portal.open().write([ANN])


def test_a_band_that_is_no_choice_yet_is_added_behind_those_that_are(portal: Portal) -> None:
    hot = {"label": "Hot", "value": "hot"}
    portal.open(bands=("low", "hot")).write([ANN])
    (call,) = [call for call in portal.calls if call.path == BAND]
    known = next(each for each in portal.definitions["contacts"] if each["name"] == "leadstream_band")["options"]
    assert (call.method, call.body) == ("PATCH", {"options": [*known, hot]})


def test_bands_that_come_up_later_are_added_once_each(portal: Portal) -> None:
    sink = portal.open()
    for band in ("hot", "cold", "hot", "cold"):
        sink.write([msgspec.structs.replace(ANN, band=band)])
    assert [body["options"][-1]["value"] for body in portal.bodies(BAND)] == ["hot", "cold"]


def test_a_band_that_an_admin_keeps_as_text_needs_no_choices(portal: Portal) -> None:
    text = {"name": "leadstream_band", "type": "string", "options": []}
    portal.reply(CONTACT_PROPERTIES, properties([*portal.definitions["contacts"], text]))
    portal.open().write([ANN])
    assert portal.bodies(BAND) == []


@pytest.mark.parametrize("code", ["PROPERTY_DOESNT_EXIST", "INVALID_OPTION"])
def test_a_property_that_somebody_deleted_is_put_back_and_all_is_written(portal: Portal, code: str) -> None:
    sink = portal.open()
    sink.write([ANN])
    portal.reply(UPSERT, drifted(code))
    portal.reply(CONTACT_PROPERTIES, without(portal, "band"))
    assert (sink.write([ANN, contact("bob@acme.example")]), len(portal.bodies(CREATED))) == (
        [Written(), Written()],
        1,
    )


def test_a_property_that_stays_away_stops_the_sink(portal: Portal) -> None:
    portal.reply(UPSERT, drifted("PROPERTY_DOESNT_EXIST"), drifted("PROPERTY_DOESNT_EXIST"))
    with pytest.raises(SinkStopped, match="does not accept the leadstream_… properties"):
        portal.open().write([ANN])


def test_another_prefix_names_other_properties(portal: Portal) -> None:
    portal.reply(CONTACT_PROPERTIES, properties([]))
    with pytest.raises(SinkStopped, match="property ls_score"):
        portal.open(prefix="ls_").write([ANN])


def test_trouble_while_looking_is_later(portal: Portal) -> None:
    portal.reply(CONTACT_PROPERTIES, httpx.Response(503))
    assert [type(each).__name__ for each in portal.open().write([ANN, account("acme.example")])] == ["Later"] * 2


def test_a_reason_repeats_codes_and_nothing_that_a_person_wrote(portal: Portal) -> None:
    details = [{"message": "x@y.z is bad", "code": code} for code in ("INVALID_INTEGER", "x@y.z is bad")]
    portal.reply(UPSERT, problem(400, message="x@y.z was not a valid number", errors=details))
    assert portal.open().write([ANN]) == [Refused("HubSpot says VALIDATION_ERROR INVALID_INTEGER")]
