"""How one record came to read as it does."""

from collections.abc import Iterable

import msgspec

from simulators.hubspot.crm import Record, Shelf
from simulators.hubspot.lead import SCORED_AT, moment, points
from simulators.hubspot.when import instant, minute

_UNTOLD = (SCORED_AT, "hs_object_id", "createdate")  # what a version is by itself, not what it changed


class Change(msgspec.Struct, frozen=True):
    """One property that got another value, in words; of free text the new value says enough."""

    label: str
    before: str
    after: str


class Step(msgspec.Struct, frozen=True):
    """The record after one version; `at` is when the score was taken, else when the version came."""

    at: int
    score: float | None
    band: str
    changes: tuple[Change, ...]


def steps(shelf: Shelf, record: Record) -> list[Step]:
    """All versions of a record, oldest first."""
    held: dict[str, str] = {}
    found = []
    for version in record.versions:
        changed = version.changed()
        changes = tuple(_changes(shelf, held, changed))
        held.update(changed)
        at = moment(held, SCORED_AT) if SCORED_AT in held else None
        found.append(
            Step(
                at=version.received_at if at is None else at,
                score=points(held, "leadstream_score"),
                band=held.get("leadstream_band", ""),
                changes=changes,
            )
        )
    return found


def _changes(shelf: Shelf, held: dict[str, str], changed: dict[str, str]) -> Iterable[Change]:
    for name, definition in shelf.definitions.items():
        if name in changed and name not in _UNTOLD:
            readable = _instant_in_words if definition.type == "datetime" else str
            before = "" if definition.type == "string" else held.get(name, "")
            yield Change(definition.label, readable(before), readable(changed[name]))


def _instant_in_words(value: str) -> str:
    millis = instant(value)
    return value if millis is None else minute(millis)
