"""The call list: who to speak to next."""

from urllib.parse import urlencode

import msgspec

from simulators.hubspot.crm import Crm, Record, Shelf
from simulators.hubspot.lead import Account, Lead, account, lead, points

PAGE_SIZE = 50
UNSCORED = "unscored"
_SEARCHED = (
    "email", "firstname", "lastname", "company", "jobtitle", "name", "domain", "leadstream_why",
    "leadstream_last_intent", "leadstream_reason_1", "leadstream_reason_2", "leadstream_reason_3",
)  # fmt: skip


class Asked(msgspec.Struct, frozen=True):
    """What the reader chose; `page` counts from 1."""

    band: str = ""
    words: str = ""
    page: int = 1

    def link(self, band: str | None = None, page: int = 1) -> str:
        """The query string for another band or page."""
        chosen = {
            "band": self.band if band is None else band,
            "q": self.words,
            "page": str(page) if page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in chosen.items() if value})


class Chip(msgspec.Struct, frozen=True):
    """A band to filter by, and how many records are in it."""

    band: str
    count: int


class Row(msgspec.Struct, frozen=True):
    """One line of the list."""

    lead: Lead
    account: Account | None


class CallList(msgspec.Struct, frozen=True):
    """A page of the list; `total` counts what matches, `held` all there is."""

    rows: list[Row]
    chips: list[Chip]
    total: int
    held: int
    pages: int


def call_list(crm: Crm, shelf: Shelf, asked: Asked) -> CallList:
    """The records that match, by score, the highest first."""
    records = [each for each in shelf.records.values() if _mentions(each, asked.words.lower())]
    chosen = [each for each in records if asked.band in ("", band_of(each))]
    chosen.sort(key=_rank, reverse=True)
    start = (asked.page - 1) * PAGE_SIZE
    return CallList(
        rows=[_row(crm, shelf, each) for each in chosen[start : start + PAGE_SIZE]],
        chips=_chips(records),
        total=len(chosen),
        held=len(shelf.records),
        pages=max(1, -(-len(chosen) // PAGE_SIZE)),
    )


def band_of(record: Record) -> str:
    """The band a record is in, as the filter names it."""
    return record.properties.get("leadstream_band", UNSCORED)


def _rank(record: Record) -> tuple[float, str, str]:
    held = record.properties
    score = points(held, "leadstream_score")
    return (-1.0 if score is None else score, held.get("leadstream_last_intent_at", ""), record.id)


def _row(crm: Crm, shelf: Shelf, record: Record) -> Row:
    return Row(lead(shelf, record), account(crm, record) if shelf.kind == "contacts" else None)


def _mentions(record: Record, words: str) -> bool:
    return not words or any(words in record.properties.get(name, "").lower() for name in _SEARCHED)


def _chips(records: list[Record]) -> list[Chip]:
    counts: dict[str, int] = {}
    best: dict[str, float] = {UNSCORED: -1.0}
    for record in records:
        band = band_of(record)
        counts[band] = counts.get(band, 0) + 1
        best[band] = max(best.get(band, 0.0), points(record.properties, "leadstream_score") or 0.0)
    best[UNSCORED] = -1.0
    return [Chip(band, counts[band]) for band in sorted(counts, key=lambda each: -best[each])]
