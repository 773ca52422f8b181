"""Visits to the site: the sessions that leadforge counts, and the anonymous ones before a lead exists."""

from datetime import date, timedelta

import msgspec

from sample.chance import between, choice, draw
from sample.event import MINUTE, Event, iso, moment
from sample.people import Person, device, domain, first_device
from sample.tables import Lead, Session

PAGES = {
    "home": ("page_viewed", ("/",)),
    "product": (
        "page_viewed",
        ("/product", "/product/invoice-capture", "/product/approvals", "/product/supplier-portal"),
    ),
    "blog": (
        "page_viewed",
        ("/blog", "/blog/three-way-matching", "/blog/month-end-close", "/blog/maverick-spend"),
    ),
    "about": ("page_viewed", ("/about", "/partners")),
    "contact": ("page_viewed", ("/contact",)),
    "integrations": (
        "integrations_viewed",
        ("/integrations", "/integrations/netsuite", "/integrations/sap", "/integrations/xero"),
    ),
    "security": ("security_viewed", ("/security", "/security/soc-2", "/security/gdpr")),
    "docs": ("docs_viewed", ("/docs", "/docs/api", "/docs/single-sign-on")),
    "case_study": (
        "case_study_viewed",
        ("/customers/logistics", "/customers/manufacturing", "/customers/healthcare"),
    ),
    "pricing": ("pricing_viewed", ("/pricing",)),
    "demo": ("demo_viewed", ("/demo",)),
    "careers": ("careers_viewed", ("/careers", "/careers/backend-engineer", "/careers/account-executive")),
}
EVERYBODY = ("home",) * 4 + ("product",) * 5 + ("blog",) * 4 + ("about",)
READS = {
    "vp_finance": (*EVERYBODY, *"case_study case_study case_study security integrations docs".split()),
    "ap_manager": (*EVERYBODY, *"case_study case_study integrations integrations docs docs".split()),
    "it_director": (*EVERYBODY, *"security security integrations integrations docs docs".split()),
    "procurement_manager": (
        *EVERYBODY,
        *"case_study case_study case_study security integrations integrations".split(),
    ),
}
EARLY = ("home", "home", "product", "product", "blog", "blog", "blog", "about", "case_study")
PLANS = {"200-499": "starter", "500-999": "growth", "1000-1999": "growth", "2000+": "enterprise"}
SOURCES = {
    "inbound_marketing": ("organic", "organic", "paid", "social"),
    "partner_referral": ("partner",),
    "sdr_outbound": ("email", "direct"),
}
DAYS_BEFORE_FORM = 7
EARLY_VISITS = {"inbound_marketing": (1, 3), "partner_referral": (0, 2), "sdr_outbound": (0, 1)}
COMPANY_NETWORK = 0.3  # of unknown visitors whose address on the network tells their company
JOB_SEEKERS = 0.1  # of contacts without a lead


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One browser reading `pages` (keys of PAGES) from `start` (ms) on for `seconds`."""

    id: str
    someone: Person
    anonymous_id: str
    start: int
    seconds: int
    pages: tuple[str, ...]
    source: str
    account_domain: str | None = None

    @property
    def end(self) -> int:
        return self.start + self.seconds * 1000


def read(visit: Visit) -> list[Event]:
    """One event per page, evenly spread; the first says where the visitor came from."""
    step = visit.seconds * 1000 // len(visit.pages)
    return [
        _view(visit, position, visit.start + position * step + between(0, step // 2, visit.id, position, "pause"))
        for position in range(len(visit.pages))
    ]


def counted_visit(session: Session, lead: Lead, someone: Person) -> Visit:
    return Visit(
        id=session.session_id,
        someone=someone,
        anonymous_id=device(someone, session.session_id),
        start=moment(session.day, someone.account.region, session.session_id),
        seconds=session.session_duration_seconds,
        pages=_counted_pages(session, someone.contact.role_function),
        source=choice(SOURCES[lead.lead_source], session.session_id, "source"),
    )


def visits_before_form(lead: Lead, someone: Person) -> list[Visit]:
    """What a lead's person read anonymously in the week before the form; leadforge starts at the form."""
    count = between(*EARLY_VISITS[lead.lead_source], lead.lead_id, "early visits")
    return [_early_visit(lead, someone, number) for number in range(count)]


