"""Property definitions and the values they take."""

import re
from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from simulators.hubspot.errors import Unusable
from simulators.hubspot.when import instant, iso

Kind = Literal["contacts", "companies"]

_FIELD_TYPES = {
    "string": ("text", "textarea", "html", "phonenumber", "file"),
    "number": ("number",),
    "date": ("date",),
    "datetime": ("date",),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox"),
    "bool": ("booleancheckbox",),
}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")  # HubSpot refuses exponents: "1.4e-14 was not a valid number."
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@([a-z0-9-]+\.)+[a-z]{2,63}")
_DAY_MS = 86_400_000


class Option(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A choice of an enumeration."""

    label: str
    value: str
    description: str = ""
    display_order: int = -1
    hidden: bool = False


class Definition(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A property as a client asks for it."""

    name: str
    label: str
    type: str
    field_type: str
    group_name: str
    description: str = ""
    options: tuple[Option, ...] = ()
    display_order: int = -1
    has_unique_value: bool = False
    hidden: bool = False
    form_field: bool = False


class Redefinition(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What a client changes about a property; `options` replace all there were."""

    label: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    field_type: str | UnsetType = UNSET
    group_name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    options: tuple[Option, ...] | UnsetType = UNSET
    display_order: int | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    form_field: bool | UnsetType = UNSET


class Modification(msgspec.Struct, frozen=True, rename="camel"):
    """What a client may change about a property."""

    archivable: bool
    read_only_definition: bool
    read_only_value: bool


class Property(Definition, frozen=True, rename="camel", kw_only=True):
    """A property as the CRM knows it."""

    hubspot_defined: bool
    modification_metadata: Modification
    calculated: bool = False
    external_options: bool = False


def custom(asked: Definition) -> Property:
    """The property a client's definition makes."""
    return Property(
        **msgspec.structs.asdict(asked),
        hubspot_defined=False,
        modification_metadata=Modification(True, False, False),
    )


def changed(held: Property, asked: Redefinition) -> Property:
    """The property with what was asked for; all else stays."""
    changes = {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not UNSET}
    return msgspec.structs.replace(held, **changes)


def definition_fault(asked: Definition) -> str | None:
    """Why a definition cannot be used, or None."""
    if not _NAME.fullmatch(asked.name):
        return "Property names must start with a letter and hold lower-case letters, digits and underscores"
    if asked.field_type not in _FIELD_TYPES.get(asked.type, ()):
        return f"fieldType {asked.field_type} is not valid for type {asked.type}"
    values = [option.value for option in asked.options]
    if asked.type == "enumeration" and not values:
        return "An enumeration needs options"
    if len(values) != len(set(values)):
        return "Option values must be unique"
    return None


def clean(definition: Property, value: str) -> str | Unusable:
    """The value as the CRM keeps it, or why it is not taken. An empty string clears any property."""
    if definition.modification_metadata.read_only_value:
        message = f'"{definition.name}" is a read only property; its value cannot be set.'
        return Unusable(definition.name, "READ_ONLY_VALUE", message)
    if not value:
        return value
    if definition.name == "email":
        return _email(value)
    if definition.name == "domain":
        return value.lower()
    return _CLEANERS[definition.type](definition, value)


def is_number(value: str) -> bool:
    """Whether HubSpot reads the text as a number."""
    return _NUMBER.fullmatch(value) is not None


def _email(value: str) -> str | Unusable:
    address = value.strip().lower()
    if _EMAIL.fullmatch(address):
        return address
    return Unusable("email", "INVALID_EMAIL", f"Email address {value} is invalid")


def _string(definition: Property, value: str) -> str | Unusable:
    if len(value) <= 65_536:
        return value
    return Unusable(definition.name, "PROPERTY_VALUE_TOO_LONG", "The value is longer than 65536 characters")


def _number(definition: Property, value: str) -> str | Unusable:
    if is_number(value):
        return value
    return Unusable(definition.name, "INVALID_INTEGER", f"{value} was not a valid number.")


def _datetime(definition: Property, value: str) -> str | Unusable:
    millis = instant(value)
    if millis is not None:
        return iso(millis)
    return Unusable(definition.name, "INVALID_LONG", f"{value} was not a valid long.")


def _date(definition: Property, value: str) -> str | Unusable:
    millis = instant(f"{value}T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value)
    if millis is not None and millis % _DAY_MS == 0:
        return iso(millis)[:10]
    return Unusable(definition.name, "INVALID_DATE", f"{value} is not a date at midnight UTC")


def _choice(definition: Property, value: str) -> str | Unusable:
    allowed = [option.value for option in definition.options]
    chosen = value.split(";") if definition.field_type == "checkbox" else [value]
    if all(each in allowed for each in chosen):
        return value
    message = f"{value} was not one of the allowed options: [{', '.join(allowed)}]"
    return Unusable(definition.name, "INVALID_OPTION", message)


def _truth(definition: Property, value: str) -> str | Unusable:
    if value in ("true", "false"):
        return value
    return Unusable(definition.name, "INVALID_OPTION", f"{value} was not one of [true, false]")


_CLEANERS: dict[str, Callable[[Property, str], str | Unusable]] = {
    "string": _string,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "enumeration": _choice,
    "bool": _truth,
}
