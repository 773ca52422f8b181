"""A record as a salesperson reads it: what leadstream wrote, and who it is."""

from collections.abc import Mapping

import msgspec

from simulators.hubspot.crm import Crm, Record, Shelf
from simulators.hubspot.when import instant

SCORED_AT = "leadstream_scored_at"
_REASONS = ("leadstream_reason_1", "leadstream_reason_2", "leadstream_reason_3")


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """Scores are points, times Unix milliseconds; None where nothing was written."""

    path: str
    name: str
    address: str
    title: str
    score: float | None
    band: str
    fit: float | None
    behaviour: float | None
    reasons: tuple[str, ...]
    why: str
    last_intent: str
    last_intent_at: int | None
    scored_at: int | None
    high_until: int | None
    account_score: float | None
    model: str

    @property
    def unsaid(self) -> tuple[str, ...]:
        """The reasons that the sentence leaves out."""
        return tuple(reason for reason in self.reasons if reason.lower() not in self.why.lower())


class Account(msgspec.Struct, frozen=True):
    """The company a contact belongs to; `path` is empty where the CRM has no record of it."""

    name: str
    path: str


def lead(shelf: Shelf, record: Record) -> Lead:
    """What the record says."""
    held = record.properties
    address = held.get("email" if shelf.kind == "contacts" else "domain", "")
    return Lead(
        path=f"/{shelf.kind}/{record.id}",
        name=_name(held) or address or f"Record {record.id}",
        address=address,
        title=held.get("jobtitle", ""),
        score=points(held, "leadstream_score"),
        band=held.get("leadstream_band", ""),
        fit=points(held, "leadstream_fit"),
        behaviour=points(held, "leadstream_behaviour"),
        reasons=tuple(held[name] for name in _REASONS if name in held),
        why=held.get("leadstream_why", ""),
        last_intent=held.get("leadstream_last_intent", ""),
        last_intent_at=moment(held, "leadstream_last_intent_at"),
        scored_at=moment(held, SCORED_AT),
        high_until=moment(held, "leadstream_high_until"),
        account_score=points(held, "leadstream_account_score"),
        model=held.get("leadstream_model", ""),
    )


def points(held: Mapping[str, str], name: str) -> float | None:
    """A score among the properties."""
    try:
        return float(held[name])
    except (KeyError, ValueError):
        return None


def moment(held: Mapping[str, str], name: str) -> int | None:
    """A time among the properties."""
    return instant(held[name]) if name in held else None


def account(crm: Crm, record: Record) -> Account:
    """A contact's company: by name as written, by the domain of its address otherwise.

    Nobody's company is the provider of a personal address: scores of such people come without an account's.
    """
    domain = _domain(record.properties)
    company = crm.companies.by_domain(domain)
    if company is None:
        placed = "leadstream_score" not in record.properties or "leadstream_account_score" in record.properties
        return Account(record.properties.get("company", "") or (domain if placed else ""), "")
    name = record.properties.get("company", "") or _name(company.properties) or domain
    return Account(name, f"/companies/{company.id}")


def people(crm: Crm, company: Record) -> list[Record]:
    """The contacts with an address at the company."""
    domain = company.properties.get("domain", "")
    return [each for each in crm.contacts.records.values() if domain and _is_at(_domain(each.properties), domain)]


def newest_score(crm: Crm) -> int | None:
    """The latest moment any record was scored at: in a time-lapse this, not the wall clock, is now."""
    written = (each.properties.get(SCORED_AT, "") for shelf in crm for each in shelf.records.values())
    return instant(max(written, default=""))


def _domain(held: Mapping[str, str]) -> str:
    return held.get("email", "").rpartition("@")[2]


def _is_at(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _name(held: Mapping[str, str]) -> str:
    return held.get("name", "") or " ".join(filter(None, (held.get("firstname"), held.get("lastname"))))
