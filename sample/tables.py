"""The rows of leadforge that the sample is made of."""

from datetime import date
from importlib import import_module
from typing import Any

import msgspec

RECIPE = "b2b_saas_procurement_v1"
SEED = 42


class Account(msgspec.Struct, frozen=True, kw_only=True):
    account_id: str
    industry: str
    region: str
    employee_band: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    contact_id: str
    account_id: str
    job_title: str
    role_function: str
    seniority: str
    email_domain_type: str


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    lead_id: str
    contact_id: str
    day: date = msgspec.field(name="lead_created_at")
    lead_source: str
    is_sql: bool
    conversion_timestamp: date | None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    session_id: str
    lead_id: str
    day: date = msgspec.field(name="session_timestamp")
    page_views: int
    pricing_page_views: int
    demo_page_views: int
    session_duration_seconds: int


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    touch_id: str
    lead_id: str
    day: date = msgspec.field(name="touch_timestamp")
    touch_type: str


class SalesActivity(msgspec.Struct, frozen=True, kw_only=True):
    activity_id: str
    lead_id: str
    day: date = msgspec.field(name="activity_timestamp")
    activity_type: str
    activity_outcome: str


class Opportunity(msgspec.Struct, frozen=True, kw_only=True):
    opportunity_id: str
    lead_id: str
    day: date = msgspec.field(name="created_at")


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """One simulated company's customers to be; rows refer to each other by id, and `day` is when a row happened."""

    accounts: tuple[Account, ...] = ()
    contacts: tuple[Contact, ...] = ()
    leads: tuple[Lead, ...] = ()
    sessions: tuple[Session, ...] = ()
    touches: tuple[Touch, ...] = ()
    sales_activities: tuple[SalesActivity, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()


def from_leadforge() -> Tables:
    """Simulates the recipe (some ten seconds). Raises `ModuleNotFoundError` without leadforge."""
    generator = import_module("leadforge.api.generator").Generator
    bundle = generator.from_recipe(RECIPE, seed=SEED).generate()
    return tables_of(bundle.population, bundle.simulation_result)


# leadforge is not among the project's requirements, so its types are unknown here.
def tables_of(population: Any, result: Any) -> Tables:
    """The rows as our own types; a column that leadforge no longer has raises `msgspec.ValidationError`."""
    return msgspec.convert(
        {
            "accounts": population.accounts,
            "contacts": population.contacts,
            "leads": result.leads,
            "sessions": result.sessions,
            "touches": result.touches,
            "sales_activities": result.sales_activities,
            "opportunities": result.opportunities,
        },
        Tables,
        from_attributes=True,
    )
