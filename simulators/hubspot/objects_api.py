"""The endpoints under /crm/v3/objects."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.hubspot.errors import invalid, not_found
from simulators.hubspot.reads import answer, asked_for, check_key, listed
from simulators.hubspot.search import BODY_LIMIT, search
from simulators.hubspot.simulator import shelf, simulator
from simulators.hubspot.wire import (
    BATCH_LIMIT,
    Batch,
    BatchAnswer,
    BatchRead,
    GdprDelete,
    Keyed,
    New,
    Search,
    decode,
)
from simulators.hubspot.writes import Item, Verb, batch_answer, created, keyed, missing, write

Endpoint = Callable[[Request], Awaitable[Response]]


def answered(body: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


async def create_batch(request: Request) -> Response:
    """POST batch/create."""
    items = created(decode(await request.body(), Batch[New]).inputs)
    return _written(_write(request, "create", items), 201)


async def update_batch(request: Request) -> Response:
    """POST batch/update."""
    items = keyed(decode(await request.body(), Batch[Keyed]).inputs)
    return _written(_write(request, "update", items), 200)


async def upsert_batch(request: Request) -> Response:
    """POST batch/upsert."""
    items = keyed(decode(await request.body(), Batch[Keyed]).inputs)
    return _written(_write(request, "upsert", items), 200)


def _write(request: Request, verb: Verb, items: list[Item]) -> BatchAnswer:
    doomed: frozenset[str] = getattr(request.state, "doomed", frozenset())
    return write(shelf(request), verb, items, doomed, simulator(request).clock())


def _written(body: BatchAnswer, status: int) -> Response:
    return answered(body, 207 if body.errors else status)


async def read_batch(request: Request) -> Response:
    """POST batch/read."""
    asked = decode(await request.body(), BatchRead)
    records = shelf(request)
    check_key(records, asked.id_property)
    names = asked_for(records, asked.properties)
    found = {each.id: records.find(each.id, asked.id_property) for each in asked.inputs}
    results = [answer(each, each.properties, names) for each in found.values() if each is not None]
    unknown = [key for key, each in found.items() if each is None]
    errors = [missing(records, unknown)] if unknown else []
    return _written(batch_answer(results, errors, simulator(request).clock()), 200)


async def search_records(request: Request) -> Response:
    """POST search."""
    body = await request.body()
    if len(body) > BODY_LIMIT:
        raise invalid(f"The body of a search may have at most {BODY_LIMIT} characters")
    return answered(search(shelf(request), decode(body, Search), simulator(request).clock()))


async def list_records(request: Request) -> Response:
    """GET a page of records."""
    limit = _whole(request, "limit", 10)
    if not 1 <= limit <= BATCH_LIMIT:
        raise invalid(f"limit must lie between 1 and {BATCH_LIMIT}")
    return answered(listed(shelf(request), _names(request), limit, _whole(request, "after", 0)))


async def get_record(request: Request) -> Response:
    """GET one record, by id or by a unique property."""
    records = shelf(request)
    by = request.query_params.get("idProperty")
    check_key(records, by)
    record = records.find(request.path_params["record_id"], by)
    if record is None:
        raise not_found()
    return answered(answer(record, record.properties, asked_for(records, _names(request))))


async def archive_record(request: Request) -> Response:
    """DELETE one record, by id. There is no bin to bring it back from."""
    records = shelf(request)
    record = records.find(request.path_params["record_id"])
    if record is None:
        raise not_found()
    records.forget(record)
    return Response(status_code=204)


async def erase_contact(request: Request) -> Response:
    """POST gdpr-delete: the contact is gone for good, and its address, or one that nobody has, is blocked.

    HubSpot's reference says that a blocked address cannot be used again; its page on permanent deletes says that
    an API request still can. The stricter of the two is simulated.
    """
    asked = decode(await request.body(), GdprDelete)
    contacts = simulator(request).crm.contacts
    check_key(contacts, asked.id_property)
    record = contacts.find(asked.object_id, asked.id_property)
    if record is not None:
        contacts.erase(record)
    elif asked.id_property == "email":
        contacts.block(asked.object_id)
    else:
        raise not_found()
    return Response(status_code=204)


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdecimal():
        raise invalid(f"{name} must be a whole number")
    return int(text)


def _names(request: Request) -> list[str]:
    return [name for each in request.query_params.getlist("properties") for name in each.split(",") if name]


def routes() -> list[Route]:
    """The objects API; fixed paths stand before the one that takes any id."""
    posts: dict[str, Any] = {
        "batch/create": create_batch,
        "batch/update": update_batch,
        "batch/upsert": upsert_batch,
        "batch/read": read_batch,
        "search": search_records,
    }
    base = "/crm/v3/objects/{kind}"
    return [
        Route("/crm/v3/objects/contacts/gdpr-delete", erase_contact, methods=["POST"]),
        *(Route(f"{base}/{path}", endpoint, methods=["POST"]) for path, endpoint in posts.items()),
        Route(base, list_records),
        Route(f"{base}/{{record_id}}", get_record),
        Route(f"{base}/{{record_id}}", archive_record, methods=["DELETE"]),
    ]
