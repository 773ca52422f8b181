"""Companies discover the product at different times of the four months, and the log ends in the middle of it.

leadforge creates every lead within one month and follows each for ninety days on which it touches it less and less:
told as it is, the log would be a wave that has ebbed away long before its end. So each account, with all
its people, is moved later by a number of whole weeks, and what then falls after the log's last day is left out.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from msgspec.structs import replace

from sample.chance import between
from sample.tables import Lead, Opportunity, SalesActivity, Session, Tables, Touch

FIRST_DAY = date(2024, 1, 1)  # of leadforge's world
DAYS = 119
LATEST_START = 12  # weeks, so that the last leads are created within the log

Dated = TypeVar("Dated", Session, Touch, SalesActivity, Opportunity)


def spread(tables: Tables) -> Tables:
    accounts = {contact.contact_id: contact.account_id for contact in tables.contacts}
    later = {lead.lead_id: _later(accounts[lead.contact_id]) for lead in tables.leads}
    return replace(
        tables,
        leads=tuple(_moved_lead(lead, later[lead.lead_id]) for lead in tables.leads),
        sessions=_moved(tables.sessions, later),
        touches=_moved(tables.touches, later),
        sales_activities=_moved(tables.sales_activities, later),
        opportunities=_moved(tables.opportunities, later),
    )


def _later(account_id: str) -> timedelta:
    return timedelta(weeks=between(0, LATEST_START, account_id, "weeks"))


def _moved_lead(lead: Lead, later: timedelta) -> Lead:
    won = lead.conversion_timestamp
    return replace(lead, day=lead.day + later, conversion_timestamp=won and won + later)


def _moved(rows: tuple[Dated, ...], later: Mapping[str, timedelta]) -> tuple[Dated, ...]:
    moved = (replace(row, day=row.day + later[row.lead_id]) for row in rows)
    return tuple(row for row in moved if row.day < FIRST_DAY + timedelta(days=DAYS))
