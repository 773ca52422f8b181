"""Records the CRM holds before anyone writes.

One JSON object a line: `{"type": "company", "properties": {"domain": "acme.com", "name": "Acme"}}`, the type
`company` or `contact`, the properties HubSpot's own, every value a string.
"""

from pathlib import Path
from typing import Literal

import msgspec

from simulators.hubspot.crm import Crm


class SeedRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the seed file."""

    type: Literal["company", "contact"]
    properties: dict[str, str]


class SeedUnusable(ValueError):
    """The seed file cannot be used; the message names file, line and remedy."""


def plant(crm: Crm, path: Path, now: int) -> None:
    """Put the file's records into the CRM, searchable at once. Raises `SeedUnusable`."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as trouble:
        raise SeedUnusable(f"{path}: cannot be read ({trouble.strerror}); name a JSONL file") from trouble
    for number, line in enumerate(lines, start=1):
        if line.strip():
            _plant_line(crm, line, f"{path}:{number}", now)
    for shelf in crm:
        shelf.index.settle(now + shelf.index.lag_ms)


def _plant_line(crm: Crm, line: bytes, where: str, now: int) -> None:
    try:
        record = msgspec.json.decode(line, type=SeedRecord)
    except (ValueError, RecursionError) as broken:
        raise SeedUnusable(f"{where}: {broken}; see simulators/hubspot/seed.py for the form") from broken
    shelf = crm.contacts if record.type == "contact" else crm.companies
    values, unusable = shelf.clean(record.properties)
    if unusable:
        named = ", ".join(f"{each.name} ({each.code})" for each in unusable)
        raise SeedUnusable(f"{where}: the CRM does not take {named}; correct or remove it")
    if shelf.owner_of(values) is not None:
        raise SeedUnusable(f"{where}: a contact with this e-mail is on an earlier line; keep one of them")
    shelf.create(values, now)
