"""Whom an erasure names to HubSpot, and what its answers mean."""

import logging
import traceback

import httpx
import pytest

from state.record import Erased, Later, NotThere, Refused, SinkStopped
from tests.records import ANN
from tests.unit.sinks.hubspot.portal import ERASE, UPSERT, Portal, problem

ID = "e:ann@acme.example"


@pytest.fixture
def portal() -> Portal:
    return Portal()


def test_a_contact_is_named_by_its_address(portal: Portal) -> None:
    assert (portal.open().erase(["e: Ann@Acme.example"]), portal.bodies(ERASE)) == (
        [Erased()],
        [{"objectId": "ann@acme.example", "idProperty": "email"}],
    )


def test_a_contact_is_named_by_its_record_id_alone(portal: Portal) -> None:
    assert (portal.open().erase(["c: 151"]), portal.bodies(ERASE)) == ([Erased()], [{"objectId": "151"}])


def test_nobody_is_no_call(portal: Portal) -> None:
    assert (portal.open().erase([]), portal.calls) == ([], [])


def test_hubspot_is_not_asked_about_ids_it_keeps_no_records_under(portal: Portal) -> None:
    assert (portal.open().erase(["u:42", "a:anon_1"]), portal.calls) == ([NotThere(), NotThere()], [])


def test_a_company_is_not_erased(portal: Portal) -> None:
    refused = Refused("HubSpot erases contacts, not companies")
    assert (portal.open().erase(["d:acme.example"]), portal.calls) == ([refused], [])


def test_a_record_id_that_is_gone_was_not_there(portal: Portal) -> None:
    portal.reply(ERASE, problem(404, "OBJECT_NOT_FOUND"))
    assert portal.open().erase(["c:151", "c:152"]) == [NotThere(), Erased()]


def test_an_address_is_not_believed_to_be_missing(portal: Portal) -> None:
    portal.reply(ERASE, httpx.Response(404, text="<html>no such page"))
    assert portal.open().erase([ID]) == [Refused("HubSpot says OBJECT_NOT_FOUND")]


def test_a_refusal_is_told_without_the_address(portal: Portal) -> None:
    portal.reply(ERASE, problem(400, message="ann@acme.example is bad"))
    assert portal.open().erase([ID, "c:151"]) == [Refused("HubSpot says VALIDATION_ERROR"), Erased()]


def test_an_id_that_is_no_unicode_is_refused_and_the_others_are_erased(portal: Portal) -> None:
    outcomes = portal.open().erase(["e:ann\ud800@acme.example", "c:151"])
    assert outcomes == [Refused("HubSpot says NOT_UNICODE"), Erased()]


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(202)])
def test_only_a_204_is_an_erasure(portal: Portal, answer: httpx.Response) -> None:
    portal.reply(ERASE, answer)
    assert portal.open().erase([ID]) == [Later(1.0, "HubSpot's answer cannot be read")]


def test_who_was_erased_before_the_trouble_stays_erased_and_hubspot_is_left_alone(portal: Portal) -> None:
    portal.reply(ERASE, httpx.Response(204), httpx.Response(503, headers={"retry-after": "9"}))
    outcomes = portal.open().erase(["c:1", "c:2", "c:3", "u:42"])
    late = Later(9.0, "HubSpot is not available (503)")
    assert (outcomes, len(portal.bodies(ERASE))) == ([Erased(), late, late, NotThere()], 2)


def test_writes_and_erasures_wait_for_each_other(portal: Portal) -> None:
    sink = portal.open()
    portal.reply(UPSERT, problem(429, policyName="TEN_SECONDLY_ROLLING"))
    sink.write([ANN])
    portal.clock.advance(4.0)
    assert (sink.erase([ID]), portal.bodies(ERASE)) == ([Later(6.0, "HubSpot's call limit is used up (429)")], [])


@pytest.mark.parametrize(
    ("status", "remedy"), [(401, "Private Apps > Auth"), (403, r"scope crm\.objects\.contacts\.write")]
)
def test_what_only_a_person_can_put_right_stops_the_sink(portal: Portal, status: int, remedy: str) -> None:
    portal.reply(ERASE, problem(status))
    with pytest.raises(SinkStopped, match=remedy):
        portal.open().erase([ID])


@pytest.mark.parametrize("answer", [httpx.Response(204), problem(400), httpx.Response(503), httpx.ReadTimeout("")])
def test_an_address_that_is_erased_is_nowhere_in_the_log(
    portal: Portal, caplog: pytest.LogCaptureFixture, answer: httpx.Response | Exception
) -> None:
    portal.reply(ERASE, answer)
    with caplog.at_level(logging.DEBUG):
        outcomes = portal.open().erase([ID])
    assert ("ann@" in caplog.text, "ann@" in repr(outcomes), len(outcomes)) == (False, False, 1)


def test_an_address_that_is_erased_is_nowhere_in_an_exception(portal: Portal) -> None:
    portal.reply(ERASE, problem(401, message="ann@acme.example"))
    with pytest.raises(SinkStopped) as stopped:
        portal.open().erase([ID])
    assert "ann@acme" not in "".join(traceback.format_exception(stopped.value))
