"""The HubSpot sink against the simulated CRM, a program of its own."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count

import httpx
import msgspec
import pytest

from sinks.hubspot import HubSpot, HubSpotSettings, Quota
from state.record import Later, Refused, SinkStopped, Skipped, Written
from tests.clock import Clock
from tests.records import ANN, account, contact
from tests.simulated_crm import TOKEN, SimulatedCrm, running_crm

UPSERT = "contacts/batch/upsert"
CREATE = "companies/batch/create"

_number = count()


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


def open_sink(crm: SimulatedCrm, clock: Clock, **settings: object) -> HubSpot:
    known = HubSpotSettings(token=TOKEN, base_url=crm.url)
    return HubSpot(msgspec.structs.replace(known, **settings), clock=clock)


def newcomer() -> str:
    return f"ann{next(_number)}@acme.example"


def new_domain() -> str:
    return f"acme{next(_number)}.example"


def calls_of(crm: SimulatedCrm, path: str, act: Callable[[], object]) -> int:
    """How many calls to the path it makes."""
    before = sum(crm.calls(path).values())
    act()
    return sum(crm.calls(path).values()) - before


# Contacts


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


# Properties


def test_properties_have_types_that_an_admin_can_filter_by(crm: SimulatedCrm, sink: HubSpot) -> None:
    answer = httpx.get(f"{crm.url}crm/v3/properties/contacts", headers={"authorization": f"Bearer {TOKEN}"}).json()
    ours = {p["name"].removeprefix("leadstream_"): p for p in answer["results"] if p["groupName"] == "leadstream"}
    assert {name: (p["type"], p["fieldType"]) for name, p in ours.items()} == {
        **dict.fromkeys(("score", "fit", "behaviour", "account_score"), ("number", "number")),
        **dict.fromkeys(("reason_1", "reason_2", "reason_3", "last_intent", "model"), ("string", "text")),
        **dict.fromkeys(("last_intent_at", "high_until", "scored_at"), ("datetime", "date")),
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


# Companies


def test_a_company_is_found_by_its_domain_and_updated(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    crm.add_companies(domain)
    outcomes = sink.write([account(domain.upper())])
    assert (outcomes, crm.companies(domain)[0]["leadstream_score"]) == ([Written()], "41.0")


def test_a_company_has_no_account_score_beside_its_own(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    crm.add_companies(domain)
    sink.write([account(domain)])
    assert "leadstream_account_score" not in crm.companies(domain)[0]


def test_a_company_once_found_is_not_searched_again(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    crm.add_companies(domain)
    sink.write([account(domain)])
    assert calls_of(crm, "companies/search", lambda: sink.write([account(domain, 50.0)])) == 0
    assert crm.companies(domain)[0]["leadstream_score"] == "50.0"


def test_of_several_companies_with_one_domain_the_oldest_is_written(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    crm.add_companies(domain, domain, domain)
    sink.write([account(domain)])
    assert [each.get("leadstream_score") for each in crm.companies(domain)] == ["41.0", None, None]


def test_domains_behind_a_full_page_of_results_are_found_too(crm: SimulatedCrm, sink: HubSpot) -> None:
    crowded, alone = new_domain(), new_domain()
    for domains in ([crowded] * 100, [crowded] * 100, [alone]):
        crm.add_companies(*domains)
    assert sink.write([account(crowded), account(alone)]) == [Written(), Written()]


def test_a_company_that_is_not_there_is_skipped(crm: SimulatedCrm, sink: HubSpot) -> None:
    domain = new_domain()
    outcomes = sink.write([account(domain)])
    assert (outcomes, crm.companies(domain)) == ([Skipped("HubSpot has no company with this domain")], [])


def test_a_missing_company_is_created_if_that_is_wanted(crm: SimulatedCrm, clock: Clock) -> None:
    domain = new_domain()
    with closing(open_sink(crm, clock, create_companies=True, search_lag_s=0.0)) as sink:
        outcomes = sink.write([account(domain)])
    assert (outcomes, [each["leadstream_score"] for each in crm.companies(domain)]) == ([Written()], ["41.0"])


def test_no_company_is_created_while_an_earlier_run_s_may_not_be_found_yet(crm: SimulatedCrm, clock: Clock) -> None:
    domain = new_domain()
    with closing(open_sink(crm, clock, create_companies=True, search_lag_s=10.0)) as sink:
        early = sink.write([account(domain)])
        clock.advance(10.0)
        assert ([type(each) for each in early], sink.write([account(domain)])) == ([Later], [Written()])
    assert len(crm.companies(domain)) == 1


def test_a_company_is_created_once_while_the_search_lags_behind(clock: Clock) -> None:
    with (
        running_crm("--search-lag-ms", "60000") as crm,
        closing(open_sink(crm, clock, create_companies=True, search_lag_s=0.0)) as sink,
    ):
        sink.write([account("acme.example", 1.0)])
        sink.write([account("ACME.example", 2.0), account("acme.example", 3.0)])
        assert [each["leadstream_score"] for each in crm.companies("acme.example")] == ["3.0"]


def test_a_company_whose_create_was_applied_but_not_answered_is_not_created_again(
    crm: SimulatedCrm, clock: Clock
) -> None:
    domain = new_domain()
    with closing(open_sink(crm, clock, create_companies=True, search_lag_s=5.0, timeout_s=0.3)) as sink:
        clock.advance(5.0)
        crm.fail("hang", seconds=0.6, path=f"/crm/v3/objects/{CREATE}")
        (lost,) = sink.write([account(domain)])
        clock.advance(5.0)
        assert (type(lost), sink.write([account(domain, 50.0)])) == (Later, [Written()])
    assert [each["leadstream_score"] for each in crm.companies(domain)] == ["50.0"]


# Trouble


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
def test_trouble_that_passes_is_later_for_all_and_then_all_is_written(
    crm: SimulatedCrm, sink: HubSpot, clock: Clock, fault: str, details: dict[str, object], seconds: float
) -> None:
    people = [contact(newcomer()), contact(newcomer())]
    crm.fail(fault, path="/crm/v3/objects/contacts", **details)
    outcomes = sink.write(people)
    assert [each.seconds for each in outcomes if isinstance(each, Later)] == [seconds, seconds]
    clock.advance(seconds)
    assert sink.write(people) == [Written(), Written()]


def test_hubspot_is_left_alone_for_as_long_as_it_asked(crm: SimulatedCrm, sink: HubSpot, clock: Clock) -> None:
    crm.fail("429", seconds=7, path="/crm/v3/objects/contacts")
    sink.write([contact(newcomer())])
    clock.advance(5.0)
    early = sink.write([contact(newcomer())])
    assert early == [Later(2.0, "HubSpot's call limit is used up (429)")]
    assert calls_of(crm, UPSERT, lambda: sink.write([contact(newcomer())])) == 0


def test_a_write_that_was_applied_but_not_answered_is_written_again(crm: SimulatedCrm, clock: Clock) -> None:
    email = newcomer()
    with closing(open_sink(crm, clock, timeout_s=0.3)) as sink:
        sink.ensure_properties()
        crm.fail("hang", seconds=0.6, path="/crm/v3/objects")
        (lost,) = sink.write([contact(email)])
        clock.advance(1.0)
        assert (lost, sink.write([contact(email)])) == (
            Later(1.0, "HubSpot cannot be reached (ReadTimeout)"),
            [Written()],
        )


def test_what_was_written_before_the_trouble_is_not_later(crm: SimulatedCrm, sink: HubSpot) -> None:
    people = [contact(newcomer()) for _ in range(150)]
    account_ = account(new_domain())
    crm.fail("500", path="/crm/v3/objects/companies")
    outcomes = sink.write([*people, account_])
    assert (outcomes[:150], type(outcomes[150])) == ([Written()] * 150, Later)


def test_a_token_that_ran_out_stops_the_sink_and_says_where_to_get_one(crm: SimulatedCrm, sink: HubSpot) -> None:
    crm.fail("expired")
    with pytest.raises(SinkStopped, match="Private Apps > Auth"):
        sink.write([contact(newcomer())])


def test_the_calls_that_are_left_are_known(clock: Clock) -> None:
    with running_crm("--burst", "100", "--daily", "1000") as crm, closing(open_sink(crm, clock)) as sink:
        before = sink.quota
        sink.write([contact(newcomer())])
        spent = sum(crm.calls(path).get(status, 0) for path, status in SPENT)
        assert (before, sink.quota) == (Quota(), Quota(burst=100 - spent, daily=1000 - spent))


SPENT = [
    ("properties/contacts", 200),
    ("properties/contacts/groups", 201),
    ("properties/contacts/batch/create", 201),
    (UPSERT, 200),
]


def test_a_used_up_window_is_later_and_the_backlog_is_written_after_it(clock: Clock) -> None:
    with running_crm("--burst", "6") as crm, closing(open_sink(crm, clock)) as sink:
        people = [contact(newcomer()) for _ in range(300)]
        outcomes = sink.write(people)
        assert (outcomes[:200], [type(each) for each in outcomes[200:]]) == ([Written()] * 200, [Later] * 100)
        assert (sink.quota.burst, outcomes[299]) == (
            0,
            Later(10.0, "HubSpot's call limit is used up (429)"),
        )