def form_visit(lead: Lead, someone: Person, form_at: int) -> Visit:
    """The page with the form itself, minutes before it is sent."""
    return Visit(
        id=f"{lead.lead_id}-form",
        someone=someone,
        anonymous_id=first_device(someone),
        start=form_at - 3 * MINUTE,
        seconds=150,
        pages=(choice(EARLY, lead.lead_id, "landing"), "contact"),
        source=choice(SOURCES[lead.lead_source], lead.lead_id, "source"),
        account_domain=network(someone),
    )


def visits_without_form(someone: Person, first_day: date, days: int) -> list[Visit]:
    """A contact of leadforge without a lead: a visitor who stays anonymous, or looks for a job."""
    contact = someone.contact.contact_id
    offsets = [between(0, days - 1, contact, number, "day") for number in range(between(1, 3, contact, "visits"))]
    return [
        _stray_visit(someone, number, first_day + timedelta(days=offset))
        for number, offset in enumerate(sorted(offsets))
    ]


def seeks_job(someone: Person) -> bool:
    return draw(someone.contact.contact_id, "job seeker") < JOB_SEEKERS


def network(someone: Person) -> str | None:
    """The company that the visitor's network address gives away, for some."""
    known = draw(someone.contact.contact_id, "network") < COMPANY_NETWORK and not seeks_job(someone)
    return domain(someone.account) if known else None


def _view(visit: Visit, position: int, at: int) -> Event:
    page = visit.pages[position]
    name, paths = PAGES[page]
    properties: dict[str, str | int] = {"pathname": choice(paths, visit.id, position, "path")}
    if page == "pricing":
        properties["plan"] = PLANS[visit.someone.account.employee_band]
    if position == 0:
        properties["source"] = visit.source
    return Event(
        event=name,
        message_id=f"{visit.id}-{position}",
        anonymous_id=visit.anonymous_id,
        account_domain=visit.account_domain,
        timestamp=iso(at),
        properties=properties,
    )


def _counted_pages(session: Session, role: str) -> tuple[str, ...]:
    """As many pages as the row counts. In some rows pricing and demo views exceed the pages: those win."""
    special = ("pricing",) * session.pricing_page_views + ("demo",) * session.demo_page_views
    plain = max(session.page_views - len(special), 0)
    pages = special + tuple(choice(READS[role], session.session_id, number, "page") for number in range(plain))
    order = sorted(range(len(pages)), key=lambda number: draw(session.session_id, number, "order"))
    return tuple(pages[number] for number in order)


def _early_visit(lead: Lead, someone: Person, number: int) -> Visit:
    key = (lead.lead_id, number)
    day = lead.day - timedelta(days=between(1, DAYS_BEFORE_FORM, *key, "day"))
    return Visit(
        id=f"{lead.lead_id}-early{number}",
        someone=someone,
        anonymous_id=device(someone, f"{lead.lead_id}-early{number}"),
        start=moment(day, someone.account.region, *key),
        seconds=between(60, 600, *key, "seconds"),
        pages=_unknown_pages(EARLY, *key),
        source=choice(SOURCES[lead.lead_source], *key, "source"),
        account_domain=network(someone),
    )


def _stray_visit(someone: Person, number: int, day: date) -> Visit:
    key = (someone.contact.contact_id, number)
    return Visit(
        id=f"{someone.contact.contact_id}-stray{number}",
        someone=someone,
        anonymous_id=first_device(someone),
        start=moment(day, someone.account.region, *key),
        seconds=between(60, 600, *key, "seconds"),
        pages=_unknown_pages(("careers",) if seeks_job(someone) else EARLY, *key),
        source=choice(SOURCES["inbound_marketing"], *key, "source"),
        account_domain=network(someone),
    )


def _unknown_pages(kinds: tuple[str, ...], *key: str | int) -> tuple[str, ...]:
    return tuple(choice(kinds, *key, number, "page") for number in range(between(1, 5, *key, "pages")))
