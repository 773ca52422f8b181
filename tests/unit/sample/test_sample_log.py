import os
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from sample.event import Event
from sample.log import events, outcomes
from sample.make_sample import jsonl
from sample.spread import DAYS, FIRST_DAY, spread
from sample.tables import Tables, tables_of
from tests.unit.sample.rows import CREATED, ONE, contact, lead, meeting, month, session, touch

ROOT = Path(__file__).parents[3]
PRINT_MONTH = """
import sys
from sample.make_sample import events, jsonl
from tests.unit.sample.rows import month
sys.stdout.buffer.write(jsonl(events(month())))
"""


def names(log: list[Event], prefix: str = "") -> Counter[str]:
    return Counter(event.event for event in log if event.message_id.startswith(prefix))


def of(log: list[Event], name: str) -> list[Event]:
    return [event for event in log if event.event == name]


def identifiers(event: Event) -> dict[str, bool]:
    return {
        "anonymous": event.anonymous_id is not None,
        "crm": event.contact_id is not None,
        "user": event.user_id is not None,
        "email": event.email is not None,
    }


def known_by(*which: str) -> dict[str, bool]:
    return {name: name in which for name in ("anonymous", "crm", "user", "email")}


def at(event: Event) -> datetime:
    return datetime.fromisoformat(event.timestamp)


