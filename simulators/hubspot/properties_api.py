"""The endpoints under /crm/v3/properties: what fields records have, and making new ones."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.hubspot.crm import Shelf
from simulators.hubspot.errors import Problem, Refused, invalid, not_found
from simulators.hubspot.objects_api import answered
from simulators.hubspot.schema import Definition, Property, Redefinition, changed, custom, definition_fault
from simulators.hubspot.simulator import shelf, simulator
from simulators.hubspot.when import iso
from simulators.hubspot.wire import BATCH_LIMIT, decode


class Group(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A heading that properties stand under."""

    name: str
    label: str
    display_order: int = -1
    archived: bool = False


class Properties(msgspec.Struct, frozen=True):
    """All properties of a kind."""

    results: list[Property]


class Definitions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of batch/create."""

    inputs: Annotated[list[Definition], msgspec.Meta(min_length=1, max_length=BATCH_LIMIT)]


class PropertiesAnswer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What batch/create answers."""

    status: str = "COMPLETE"
    results: list[Property]
    num_errors: int | UnsetType = UNSET
    errors: list[Problem] | UnsetType = UNSET
    started_at: str
    completed_at: str


async def list_properties(request: Request) -> Response:
    """GET all properties of a kind."""
    return answered(Properties(list(shelf(request).definitions.values())))


async def get_property(request: Request) -> Response:
    """GET one property."""
    return answered(_held(request))


async def change_property(request: Request) -> Response:
    """PATCH one property; what the body leaves out stays."""
    held = _held(request)
    if held.modification_metadata.read_only_definition:
        raise invalid(f"The definition of {held.name} is read only", {"name": [held.name]})
    definition = changed(held, decode(await request.body(), Redefinition))
    _check(shelf(request), definition)
    shelf(request).define(definition)
    return answered(definition)


async def create_property(request: Request) -> Response:
    """POST one property; 409 when there is one of that name."""
    asked = decode(await request.body(), Definition)
    records = shelf(request)
    _check(records, asked)
    if asked.name in records.definitions:
        raise Refused(409, _exists(asked))
    return answered(_define(records, asked), 201)


async def create_properties(request: Request) -> Response:
    """POST several properties; those that exist already are errors of a 207."""
    inputs = decode(await request.body(), Definitions).inputs
    records = shelf(request)
    for asked in inputs:
        _check(records, asked)
    errors = [_exists(asked) for asked in inputs if asked.name in records.definitions]
    results = [_define(records, asked) for asked in inputs if asked.name not in records.definitions]
    now = iso(simulator(request).clock())
    body = PropertiesAnswer(
        results=results,
        errors=errors or UNSET,
        num_errors=len(errors) or UNSET,
        started_at=now,
        completed_at=now,
    )
    return answered(body, 207 if errors else 201)


async def create_group(request: Request) -> Response:
    """POST a property group."""
    asked = decode(await request.body(), Group)
    groups = shelf(request).groups
    if asked.name in groups:
        message = f"A property group named '{asked.name}' already exists."
        raise Refused(409, Problem(message=message, category="OBJECT_ALREADY_EXISTS"))
    groups.add(asked.name)
    return answered(asked, 201)


def _held(request: Request) -> Property:
    found = shelf(request).definitions.get(request.path_params["name"])
    if found is None:
        raise not_found("The property does not exist.")
    return found


def _check(records: Shelf, asked: Definition) -> None:
    fault = definition_fault(asked)
    if fault is not None:
        raise invalid(fault, {"name": [asked.name]})
    if asked.group_name not in records.groups:
        raise invalid(f"Property group {asked.group_name} does not exist", {"name": [asked.name]})


def _exists(asked: Definition) -> Problem:
    message = f"A property named '{asked.name}' already exists."
    return Problem(message=message, category="OBJECT_ALREADY_EXISTS", context={"name": [asked.name]})


def _define(records: Shelf, asked: Definition) -> Property:
    definition = custom(asked)
    records.define(definition)
    return definition


def routes() -> list[Route]:
    """The properties API."""
    base = "/crm/v3/properties/{kind}"
    return [
        Route(f"{base}/batch/create", create_properties, methods=["POST"]),
        Route(f"{base}/groups", create_group, methods=["POST"]),
        Route(base, list_properties, methods=["GET"]),
        Route(base, create_property, methods=["POST"]),
        Route(f"{base}/{{name}}", get_property),
        Route(f"{base}/{{name}}", change_property, methods=["PATCH"]),
    ]
