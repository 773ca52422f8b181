"""From the outbox to the CRM, a program of its own: what arrives, what is spared, and what trouble comes to."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from flows.delivery import KINDS, Delivery
from flows.delivery_run import Delivered, DeliveryRun
from flows.models import model_of, scoring_of
from flows.reading import Reading
from flows.stores import connection
from sinks.hubspot import HubSpot, HubSpotSettings
from state.clock import wall_clock
from state.ids import shard_of
from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Score
from tests.simulated_crm import TOKEN, SimulatedCrm, running_crm
from tests.waiting import wait_for

ANN, BOB = "ann@acme.com", "bob@globex.com"
UPSERT = "contacts/batch/upsert"
Deliver = Callable[..., Delivered]


@pytest.fixture(scope="module")
def program() -> Iterator[SimulatedCrm]:
    with running_crm() as crm:
        yield crm


@pytest.fixture
def crm(program: SimulatedCrm) -> SimulatedCrm:
    """As if just started."""
    program.reset()
    return program


@pytest.fixture
def settings(settings: Settings, crm: SimulatedCrm) -> Settings:
    """Where this test's state is, and its CRM."""
    return msgspec.structs.replace(
        settings, hubspot_url=crm.url, hubspot_token=TOKEN, create_companies=True, search_lag_s=0.0
    )


@pytest.fixture
def deliver(settings: Settings, signals: None) -> Deliver:
    """Runs the deliver flow in this process until nobody waits."""

    def run(**changes: object) -> Delivered:
        changed = msgspec.structs.replace(settings, **changes)
        with connection(changed) as store:
            return DeliveryRun(changed, store, lambda _: None).run()

    return run


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def views(email: str, count: int, first: int = 0) -> list[bytes]:
    return [event("pricing_viewed", f"10:{n // 60:02}:{n % 60:02}", email=email) for n in range(first, first + count)]


def reads(email: str, count: int) -> list[bytes]:
    return [event("docs_viewed", f"09:00:{second:02}", email=email) for second in range(count)]


def test_contacts_and_companies_arrive(log: Path, score: Score, deliver: Deliver, crm: SimulatedCrm) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN), event("docs_viewed", email=BOB)]))
    deliver()
    contacts = {each["email"]: each["leadstream_score"] for each in crm.records("contacts")}
    companies = {each["domain"]: each["leadstream_score"] for each in crm.records("companies")}
    assert (contacts, companies) == (
        {ANN: "10.0", BOB: "2.0"},
        {"acme.com": "5.0", "globex.com": "1.0"},
    )


def test_a_contact_shows_its_score_its_reasons_and_its_accounts_score(
    log: Path, score: Score, deliver: Deliver, crm: SimulatedCrm
) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN), *reads(ANN, 2)]))
    deliver()
    shown = crm.contact(ANN)
    fields = ("score", "band", "behaviour", "fit", "reason_1", "reason_2", "last_intent", "account_score", "model")
    assert [shown[f"leadstream_{name}"] for name in fields] == [
        "14.0",
        "low",
        "14.0",
        "0.0",
        "viewed pricing",
        "read the documentation twice",
        "viewed pricing",
        "7.0",
        "simple 1",
    ]


def test_companies_are_not_created_unless_it_is_wanted(
    log: Path, score: Score, deliver: Deliver, crm: SimulatedCrm
) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN)]))
    report = deliver(create_companies=False)
    assert (crm.records("companies"), report.skipped, report.waiting) == ([], 1, 0)


def test_a_second_delivery_has_nothing_to_write(log: Path, score: Score, deliver: Deliver, crm: SimulatedCrm) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN)]))
    first, second = deliver(), deliver()
    assert (first.written, second.written, sum(crm.calls(UPSERT).values())) == (2, 0, 1)


def test_who_is_marked_again_without_news_is_unchanged(
    log: Path, score: Score, deliver: Deliver, settings: Settings, crm: SimulatedCrm
) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN)]))
    deliver()
    with connection(settings) as store:
        store.mark("contact", shard_of(f"e:{ANN}", store.shards), {f"e:{ANN}": 1})
    report = deliver()
    assert (report.written, report.unchanged, report.waiting, sum(crm.calls(UPSERT).values())) == (0, 1, 0, 1)


def test_a_mark_without_a_subject_does_not_wait_for_ever(
    log: Path, score: Score, deliver: Deliver, settings: Settings
) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN)]))
    with connection(settings) as store:
        store.mark("contact", shard_of(f"e:{BOB}", store.shards), {f"e:{BOB}": 1})
    report = deliver()
    assert (report.written, report.waiting) == (2, 0)


def test_500_changes_to_one_contact_are_one_write(log: Path, score: Score, deliver: Deliver, crm: SimulatedCrm) -> None:
    for number in range(5):
        score(write_log(log.with_name(f"{number}.jsonl"), views(ANN, 100, first=100 * number)))
    deliver()
    assert (len(crm.versions(ANN)), sum(crm.calls(UPSERT).values())) == (1, 1)


