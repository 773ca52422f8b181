"""HubSpot's contacts and properties, against the simulated CRM, a program of its own."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import msgspec
import pytest

from sinks.hubspot import HubSpot
from state.record import Refused, Skipped, Written
from tests.clock import Clock
from tests.hubspot import calls_of, newcomer, open_sink
from tests.records import ANN, contact
from tests.simulated_crm import TOKEN, SimulatedCrm, running_crm

UPSERT = "contacts/batch/upsert"


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
        opened.ensure_properties()
        yield opened


def test_a_contact_shows_all_that_the_record_says(crm: SimulatedCrm, sink: HubSpot) -> None:
    email = newcomer()
    sink.write([msgspec.structs.replace(ANN, key=email)])
    shown = crm.contact(email)
    assert {name: value for name, value in shown.items() if name.startswith("leadstream_")} == {
        "leadstream_score": "72.5",
        "leadstream_band": "high",
        "leadstream_fit": "12.5",
        "leadstream_behaviour": "60.0",
        "leadstream_reason_1": "viewed pricing twice",
        "leadstream_reason_2": "came back within a week",
        "leadstream_why": "High: viewed pricing twice, came back within a week.",
        "leadstream_last_intent": "Viewed pricing",
        "leadstream_last_intent_at": "2026-06-12T08:00:00.000Z",
        "leadstream_high_until": "2026-06-19T08:00:00.000Z",
        "leadstream_scored_at": "2026-06-12T08:01:00.000Z",
        "leadstream_account_score": "41.0",
        "leadstream_model": "b2b-saas 3",
    }


def test_what_a_later_record_no_longer_says_is_cleared(crm: SimulatedCrm, sink: HubSpot) -> None:
    email = newcomer()
    sink.write([contact(email)])
    sink.write([msgspec.structs.replace(contact(email), reasons=("one",), high_until=None, last_intent_at=None)])
    shown = crm.contact(email)
    names = ("reason_1", "reason_2", "high_until", "last_intent_at")
    assert [shown.get(f"leadstream_{name}") for name in names] == ["one", None, None, None]


def test_addresses_that_differ_in_case_and_spaces_are_one_contact_and_the_later_stays(
    crm: SimulatedCrm, sink: HubSpot
) -> None:
    email = newcomer()
    outcomes = sink.write([contact(f" {email.upper()}", 1.0), contact(email, 2.0)])
    assert (outcomes, crm.contact(email)["leadstream_score"]) == ([Written(), Written()], "2.0")


def test_bad_addresses_are_found_by_halving_and_the_rest_is_written(crm: SimulatedCrm, sink: HubSpot) -> None:
    people = [contact(newcomer()) for _ in range(100)]
    for place in (0, 41, 99):
        people[place] = contact(f"no address {place}")
    outcomes = sink.write(people)
    refused = [place for place, outcome in enumerate(outcomes) if outcome != Written()]
    assert refused == [0, 41, 99]
    assert outcomes[41] == Refused("HubSpot says VALIDATION_ERROR INVALID_EMAIL")
    assert crm.contact(people[98].key)["leadstream_score"] == "72.5"


def test_an_error_of_one_input_is_mapped_to_it_without_another_call(crm: SimulatedCrm, sink: HubSpot) -> None:
    people = [contact(newcomer()) for _ in range(5)]
    crm.fail("partial", emails=[people[3].key], path="/crm/v3/objects")
    before = crm.calls(UPSERT).get(207, 0)
    outcomes = sink.write(people)
    assert (outcomes.index(Refused("HubSpot says VALIDATION_ERROR")), outcomes.count(Written())) == (3, 4)
    assert crm.calls(UPSERT)[207] - before == 1


def test_a_contact_known_by_the_crm_s_id_is_updated(crm: SimulatedCrm, sink: HubSpot) -> None:
    email = newcomer()
    id_ = crm.add_contact(email)
    outcomes = sink.write([msgspec.structs.replace(ANN, key=id_, key_type="crm")])
    assert (outcomes, crm.contact(email)["leadstream_score"]) == ([Written()], "72.5")


def test_a_crm_id_that_is_gone_is_skipped_and_the_others_are_written(crm: SimulatedCrm, sink: HubSpot) -> None:
    kept = crm.add_contact(newcomer())
    outcomes = sink.write([msgspec.structs.replace(ANN, key=id_, key_type="crm") for id_ in ("9", kept)])
    assert outcomes == [Skipped("HubSpot has no contact with this id"), Written()]


def test_a_product_user_without_an_address_is_skipped(sink: HubSpot) -> None:
    outcomes = sink.write([msgspec.structs.replace(ANN, key="42", key_type="user")])
    assert outcomes == [Skipped("HubSpot keeps no records under this kind of id")]


def test_properties_have_types_that_an_admin_can_filter_by(crm: SimulatedCrm, sink: HubSpot) -> None:
    answer = httpx.get(f"{crm.url}crm/v3/properties/contacts", headers={"authorization": f"Bearer {TOKEN}"}).json()
    ours = {p["name"].removeprefix("leadstream_"): p for p in answer["results"] if p["groupName"] == "leadstream"}
    assert {name: (p["type"], p["fieldType"]) for name, p in ours.items()} == {
        **dict.fromkeys(("score", "fit", "behaviour", "account_score"), ("number", "number")),
        **dict.fromkeys(("reason_1", "reason_2", "reason_3", "last_intent", "model"), ("string", "text")),
        **dict.fromkeys(("last_intent_at", "high_until", "scored_at", "identity_corrected_at"), ("datetime", "date")),
        "band": ("enumeration", "select"),
        "why": ("string", "textarea"),
    }
    assert [choice["label"] for choice in ours["band"]["options"]] == ["Low", "Medium", "High"]
    assert [p["name"] for p in ours.values() if not (p["label"] and p["description"])] == []


def test_properties_that_are_there_are_not_created_again(crm: SimulatedCrm, sink: HubSpot, clock: Clock) -> None:
    def restart() -> None:
        with closing(open_sink(crm, clock)) as again:
            again.write([contact(newcomer())])

    assert calls_of(crm, "properties/contacts/batch/create", restart) == 0


def test_properties_are_looked_at_once_a_run(crm: SimulatedCrm, sink: HubSpot) -> None:
    sink.write([contact(newcomer())])
    assert calls_of(crm, "properties/contacts", lambda: sink.write([contact(newcomer())])) == 0
