"""One record, a page of them, a batch by id."""

from collections.abc import Iterable, Mapping

from msgspec import UNSET

from simulators.hubspot.crm import Record, Shelf
from simulators.hubspot.errors import invalid
from simulators.hubspot.standard import READ_BY_DEFAULT
from simulators.hubspot.when import iso
from simulators.hubspot.wire import Next, ObjectAnswer, Page, Paging


def answer(record: Record, properties: Mapping[str, str], names: Iterable[str]) -> ObjectAnswer:
    """A record with the named properties; those it has no value for are null."""
    return ObjectAnswer(
        id=record.id,
        properties={name: properties.get(name) for name in sorted(names)},
        created_at=iso(record.created_at),
        updated_at=iso(record.updated_at),
    )


def asked_for(shelf: Shelf, names: Iterable[str]) -> set[str]:
    """The properties to show: the standard ones and those asked for; unknown names are passed over."""
    return {*READ_BY_DEFAULT[shelf.kind], *(name for name in names if name in shelf.definitions)}


def check_key(shelf: Shelf, by: str | None) -> None:
    """Refuse to look records up by a property whose values need not be unique."""
    if by is not None and not shelf.is_unique(by):
        raise invalid(f"{by} is not a unique property")


def listed(shelf: Shelf, names: Iterable[str], limit: int, after: int) -> Page:
    """Records in the order of their ids, from the one behind `after` on."""
    shown = asked_for(shelf, names)
    ids = [record_id for record_id in shelf.records if int(record_id) > after]
    page = [shelf.records[record_id] for record_id in ids[:limit]]
    return Page(
        results=[answer(record, record.properties, shown) for record in page],
        paging=Paging(Next(page[-1].id)) if len(ids) > limit else UNSET,
    )