def test_an_id_that_became_somebody_else_before_anyone_heard_of_it_is_not_written(
    log: Path, score: Score, deliver: Deliver, crm: SimulatedCrm
) -> None:
    crm.add_contact("old@acme.com")
    score(write_log(log, [event("pricing_viewed", contactId="1001")]))
    score(write_log(log.with_name("b.jsonl"), [event("x", contactId="1001", email=ANN)]))
    deliver()
    assert {each["email"] for each in crm.records("contacts") if "leadstream_score" in each} == {ANN}


def test_an_id_that_became_somebody_else_after_it_was_told_goes_to_zero(
    log: Path, score: Score, deliver: Deliver, crm: SimulatedCrm
) -> None:
    id_ = crm.add_contact("old@acme.com")
    score(write_log(log, [event("pricing_viewed", contactId=id_)]))
    deliver()
    score(write_log(log.with_name("b.jsonl"), [event("x", contactId=id_, email=ANN)]))
    deliver()
    scores = {each["email"]: each["leadstream_score"] for each in crm.records("contacts")}
    assert scores == {"old@acme.com": "0.0", ANN: "10.0"}


def test_a_change_is_written_as_a_line_too(log: Path, tmp_path: Path, score: Score, deliver: Deliver) -> None:
    score(write_log(log, [event("pricing_viewed", email=ANN)]))
    changes = tmp_path / "changes.jsonl"
    deliver(changes=changes)
    lines = [json.loads(line) for line in changes.read_bytes().splitlines()]
    assert {line["key"]: line["score"] for line in lines} == {ANN: 10.0, "acme.com": 5.0}


def drained(settings: Settings, timeout_s: float = 10.0) -> None:
    """Deliver with an impatient client until nobody waits."""
    model = model_of(settings)
    known = HubSpotSettings(token=TOKEN, base_url=settings.hubspot_url, create_companies=True, search_lag_s=0.0)
    sink = HubSpot(msgspec.structs.replace(known, timeout_s=timeout_s))
    with connection(settings) as store, closing(sink):
        delivery = Delivery(store, Reading(store, model, scoring_of(settings)), [sink], wall_clock)

        def step() -> bool:
            for kind in KINDS:
                if claimed := delivery.claim(kind):
                    delivery.write(delivery.plan(claimed))
            return delivery.depth() == 0

        wait_for(step)


def crm_is_the_state(crm: SimulatedCrm, leadstream: Leadstream) -> bool:
    """Whether every contact that has a score shows it, and nobody else is shown."""
    listed = {each["key"]: f"{each['score']:.1f}" for each in leadstream("top", "--json", "--limit", "1000").json}
    return listed == {each["email"]: each["leadstream_score"] for each in crm.records("contacts")}


@pytest.mark.parametrize(
    ("fault", "details"),
    [
        ("429", {"seconds": 1}),
        ("500", {}),
        ("drop", {}),
        ("hang", {"seconds": 1}),
    ],
)
def test_after_trouble_the_crm_is_the_state(
    fault: str,
    details: dict[str, object],
    log: Path,
    settings: Settings,
    score: Score,
    crm: SimulatedCrm,
    leadstream: Leadstream,
) -> None:
    people = [f"p{number}@acme.com" for number in range(10)]
    score(write_log(log, [event("pricing_viewed", email=person) for person in people]))
    crm.fail(fault, path="/crm/v3/objects/contacts", **details)
    drained(settings, timeout_s=0.3)
    score(write_log(log.with_name("more.jsonl"), [view for person in people[:5] for view in views(person, 1)]))
    drained(settings)
    assert crm_is_the_state(crm, leadstream)


def test_a_refused_contact_holds_up_nobody_and_comes_with_its_next_change(
    log: Path, score: Score, deliver: Deliver, crm: SimulatedCrm
) -> None:
    score(write_log(log, [event("pricing_viewed", email=email) for email in (ANN, BOB)]))
    crm.fail("partial", path="/crm/v3/objects/contacts", emails=[ANN])
    report = deliver()
    before = [each["email"] for each in crm.records("contacts")]
    score(write_log(log.with_name("more.jsonl"), views(ANN, 1)))
    deliver()
    assert (report.refused, before, crm.contact(ANN)["leadstream_score"]) == (1, [BOB], "20.0")


def test_no_older_value_comes_after_a_newer_one(log: Path, settings: Settings, score: Score, crm: SimulatedCrm) -> None:
    crm.fail("hang", seconds=1, path="/crm/v3/objects/contacts/batch/upsert")
    for number in range(3):
        score(write_log(log.with_name(f"{number}.jsonl"), views(ANN, 1, first=number)))
        drained(settings, timeout_s=0.3)
    scores = [changed["leadstream_score"] for changed in crm.versions(ANN) if "leadstream_score" in changed]
    assert scores == ["10.0", "20.0", "30.0"]
