"""What happens beside page views: forms, e-mails, webinars, meetings, demo requests, trials."""

from sample.chance import between, choice, draw
from sample.event import MINUTE, Event, iso, moment, opening
from sample.people import Person, device, first_device, traits, user_id
from sample.tables import Lead, Opportunity, SalesActivity, Touch
from sample.visits import PLANS, Visit, seeks_job

FORMS = {
    "inbound_marketing": ("contact_sales", "whitepaper", "newsletter"),
    "partner_referral": ("partner_referral",),
    "sdr_outbound": ("book_a_meeting",),
}
ASSETS = ("procurement-benchmark", "invoice-fraud-guide", "roi-calculator", "supplier-onboarding-checklist")
WEBINARS = ("month-end-in-three-days", "taming-maverick-spend", "e-invoicing-2026")
CAMPAIGNS = ("product-news", "customer-stories", "event-invitation", "follow-up")
FEATURES = ("invoice_capture", "approval_flow", "purchase_orders", "supplier_portal", "spend_report")
CLICKS = 0.35  # of opened e-mails
RECORDINGS = 0.4  # of webinar touches: watched later, on the site
APPLICATIONS = 0.5  # of job seekers
TRIALS = 0.25  # of qualified leads


def form_at(lead: Lead, region: str) -> int:
    """When the lead's form was sent: in the first half of the working day, so that the rest can follow it."""
    return opening(lead.day, region) + 4 * MINUTE + between(0, 300 * MINUTE, lead.lead_id, "form")


def lead_form(lead: Lead, someone: Person) -> Event:
    """The form that made the lead: anonymous id and e-mail together, and who this is."""
    return Event(
        event="form_submitted",
        message_id=lead.lead_id,
        anonymous_id=first_device(someone),
        email=someone.email,
        account_domain=someone.company_domain,
        timestamp=iso(form_at(lead, someone.account.region)),
        properties={"form": choice(FORMS[lead.lead_source], lead.lead_id, "which form")},
        traits=traits(someone) | {"lead_source": lead.lead_source},
    )


def job_application(last_visit: Visit) -> list[Event]:
    """Half of the job seekers apply, and then are known by a private address."""
    someone = last_visit.someone
    if not seeks_job(someone) or draw(someone.contact.contact_id, "application") >= APPLICATIONS:
        return []
    return [
        Event(
            event="form_submitted",
            message_id=f"{someone.contact.contact_id}-application",
            anonymous_id=last_visit.anonymous_id,
            email=f"{someone.first_name}_{someone.last_name}@gmail.com".lower(),
            timestamp=iso(last_visit.end + MINUTE),
            properties={"form": "job_application"},
            traits={"first_name": someone.first_name, "last_name": someone.last_name},
        )
    ]


def touch_events(touch: Touch, lead: Lead, someone: Person) -> list[Event]:
    """A call or a message on LinkedIn leaves no trace on a site."""
    at = _known_moment(touch, lead, someone.account.region)
    match touch.touch_type:
        case "email":
            return _newsletter(touch, someone, at)
        case "content_download":
            return [_download(touch, someone, at)]
        case "webinar":
            return [_webinar(touch, someone, at)]
        case _:
            return []


def meeting_booked(activity: SalesActivity, someone: Person) -> Event:
    """The calendar tool's word, through the CRM."""
    at = moment(activity.day, someone.account.region, activity.activity_id)
    return Event(
        event="meeting_booked",
        message_id=activity.activity_id,
        contact_id=someone.contact.contact_id,
        email=someone.email,
        timestamp=iso(at),
    )


def demo_requested(visit: Visit) -> Event:
    return Event(
        event="demo_requested",
        message_id=f"{visit.id}-demo",
        anonymous_id=visit.anonymous_id,
        email=visit.someone.email,
        timestamp=iso(visit.end + MINUTE // 2),
        properties={"pathname": "/demo"},
    )


def starts_trial(lead: Lead) -> bool:
    return lead.is_sql and draw(lead.lead_id, "trial") < TRIALS


def trial_started(opportunity: Opportunity, someone: Person) -> Event:
    """The product meets its user: the user id is tied to the e-mail and the browser here."""
    at = moment(opportunity.day, someone.account.region, opportunity.opportunity_id)
    return Event(
        event="trial_started",
        message_id=opportunity.opportunity_id,
        anonymous_id=first_device(someone),
        user_id=user_id(someone),
        email=someone.email,
        account_domain=someone.company_domain,
        timestamp=iso(at),
        properties={"plan": PLANS[someone.account.employee_band]},
    )


def product_use(visit: Visit) -> list[Event]:
    """A visit during a trial goes on in the product: more features the longer the visit lasted."""
    signed_in = visit.end + MINUTE
    features = 1 + visit.seconds // 150
    return [_signed_in(visit, signed_in)] + [
        _feature_used(visit, number, signed_in + (2 * number + 1) * MINUTE) for number in range(features)
    ]


def _signed_in(visit: Visit, at: int) -> Event:
    return Event(
        event="signed_in",
        message_id=f"{visit.id}-in",
        anonymous_id=visit.anonymous_id,
        user_id=user_id(visit.someone),
        timestamp=iso(at),
    )


def _feature_used(visit: Visit, number: int, at: int) -> Event:
    return Event(
        event="feature_used",
        message_id=f"{visit.id}-use{number}",
        user_id=user_id(visit.someone),
        timestamp=iso(at),
        properties={"feature": choice(FEATURES, visit.id, number, "feature")},
    )


def _known_moment(touch: Touch, lead: Lead, region: str) -> int:
    """On the day of the form a touch that needs an e-mail address comes after the form."""
    if touch.day != lead.day:
        return moment(touch.day, region, touch.touch_id)
    return form_at(lead, region) + between(10 * MINUTE, 280 * MINUTE, touch.touch_id, "after form")


def _newsletter(touch: Touch, someone: Person, at: int) -> list[Event]:
    """The mail tool knows the address only."""
    campaign = choice(CAMPAIGNS, touch.touch_id, "campaign")
    names = ["email_opened"] + (["email_clicked"] if draw(touch.touch_id, "click") < CLICKS else [])
    return [
        Event(
            event=name,
            message_id=f"{touch.touch_id}-{number}",
            email=someone.email,
            timestamp=iso(at + number * between(MINUTE // 4, 5 * MINUTE, touch.touch_id, "reading")),
            properties={"campaign": campaign},
        )
        for number, name in enumerate(names)
    ]


def _download(touch: Touch, someone: Person, at: int) -> Event:
    """A gated download: the form ties whatever browser was used to the address."""
    return Event(
        event="form_submitted",
        message_id=touch.touch_id,
        anonymous_id=device(someone, touch.touch_id),
        email=someone.email,
        timestamp=iso(at),
        properties={"form": "content_download", "asset": choice(ASSETS, touch.touch_id, "asset")},
    )


def _webinar(touch: Touch, someone: Person, at: int) -> Event:
    webinar = choice(WEBINARS, touch.touch_id, "webinar")
    if draw(touch.touch_id, "recording") >= RECORDINGS:
        return Event(
            event="webinar_attended",
            message_id=touch.touch_id,
            email=someone.email,
            timestamp=iso(at),
            properties={"webinar": webinar},
        )
    return Event(
        event="video_watched",
        message_id=touch.touch_id,
        anonymous_id=device(someone, touch.touch_id),
        timestamp=iso(at),
        properties={"video": webinar, "percent": choice((25, 50, 75, 100), touch.touch_id, "percent")},
    )
