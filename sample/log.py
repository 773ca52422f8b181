"""All rows together: the events of the sample in the order of time, and how it ended for every lead's contact."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import TypeVar

import msgspec

from sample.event import Event, iso, midnight
from sample.people import Person, person
from sample.spread import DAYS, FIRST_DAY, spread
from sample.tables import Lead, Opportunity, Session, Tables
from sample.touchpoints import (
    demo_requested,
    form_at,
    job_application,
    lead_form,
    meeting_booked,
    product_use,
    starts_trial,
    touch_events,
    trial_started,
)
from sample.visits import (
    counted_visit,
    form_visit,
    read,
    visits_before_form,
    visits_without_form,
)

TRIAL = timedelta(days=30)

Row = TypeVar("Row")
Moment = TypeVar("Moment", date, str)


class World(msgspec.Struct, frozen=True):
    """The tables with what refers to what."""

    tables: Tables
    people: dict[str, Person]  # by contact id
    leads: dict[str, Lead]  # by lead id
    first_leads: dict[str, Lead]  # by contact id
    trials: dict[str, Opportunity]  # by contact id, the first
    demos: frozenset[str]  # ids of the sessions that end with a demo request

    def someone(self, lead_id: str) -> Person:
        return self.people[self.leads[lead_id].contact_id]


def world(counted: Tables) -> World:
    tables = spread(counted)
    accounts = {account.account_id: account for account in tables.accounts}
    leads = {lead.lead_id: lead for lead in tables.leads}

    def contact_of(row: Session | Opportunity) -> str:
        return leads[row.lead_id].contact_id

    demos = [session for session in tables.sessions if session.demo_page_views > 1]
    trials = [deal for deal in tables.opportunities if starts_trial(leads[deal.lead_id])]
    return World(
        tables=tables,
        people={contact.contact_id: person(contact, accounts[contact.account_id]) for contact in tables.contacts},
        leads=leads,
        first_leads=_firsts(tables.leads, lambda lead: lead.contact_id, lambda lead: lead.day),
        trials=_firsts(trials, contact_of, lambda deal: deal.day),
        demos=frozenset(
            session.session_id for session in _firsts(demos, contact_of, lambda session: session.day).values()
        ),
    )


def events(tables: Tables) -> list[Event]:
    """Ordered by time, then by message id; the same tables always give the same list."""
    here = world(tables)
    parts = (
        _before_and_form(here),
        _sessions(here),
        _touches(here),
        _meetings(here),
        _trial_starts(here),
        _without_lead(here),
    )
    return sorted(
        (event for part in parts for event in part),
        key=lambda event: (event.timestamp, event.message_id),
    )


def outcomes(tables: Tables) -> list[tuple[str, str]]:
    """For each lead's contact its e-mail and the time of its first conversion ('' for none), sorted.

    leadforge knows the day only: here it is the midnight that begins it, so that nothing of that day counts as
    known before.
    """
    here = world(tables)
    won = [lead for lead in here.tables.leads if lead.conversion_timestamp]
    first_won = _firsts(won, lambda lead: lead.contact_id, _converted)
    return sorted(
        (here.people[contact].email, _converted(first_won[contact]) if contact in first_won else "")
        for contact in here.first_leads
    )


def _converted(lead: Lead) -> str:
    return iso(midnight(lead.conversion_timestamp)) if lead.conversion_timestamp else ""


def _firsts(rows: Iterable[Row], owner: Callable[[Row], str], when: Callable[[Row], Moment]) -> dict[str, Row]:
    """The earliest row of each owner; of several on one day the first in the table."""
    firsts: dict[str, Row] = {}
    for row in sorted(rows, key=when):
        firsts.setdefault(owner(row), row)
    return firsts


def _before_and_form(here: World) -> Iterator[Event]:
    for lead in here.tables.leads:
        someone = here.people[lead.contact_id]
        if lead is here.first_leads[lead.contact_id]:
            at = form_at(lead, someone.account.region)
            for visit in [*visits_before_form(lead, someone), form_visit(lead, someone, at)]:
                yield from read(visit)
        yield lead_form(lead, someone)


def _sessions(here: World) -> Iterator[Event]:
    for session in here.tables.sessions:
        lead = here.leads[session.lead_id]
        visit = counted_visit(session, lead, here.people[lead.contact_id])
        yield from read(visit)
        if session.session_id in here.demos:
            yield demo_requested(visit)
        if _on_trial(here, lead, session):
            yield from product_use(visit)


def _on_trial(here: World, lead: Lead, session: Session) -> bool:
    trial = here.trials.get(lead.contact_id)
    return trial is not None and trial.day < session.day <= trial.day + TRIAL


def _touches(here: World) -> Iterator[Event]:
    for touch in here.tables.touches:
        yield from touch_events(touch, here.leads[touch.lead_id], here.someone(touch.lead_id))


def _meetings(here: World) -> Iterator[Event]:
    for activity in here.tables.sales_activities:
        if (activity.activity_type, activity.activity_outcome) == ("meeting", "meeting_set"):
            yield meeting_booked(activity, here.someone(activity.lead_id))


def _trial_starts(here: World) -> Iterator[Event]:
    for contact, opportunity in here.trials.items():
        yield trial_started(opportunity, here.people[contact])


def _without_lead(here: World) -> Iterator[Event]:
    for contact in here.tables.contacts:
        if contact.contact_id not in here.first_leads:
            visits = visits_without_form(here.people[contact.contact_id], FIRST_DAY, DAYS)
            for visit in visits:
                yield from read(visit)
            yield from job_application(visits[-1])
