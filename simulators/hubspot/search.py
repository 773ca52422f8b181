"""Search, as the CRM's index sees the records (https://developers.hubspot.com/docs/api-reference/search)."""

from collections.abc import Mapping
from functools import partial

from msgspec import UNSET

from simulators.hubspot.crm import Record, Shelf
from simulators.hubspot.errors import invalid
from simulators.hubspot.reads import answer, asked_for
from simulators.hubspot.schema import Property, is_number
from simulators.hubspot.when import instant
from simulators.hubspot.wire import Filter, Next, Page, Paging, Search, Sort

BODY_LIMIT = 3_000
_FILTERS_LIMIT = 18
_REACH = 10_000
_SEARCHED = ("email", "firstname", "lastname", "phone", "company", "name", "domain", "website")

_OPPOSITES = {
    "NEQ": "EQ",
    "NOT_IN": "IN",
    "NOT_CONTAINS_TOKEN": "CONTAINS_TOKEN",
    "NOT_HAS_PROPERTY": "HAS_PROPERTY",
}
_ORDERS = {"EQ": (0,), "LT": (-1,), "LTE": (-1, 0), "GT": (1,), "GTE": (0, 1)}

Found = tuple[Record, dict[str, str]]


def search(shelf: Shelf, asked: Search, now: int) -> Page:
    """A page of the matching records. A 400 for what HubSpot does not search (`Refused`)."""
    offset = _offset(asked)
    _check(shelf, asked)
    found = [each for each in shelf.index.visible(now) if _matches(shelf, asked, each[1])]
    _sort(shelf, asked, found)
    page = found[offset : offset + asked.limit]
    behind = offset + len(page)
    shown = asked_for(shelf, asked.properties)
    return Page(
        results=[answer(record, properties, shown) for record, properties in page],
        total=len(found),
        paging=Paging(Next(str(behind))) if behind < len(found) else UNSET,
    )


def _offset(asked: Search) -> int:
    text = str(asked.after)
    if not text.isdecimal() or int(text) + asked.limit > _REACH:
        raise invalid(f"after must be an offset, and offset and limit at most {_REACH} together")
    return int(text)


def _check(shelf: Shelf, asked: Search) -> None:
    filters = [each for group in asked.filter_groups for each in group.filters]
    if len(filters) > _FILTERS_LIMIT:
        raise invalid(f"A search takes at most {_FILTERS_LIMIT} filters")
    for each in filters:
        definition = shelf.definitions.get(each.property_name)
        if definition is None or not _is_complete(each) or not _is_readable(definition, each):
            raise invalid("There was a problem with the request.")


def _is_complete(asked: Filter) -> bool:
    match asked.operator:
        case "HAS_PROPERTY" | "NOT_HAS_PROPERTY":
            return True
        case "IN" | "NOT_IN":
            return bool(asked.values) and asked.value is None
        case "BETWEEN":
            return asked.value is not None and asked.high_value is not None
        case _:
            return asked.value is not None and not asked.values


def _is_readable(definition: Property, asked: Filter) -> bool:
    values = [each for each in (asked.value, asked.high_value) if each is not None]
    return all(_comparable(definition, each) is not None for each in values)


def _matches(shelf: Shelf, asked: Search, properties: Mapping[str, str]) -> bool:
    words = asked.query.lower()
    if words and not any(words in properties.get(name, "").lower() for name in _SEARCHED):
        return False
    groups = asked.filter_groups
    return not groups or any(all(_holds(shelf, each, properties) for each in group.filters) for group in groups)


def _holds(shelf: Shelf, asked: Filter, properties: Mapping[str, str]) -> bool:
    definition = shelf.definitions[asked.property_name]
    held = properties.get(asked.property_name)
    opposite = _OPPOSITES.get(asked.operator)
    if opposite is not None:
        return not _is(definition, opposite, asked, held)
    return _is(definition, asked.operator, asked, held)


def _is(definition: Property, operator: str, asked: Filter, held: str | None) -> bool:
    if held is None:
        return False
    match operator:
        case "HAS_PROPERTY":
            return True
        case "IN":
            # HubSpot compares text in lower case and wants the values of IN written so.
            return held.lower() in asked.values
        case "CONTAINS_TOKEN":
            return (asked.value or "").strip("*").lower() in held.lower()
        case "BETWEEN":
            return _order(definition, held, asked.value) >= 0 >= _order(definition, held, asked.high_value)
        case _:
            return _order(definition, held, asked.value) in _ORDERS[operator]


def _order(definition: Property, held: str, value: str | None) -> int:
    here, there = _comparable(definition, held), _comparable(definition, value or "")
    if isinstance(here, float) and isinstance(there, float):
        return (here > there) - (here < there)
    return (str(here) > str(there)) - (str(here) < str(there))


def _comparable(definition: Property, value: str) -> float | str | None:
    if definition.type == "number":
        return float(value) if is_number(value) else None
    if definition.type in ("datetime", "date"):
        millis = instant(value if definition.type == "datetime" else f"{value}T00:00:00Z")
        return None if millis is None else float(millis)
    return value.lower()


def _sort(shelf: Shelf, asked: Search, found: list[Found]) -> None:
    for each in asked.sorts:
        sort = each if isinstance(each, Sort) else _sort_of(each)
        definition = shelf.definitions.get(sort.property_name)
        if definition is None:
            raise invalid(f"Property {sort.property_name} does not exist")
        found.sort(key=partial(_sort_key, definition), reverse=sort.direction == "DESCENDING")


def _sort_of(text: str) -> Sort:
    return Sort(property_name=text.lstrip("-"), direction="DESCENDING" if text.startswith("-") else "ASCENDING")


def _sort_key(definition: Property, found: Found) -> tuple[bool, float | str]:
    held = found[1].get(definition.name)
    return (held is not None, "" if held is None else _comparable(definition, held) or "")
