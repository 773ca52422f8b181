"""A portal that has leadstream's fields, with a clock that stands still."""

import pytest

from simulators.hubspot.crm import Crm
from simulators.hubspot.schema import Definition, Option, custom

FIELDS = {
    "leadstream_score": "number",
    "leadstream_account_score": "number",
    "leadstream_last_intent": "string",
    "leadstream_last_intent_at": "datetime",
    "leadstream_scored_at": "datetime",
    "leadstream_high_until": "datetime",
    "leadstream_reason_1": "string",
    "leadstream_why": "string",
}
FIELD_TYPES = {"number": "number", "string": "text", "datetime": "date"}


@pytest.fixture
def crm() -> Crm:
    portal = Crm()
    for shelf in portal:
        for name, type_ in FIELDS.items():
            shelf.define(custom(definition(name, type_, FIELD_TYPES[type_])))
        bands = tuple(Option(band.capitalize(), band) for band in ("low", "medium", "high"))
        shelf.define(custom(definition("leadstream_band", "enumeration", "select", bands)))
    return portal


def definition(name: str, type_: str, field_type: str, options: tuple[Option, ...] = ()) -> Definition:
    return Definition(
        name=name, label=name, type=type_, field_type=field_type, group_name="contactinformation", options=options
    )
