"""The fields that leadstream keeps in HubSpot: how an admin sees them, and what a record says in each.

Source of types and value forms: HubSpot, "Properties" (numbers and times travel as strings, "" clears a
value, a time is ISO 8601 in UTC).
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from state.moment import iso
from state.record import Kind, Record

Form = Literal["number", "text", "paragraph", "time", "choice"]


class Field(msgspec.Struct, frozen=True):
    """One property: `name` without the prefix; `value` is "" when the record says nothing."""

    name: str
    label: str
    description: str
    form: Form
    value: Callable[[Record], str]


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields of a contact, or of a company."""
    return CONTACT_FIELDS if kind == "contact" else COMPANY_FIELDS


def values(record: Record, prefix: str) -> dict[str, str]:
    """The record as HubSpot properties: all of them each time, so that what no longer holds is cleared."""
    return {prefix + field.name: field.value(record) for field in fields_of(record.kind)}


def decimal(points: float | None) -> str:
    """Points with one decimal.

    >>> decimal(42), decimal(-0.04), decimal(None)
    ('42.0', '0.0', '')
    """
    return "" if points is None else f"{round(points, 1) + 0.0:.1f}"


def moment(ms: int | None) -> str:
    """Unix milliseconds in ISO 8601.

    >>> moment(0), moment(None)
    ('1970-01-01T00:00:00Z', '')
    """
    return "" if ms is None else iso(ms)


def _score(whose: str, label: str) -> Field:
    description = (
        f"How likely {whose} is to buy, from behaviour and fit; usually 0 to 100. It falls as time passes"
        " without activity."
    )
    return Field("score", label, description, "number", lambda r: decimal(r.score))


def _reason(number: int) -> Field:
    def value(record: Record) -> str:
        return record.reasons[number - 1] if number <= len(record.reasons) else ""

    place = ("first", "second", "third")[number - 1]
    description = f"The {place} reason for the score. Empty when there are fewer."
    return Field(f"reason_{number}", f"Score reason {number}", description, "text", value)


_SHARED = (
    Field("band", "Score band", "The range that the score is in.", "choice", lambda r: r.band),
    Field("fit", "Fit points", "Points for who they are.", "number", lambda r: decimal(r.fit)),
    Field("behaviour", "Behaviour points", "Points for what they did.", "number", lambda r: decimal(r.behaviour)),
    *(_reason(number) for number in (1, 2, 3)),
    Field("why", "Why this score", "The score in one sentence.", "paragraph", lambda r: r.why),
    Field(
        "last_intent",
        "Last high-intent action",
        "The latest action that speaks of buying.",
        "text",
        lambda r: r.last_intent,
    ),
    Field(
        "last_intent_at",
        "Last high-intent action at",
        "When the latest action that speaks of buying happened.",
        "time",
        lambda r: moment(r.last_intent_at),
    ),
    Field(
        "high_until",
        "High until",
        "Until when the band stays high if nothing else happens. Empty when it is not high.",
        "time",
        lambda r: moment(r.high_until),
    ),
    Field(
        "identity_corrected_at",
        "Identity corrected at",
        "When somebody last put right whom the activity belongs to. Empty when nobody did.",
        "time",
        lambda r: moment(r.corrected_at),
    ),
    Field("scored_at", "Score updated at", "When the score was worked out.", "time", lambda r: moment(r.scored_at)),
    Field("model", "Score model", "The scoring model and its version.", "text", lambda r: r.model),
)
_ACCOUNT_SCORE = Field(
    "account_score",
    "Account score",
    "The score of the contact's company. Empty when the company is not known.",
    "number",
    lambda r: decimal(r.account_score),
)

CONTACT_FIELDS = (_score("this contact", "Lead score"), *_SHARED, _ACCOUNT_SCORE)
COMPANY_FIELDS = (_score("this company", "Account score"), *_SHARED)