def test_the_same_rows_give_the_same_bytes_whatever_the_hash_seed() -> None:
    first, second = (
        subprocess.run(
            [sys.executable, "-c", PRINT_MONTH],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    )
    assert jsonl(events(month())) == first == second != b""


@pytest.mark.parametrize(("pages", "pricing", "demo"), [(3, 1, 0), (10, 2, 2), (1, 0, 0), (4, 0, 1)])
def test_a_session_gives_as_many_events_as_it_counts_page_views(pages: int, pricing: int, demo: int) -> None:
    log = names(events(replace(ONE, sessions=(session(1, (pages, pricing, demo)),))), "sess_000001-")
    del log["demo_requested"]
    assert (log.total(), log["pricing_viewed"], log["demo_viewed"]) == (pages, pricing, demo)


def test_pricing_and_demo_views_win_where_they_exceed_the_page_views() -> None:
    log = names(events(replace(ONE, sessions=(session(1, (1, 2, 1)),))), "sess_000001-")
    assert log == Counter(pricing_viewed=2, demo_viewed=1)


def test_a_session_is_read_in_the_time_it_lasted() -> None:
    log = events(replace(ONE, sessions=(session(1, (10, 2, 0)),)))
    times = [at(event) for event in log if event.message_id.startswith("sess_")]
    assert times == sorted(set(times))
    assert times[-1] - times[0] < timedelta(seconds=300)


def test_visits_know_the_anonymous_id_only() -> None:
    log = events(replace(ONE, sessions=(session(1, (5, 1, 0)),)))
    views = [event for event in log if event.event.endswith("_viewed")]
    assert [identifiers(event) for event in views] == [known_by("anonymous")] * len(views)


def test_somebody_reads_anonymously_before_the_form_names_them() -> None:
    log = events(ONE)
    assert log[-1].event == "form_submitted"
    assert {event.anonymous_id for event in log} == {log[-1].anonymous_id}
    assert {event.email for event in log[:-1]} == {None}


def test_the_lead_form_carries_browser_address_and_traits() -> None:
    (form,) = of(events(ONE), "form_submitted")
    assert identifiers(form) == known_by("anonymous", "email")
    assert {name: form.traits[name] for name in ("job_title", "seniority", "company_size", "country")} == {
        "job_title": "AP Manager",
        "seniority": "manager",
        "company_size": "200-499",
        "country": "UK",
    }


def test_a_second_lead_of_a_contact_is_a_second_form_without_new_first_visits() -> None:
    once = names(events(ONE))
    twice = names(events(replace(ONE, leads=(lead(1, 2), lead(2, 2)))))
    assert twice == once + Counter(form_submitted=1)


@pytest.mark.parametrize("kind", ["email", "content_download", "webinar"])
def test_on_the_day_of_the_form_a_touch_comes_after_it(kind: str) -> None:
    numbers = range(1, 31)
    log = events(
        replace(
            ONE,
            leads=tuple(lead(number, 2) for number in numbers),
            touches=tuple(touch(number, kind, 0, number) for number in numbers),
        )
    )
    first = {event.message_id[:12]: at(event) for event in reversed(log)}
    forms = {event.message_id: at(event) for event in log if event.traits}
    assert [n for n in numbers if first[f"touch_{n:06}"] <= forms[f"lead_{n:06}"]] == []


def test_who_has_two_browsers_visits_with_both() -> None:
    sessions = tuple(session(number, (1, 0, 0), number) for number in range(30))
    log = events(replace(ONE, contacts=(contact(1),), leads=(lead(1, 1),), sessions=sessions))
    assert len({event.anonymous_id for event in log if event.message_id.startswith("sess_")}) == 2


def test_calls_and_messages_elsewhere_leave_no_trace() -> None:
    silent = (touch(1, "call"), touch(2, "linkedin_message"))
    assert events(replace(ONE, touches=silent)) == events(ONE)


def test_every_mail_touch_is_one_opened_mail() -> None:
    log = names(events(replace(ONE, touches=tuple(touch(number, "email") for number in range(20)))))
    assert log["email_opened"] == 20
    assert 0 < log["email_clicked"] < 20


def test_every_webinar_touch_is_attended_or_watched_later() -> None:
    log = names(events(replace(ONE, touches=tuple(touch(number, "webinar") for number in range(20)))))
    assert log["webinar_attended"] + log["video_watched"] == 20
    assert 0 < log["video_watched"] < 20


def test_a_contact_asks_for_a_demo_once_after_the_first_visit_with_two_demo_views() -> None:
    sessions = (session(1, (5, 0, 1), 3), session(2, (5, 0, 2), 6), session(3, (5, 0, 2), 9))
    (request,) = of(events(replace(ONE, sessions=sessions)), "demo_requested")
    assert (request.message_id, identifiers(request)) == ("sess_000002-demo", known_by("anonymous", "email"))


def test_a_trial_ties_the_user_id_to_the_address_and_the_browser() -> None:
    started = of(events(month()), "trial_started")
    assert started
    assert [identifiers(event) for event in started] == [known_by("anonymous", "user", "email")] * len(started)


def test_the_product_is_used_under_the_user_id_of_a_trial() -> None:
    log = events(month())
    signed_in, used = of(log, "signed_in"), of(log, "feature_used")
    assert {event.user_id for event in used} == {event.user_id for event in signed_in}
    assert {event.user_id for event in used} <= {event.user_id for event in of(log, "trial_started")}
    assert [identifiers(event) for event in used] == [known_by("user")] * len(used)
    assert [identifiers(event) for event in signed_in] == [known_by("anonymous", "user")] * len(signed_in)


@pytest.mark.parametrize(("kind", "booked"), [("meeting", 1), ("call", 0)])
def test_a_meeting_that_was_set_is_booked_in_the_crm(kind: str, booked: int) -> None:
    found = of(events(replace(ONE, sales_activities=(meeting(1, kind),))), "meeting_booked")
    assert [identifiers(event) for event in found] == [known_by("crm", "email")] * booked


def test_who_never_leads_stays_anonymous_unless_they_apply_for_a_job() -> None:
    strangers = tuple(contact(number) for number in range(1, 200))
    log = events(replace(ONE, contacts=strangers, leads=()))
    named = [event for event in log if event.email is not None]
    assert {event.properties["form"] for event in named} == {"job_application"}
    assert {event.anonymous_id for event in named} < {event.anonymous_id for event in of(log, "careers_viewed")}


def test_time_runs_forward_and_no_message_id_comes_twice() -> None:
    log = events(month())
    assert log == sorted(log, key=lambda event: event.timestamp)
    assert len({event.message_id for event in log}) == len(log)


def test_what_falls_after_the_last_day_is_left_out() -> None:
    last = FIRST_DAY + timedelta(days=DAYS - 1)
    tables = replace(ONE, leads=(lead(1, 2, day=last),), touches=tuple(touch(n, "call", n) for n in range(200)))
    assert spread(tables).touches != ()
    assert max(row.day for row in spread(tables).touches) <= last


def test_all_people_of_an_account_are_moved_together_by_whole_weeks() -> None:
    tables = replace(ONE, contacts=tuple(contact(n) for n in (1, 2, 3)), leads=tuple(lead(n, n) for n in (1, 2, 3)))
    (later,) = {row.day - CREATED for row in spread(tables).leads}
    assert later.days % 7 == 0


def test_the_outcome_is_the_first_conversion_and_empty_without_one() -> None:
    tables = replace(
        ONE,
        contacts=(contact(1), contact(2), contact(3)),
        leads=(lead(1, 1, won=date(2024, 3, 1)), lead(2, 1, won=date(2024, 2, 1)), lead(3, 2)),
    )
    (later,) = {row.day - CREATED for row in spread(tables).leads}
    first = date(2024, 2, 1) + later + timedelta(days=777)
    assert sorted(when for _, when in outcomes(tables)) == ["", f"{first}T00:00:00Z"]


def test_the_log_does_not_depend_on_who_converts() -> None:
    open_leads = tuple(replace(row, conversion_timestamp=None) for row in month().leads)
    assert month().leads != open_leads
    assert events(replace(month(), leads=open_leads)) == events(month())


def test_rows_of_leadforge_become_typed_rows() -> None:
    row = SimpleNamespace(
        touch_id="touch_000001",
        lead_id="lead_000001",
        touch_timestamp="2024-01-13",
        touch_type="email",
        campaign_id=None,
    )
    population = SimpleNamespace(accounts=[], contacts=[])
    result = SimpleNamespace(leads=[], sessions=[], touches=[row], sales_activities=[], opportunities=[])
    assert tables_of(population, result) == Tables(touches=(touch(1, "email"),))
