"""Limits, faults and lost answers, from the simulated CRM, a program of its own."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from sinks.hubspot import HubSpot, Quota
from state.record import Later, SinkStopped, Written
from tests.clock import Clock
from tests.hubspot import calls_of, new_domain, newcomer, open_sink
from tests.records import account, contact
from tests.simulated_crm import SimulatedCrm, running_crm

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


def test_the_last_tenth_of_a_day_is_noticed_and_can_still_be_spent(clock: Clock) -> None:
    with running_crm("--daily", "20") as crm, closing(open_sink(crm, clock)) as sink:
        while not sink.is_reserved:
            sink.write([contact(newcomer())])
        left = sink.quota.daily
        assert (left, sink.write([contact(newcomer())]), sink.quota.daily) == (2, [Written()], 1)


def test_a_used_up_window_is_later_and_the_backlog_is_written_after_it(clock: Clock) -> None:
    with running_crm("--burst", "6") as crm, closing(open_sink(crm, clock)) as sink:
        people = [contact(newcomer()) for _ in range(300)]
        outcomes = sink.write(people)
        assert (outcomes[:200], [type(each) for each in outcomes[200:]]) == ([Written()] * 200, [Later] * 100)
        assert (sink.quota.burst, outcomes[299]) == (
            0,
            Later(10.0, "HubSpot's call limit is used up (429)"),
        )
