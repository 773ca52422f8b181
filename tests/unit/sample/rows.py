"""A few hand-made rows as leadforge would give them: enough of a company's month to see every kind of event."""

from datetime import date, timedelta

from sample.tables import Account, Contact, Lead, Opportunity, SalesActivity, Session, Tables, Touch

CREATED = date(2024, 1, 10)
ACCOUNT = Account(account_id="acct_000007", industry="logistics", region="UK", employee_band="200-499")
OTHER = Account(account_id="acct_000008", industry="manufacturing", region="US", employee_band="2000+")


def contact(number: int, kind: str = "corporate", account: Account = ACCOUNT) -> Contact:
    return Contact(
        contact_id=f"cnt_{number:06}",
        account_id=account.account_id,
        job_title="AP Manager",
        role_function="ap_manager",
        seniority="manager",
        email_domain_type=kind,
    )


def lead(number: int, contact_number: int, won: date | None = None, day: date = CREATED) -> Lead:
    return Lead(
        lead_id=f"lead_{number:06}",
        contact_id=f"cnt_{contact_number:06}",
        day=day,
        lead_source="inbound_marketing",
        is_sql=True,
        conversion_timestamp=won,
    )


def session(number: int, counts: tuple[int, int, int], after: int = 5, lead_number: int = 1) -> Session:
    """`counts`: page views, of which pricing, of which demo; `after`: days since the lead was created."""
    return Session(
        session_id=f"sess_{number:06}",
        lead_id=f"lead_{lead_number:06}",
        day=CREATED + timedelta(days=after),
        page_views=counts[0],
        pricing_page_views=counts[1],
        demo_page_views=counts[2],
        session_duration_seconds=300,
    )


def touch(number: int, kind: str, after: int = 3, lead_number: int = 1) -> Touch:
    return Touch(
        touch_id=f"touch_{number:06}",
        lead_id=f"lead_{lead_number:06}",
        day=CREATED + timedelta(days=after),
        touch_type=kind,
    )


ONE = Tables(accounts=(ACCOUNT, OTHER), contacts=(contact(2),), leads=(lead(1, 2),))
"""One contact with one lead, and nothing else; this contact has one browser only."""


def month() -> Tables:
    """A dozen leads of eight contacts, with rows of every kind."""
    kinds = ("email", "call", "content_download", "webinar", "linkedin_message")
    domains = ("corporate", "personal", "unknown")
    return Tables(
        accounts=(ACCOUNT, OTHER),
        contacts=tuple(contact(n, domains[n % 3], (ACCOUNT, OTHER)[n % 2]) for n in range(1, 10)),
        leads=tuple(lead(n, n % 8 + 1, won=date(2024, 2, 20) if n % 4 == 0 else None) for n in range(1, 13)),
        sessions=tuple(session(n, (n % 5 + 1, n % 3, n % 4), n % 20, n % 12 + 1) for n in range(60)),
        touches=tuple(touch(n, kinds[n % 5], n % 30, n % 12 + 1) for n in range(60)),
        sales_activities=tuple(meeting(n, "meeting", n) for n in range(1, 13)),
        opportunities=tuple(opportunity(n) for n in range(1, 13)),
    )


def meeting(number: int, kind: str, lead_number: int = 1) -> SalesActivity:
    return SalesActivity(
        activity_id=f"act_{number:06}",
        lead_id=f"lead_{lead_number:06}",
        day=CREATED + timedelta(days=9),
        activity_type=kind,
        activity_outcome="meeting_set",
    )


def opportunity(number: int) -> Opportunity:
    return Opportunity(
        opportunity_id=f"opp_{number:06}",
        lead_id=f"lead_{number:06}",
        day=CREATED + timedelta(days=4),
    )
