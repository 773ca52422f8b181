"""Which record goes where, and in which order answers come."""

import httpx
import msgspec

from state.record import Later, Skipped, Written
from tests.records import ANN, account, contact
from tests.unit.sinks.hubspot.portal import SEARCH, UPDATE_CONTACTS, UPSERT, Portal, found

NO_PLACE = Skipped("HubSpot keeps no records under this kind of id")
BY_ID = msgspec.structs.replace(ANN, key="512", key_type="crm")
BY_USER = msgspec.structs.replace(ANN, key="u42", key_type="user")


def test_contacts_are_upserted_by_address() -> None:
    portal = Portal()
    portal.open().write([contact(" Ann@Acme.example")])
    (entry,) = portal.bodies(UPSERT)[0]["inputs"]
    assert (entry["id"], entry["idProperty"]) == ("ann@acme.example", "email")


def test_an_update_by_id_has_no_id_property() -> None:
    portal = Portal()
    portal.open().write([BY_ID])
    (entry,) = portal.bodies(UPDATE_CONTACTS)[0]["inputs"]
    assert (entry["id"], "idProperty" in entry) == ("512", False)


def test_every_input_of_a_call_has_its_own_trace() -> None:
    portal = Portal()
    portal.open().write([contact(f"ann{number}@acme.example") for number in range(100)])
    assert len({entry["objectWriteTraceId"] for entry in portal.bodies(UPSERT)[0]["inputs"]}) == 100


def test_records_of_all_kinds_are_answered_in_their_own_order() -> None:
    portal = Portal()
    portal.reply(SEARCH, found(acme_example="7"))
    outcomes = portal.open().write([BY_USER, account("acme.example"), BY_ID, account("beta.example"), ANN])
    none = Skipped("HubSpot has no company with this domain")
    assert outcomes == [NO_PLACE, Written(), Written(), none, Written()]


def test_what_has_no_place_is_skipped_even_when_hubspot_is_away() -> None:
    portal = Portal()
    portal.reply(UPSERT, httpx.Response(503))
    assert portal.open().write([BY_USER, ANN]) == [NO_PLACE, Later(1.0, "HubSpot is not available (503)")]


def test_one_contact_under_two_spellings_is_in_two_batches_and_the_later_comes_last() -> None:
    portal = Portal()
    portal.open().write([contact("Ann@acme.example", 1.0), ANN, contact("ann@ACME.example", 3.0)])
    scores = [body["inputs"][0]["properties"]["leadstream_score"] for body in portal.bodies(UPSERT)]
    assert scores == ["1.0", "72.5", "3.0"]


def test_verdicts_reached_before_the_trouble_stand() -> None:
    portal = Portal()
    bad = httpx.Response(400, json={"category": "VALIDATION_ERROR"})
    portal.reply(UPSERT, bad, bad, httpx.Response(503))
    outcomes = portal.open().write([contact("bad"), ANN])
    assert [type(outcome).__name__ for outcome in outcomes] == ["Refused", "Later"]
