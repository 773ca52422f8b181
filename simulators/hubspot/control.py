"""What a test or a demo tells the simulator, and asks it; not HubSpot's, and needs no token."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.hubspot.crm import Record
from simulators.hubspot.errors import not_found
from simulators.hubspot.faults import Fault
from simulators.hubspot.objects_api import answered
from simulators.hubspot.simulator import simulator
from simulators.hubspot.when import iso
from simulators.hubspot.wire import decode


class Calls(msgspec.Struct, frozen=True):
    """How often a path was called and answered so; status 0 is a connection that was dropped."""

    method: str
    path: str
    status: int
    count: int


class ToldVersion(msgspec.Struct, frozen=True, rename="camel"):
    """One write: when it came, and the properties that got another value."""

    received_at: str
    changed: dict[str, str]


class ToldRecord(msgspec.Struct, frozen=True, rename="camel"):
    """A record with all it was ever told, oldest first."""

    id: str
    properties: dict[str, str]
    versions: list[ToldVersion]


async def arm_fault(request: Request) -> Response:
    """POST a fault (`simulators.hubspot.faults.Fault`)."""
    faults = simulator(request).faults
    faults.arm(decode(await request.body(), Fault))
    return answered(faults.armed, 201)


async def armed_faults(request: Request) -> Response:
    """GET the faults not yet used up."""
    return answered(simulator(request).faults.armed)


async def clear_faults(request: Request) -> Response:
    """DELETE all faults."""
    simulator(request).faults.clear()
    return Response(status_code=204)


async def reset(request: Request) -> Response:
    """POST to have it as if just started: no records but the seed's, no fields of ours, no faults, no counts."""
    simulator(request).begin()
    return Response(status_code=204)


async def counted_calls(request: Request) -> Response:
    """GET the API calls so far, by method, path and status."""
    calls = sorted(simulator(request).calls.items())
    return answered([Calls(*key, count) for key, count in calls])


async def told_records(request: Request) -> Response:
    """GET every record of a kind with every version."""
    found = simulator(request).crm.shelf(request.path_params["kind"])
    if found is None:
        raise not_found()
    return answered([_told(record) for record in found.records.values()])


def _told(record: Record) -> ToldRecord:
    versions = [ToldVersion(iso(each.received_at), each.changed()) for each in record.versions]
    return ToldRecord(record.id, record.properties, versions)


def routes() -> list[Route]:
    """The control endpoints."""
    faults = "/_simulator/faults"
    return [
        Route(faults, arm_fault, methods=["POST"]),
        Route(faults, armed_faults, methods=["GET"]),
        Route(faults, clear_faults, methods=["DELETE"]),
        Route("/_simulator/reset", reset, methods=["POST"]),
        Route("/_simulator/requests", counted_calls),
        Route("/_simulator/records/{kind}", told_records),
    ]
