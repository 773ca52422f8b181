"""What became of leads: a CSV file of contacts, and when each converted, if it did."""

import csv
from collections.abc import Mapping
from pathlib import Path

from flows.exits import Problem
from flows.find import candidates
from state.ids import bare
from state.moment import milliseconds

CONTACT = "contact"
CONVERTED = "converted_at"

Outcomes = dict[str, int | None]
"""Lead, as an id -> when it converted (ms); None: it did not."""


def read_outcomes(path: Path) -> Outcomes:
    """Read a file with the columns `contact` (e-mail, user:ID or crm:ID) and `converted_at` (ISO 8601 or empty).

    A lead that converted more than once counts by its first time. Raises `Problem` that names line and remedy.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, csv.DictReader(file))
    except OSError as error:
        raise Problem(f"{path} cannot be read ({error.strerror}): name a CSV file with --outcomes") from None
    except (UnicodeDecodeError, csv.Error):
        raise Problem(f"{path} is no CSV in UTF-8: save it as that") from None


def _read(path: Path, rows: "csv.DictReader[str]") -> Outcomes:
    if not {CONTACT, CONVERTED} <= set(rows.fieldnames or ()):
        raise Problem(f"{path}: the first line must name the columns {CONTACT} and {CONVERTED}")
    outcomes: Outcomes = {}
    for row in rows:
        at = _moment(path, rows.line_num, row)
        id_ = next(candidates((row[CONTACT] or "").strip()), None)
        if id_ is None or not bare(id_):
            raise Problem(f"{path}, line {rows.line_num}: {CONTACT} is no e-mail, user:ID or crm:ID")
        known = outcomes.get(id_)
        outcomes[id_] = at if known is None else known if at is None else min(known, at)
    if not outcomes:
        raise Problem(f"{path} holds no leads: give a line for every lead, with an empty {CONVERTED} where none came")
    return outcomes


def _moment(path: Path, line: int, row: Mapping[str, str | None]) -> int | None:
    text = (row[CONVERTED] or "").strip()
    try:
        return milliseconds(text) if text else None
    except (ValueError, OverflowError):
        raise Problem(f"{path}, line {line}: {CONVERTED} is no time; write 2026-05-27T00:00:00Z") from None


def last_of(outcomes: Outcomes) -> int:
    """When the last lead converted (ms); 0 if none did."""
    return max((at for at in outcomes.values() if at is not None), default=0)
