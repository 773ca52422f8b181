"""Erasing contacts in the simulated CRM, a program of its own."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from sinks.hubspot import HubSpot
from state.record import Erased, Later, NotThere, Refused, SinkStopped, Written
from tests.clock import Clock
from tests.hubspot import calls_of, newcomer, open_sink
from tests.records import contact
from tests.simulated_crm import SimulatedCrm, running_crm

ERASE = "contacts/gdpr-delete"


@pytest.fixture(scope="module")
def crm() -> Iterator[SimulatedCrm]:
    with running_crm() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sink(crm: SimulatedCrm, clock: Clock) -> Iterator[HubSpot]:
    with closing(open_sink(crm, clock)) as opened:
        yield opened


def emails(crm: SimulatedCrm) -> set[str]:
    return {each["email"] for each in crm.records("contacts")}


def test_a_contact_is_erased_with_all_its_versions(crm: SimulatedCrm, sink: HubSpot) -> None:
    email, other = newcomer(), newcomer()
    sink.write([contact(email, 1.0), contact(other)])
    sink.write([contact(email, 2.0)])
    assert (sink.erase([f"e:{email}"]), crm.versions(email)) == ([Erased()], [])
    assert other in emails(crm)


def test_a_person_s_ids_may_name_one_contact(crm: SimulatedCrm, sink: HubSpot) -> None:
    email = newcomer()
    record_id = crm.add_contact(email)
    assert sink.erase([f"e:{email}", f"c:{record_id}", "u:42"]) == [Erased(), NotThere(), NotThere()]


def test_a_contact_is_erased_by_its_record_id_and_is_not_there_then(crm: SimulatedCrm, sink: HubSpot) -> None:
    email = newcomer()
    id_ = f"c:{crm.add_contact(email)}"
    assert (sink.erase([id_]), email in emails(crm), sink.erase([id_])) == ([Erased()], False, [NotThere()])


def test_who_was_erased_is_refused_later_and_the_others_are_written(crm: SimulatedCrm, sink: HubSpot) -> None:
    email = newcomer()
    sink.erase([f"e:{email}"])
    outcomes = sink.write([contact(newcomer()), contact(email), contact(newcomer())])
    refused = Refused("HubSpot says VALIDATION_ERROR GDPR_BLACKLISTED_EMAIL")
    assert (outcomes, email in emails(crm)) == ([Written(), refused, Written()], False)


@pytest.mark.parametrize(
    ("fault", "details", "seconds"),
    [
        ("429", {"seconds": 7}, 7.0),
        ("429", {"seconds": 3600, "policy": "DAILY"}, 3600.0),
        ("423", {"seconds": 1}, 2.0),
        ("477", {"seconds": 600}, 600.0),
        ("500", {}, 1.0),
        ("502", {}, 1.0),
        ("drop", {}, 1.0),
    ],
)
def test_trouble_that_passes_is_later_and_then_the_contact_is_erased(
    crm: SimulatedCrm, sink: HubSpot, clock: Clock, fault: str, details: dict[str, object], seconds: float
) -> None:
    email = newcomer()
    crm.add_contact(email)
    crm.fail(fault, path="/crm/v3/objects/contacts/gdpr-delete", **details)
    (late,) = sink.erase([f"e:{email}"])
    assert (isinstance(late, Later) and late.seconds, email in emails(crm)) == (seconds, True)
    clock.advance(seconds)
    assert (sink.erase([f"e:{email}"]), email in emails(crm)) == ([Erased()], False)


@pytest.mark.parametrize(("by", "then"), [("e", Erased()), ("c", NotThere())])
def test_an_erasure_that_was_applied_but_not_answered_is_asked_for_again(
    crm: SimulatedCrm, clock: Clock, by: str, then: Erased | NotThere
) -> None:
    email = newcomer()
    named = {"c": crm.add_contact(email), "e": email}[by]
    with closing(open_sink(crm, clock, timeout_s=0.3)) as sink:
        crm.fail("hang", seconds=0.6, path="/crm/v3/objects/contacts/gdpr-delete")
        lost = sink.erase([f"{by}:{named}"])
        clock.advance(1.0)
        assert (lost, sink.erase([f"{by}:{named}"]), email in emails(crm)) == (
            [Later(1.0, "HubSpot cannot be reached (ReadTimeout)")],
            [then],
            False,
        )


def test_a_token_that_ran_out_stops_the_erasure_and_nobody_is_erased(crm: SimulatedCrm, sink: HubSpot) -> None:
    email = newcomer()
    crm.add_contact(email)
    crm.fail("expired")
    with pytest.raises(SinkStopped, match="Private Apps > Auth"):
        sink.erase([f"e:{email}"])
    assert email in emails(crm)


def test_an_erasure_is_one_call_an_id_and_its_quota_is_known(crm: SimulatedCrm, sink: HubSpot) -> None:
    people = [f"e:{newcomer()}" for _ in range(3)]
    assert (calls_of(crm, ERASE, lambda: sink.erase(people)), sink.quota.burst is None) == (3, False)
