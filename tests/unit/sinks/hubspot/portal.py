"""A HubSpot that answers as the test wants, and as if all went well where the test says nothing."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import msgspec

from sinks.hubspot import HubSpot, HubSpotSettings
from sinks.hubspot.fields import fields_of
from sinks.hubspot.properties import TYPES
from tests.clock import Clock

TOKEN = "pat-eu1-secret"
UPSERT = "/crm/v3/objects/contacts/batch/upsert"
UPDATE_CONTACTS = "/crm/v3/objects/contacts/batch/update"
UPDATE = "/crm/v3/objects/companies/batch/update"
CREATE = "/crm/v3/objects/companies/batch/create"
SEARCH = "/crm/v3/objects/companies/search"
ERASE = "/crm/v3/objects/contacts/gdpr-delete"
CONTACT_PROPERTIES = "/crm/v3/properties/contacts"

Reply = httpx.Response | Exception


class Call(msgspec.Struct, frozen=True):
    """A call as it came in."""

    method: str
    path: str
    body: Any
    authorization: str


class Portal:
    """`replies` wait for their path; `calls` came in."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.calls: list[Call] = []
        self.definitions = {kind: defined(kind) for kind in ("contacts", "companies")}
        self._replies: defaultdict[str, deque[Reply]] = defaultdict(deque)

    def open(self, **settings: object) -> HubSpot:
        """A sink whose calls come here."""
        known = msgspec.structs.replace(HubSpotSettings(token=TOKEN, search_lag_s=0.0), **settings)
        return HubSpot(known, clock=self.clock, transport=httpx.MockTransport(self._answer))

    def reply(self, path: str, *replies: Reply) -> None:
        """The answers to the next calls of a path."""
        self._replies[path].extend(replies)

    def bodies(self, path: str) -> list[Any]:
        """What was sent to a path."""
        return [call.body for call in self.calls if call.path == path]

    def batches(self, path: str) -> list[list[str]]:
        """The ids in each batch that was sent to a path."""
        return [[entry["id"] for entry in body["inputs"]] for body in self.bodies(path)]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = msgspec.json.decode(request.content) if request.content else None
        path = request.url.path
        self.calls.append(Call(request.method, path, body, request.headers["authorization"]))
        reply = self._replies[path].popleft() if self._replies[path] else self._all_well(path, body)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _all_well(self, path: str, body: Any) -> httpx.Response:
        if path.endswith(("/contacts", "/companies")):
            return httpx.Response(200, json={"results": self.definitions[path.rpartition("/")[2]]})
        if path == SEARCH:
            return found()
        if path == ERASE:
            return httpx.Response(204)
        if path.startswith("/crm/v3/properties"):
            return httpx.Response(201, json={})
        return written(body["inputs"])


def defined(kind: str) -> list[dict[str, Any]]:
    """The property definitions of a portal that leadstream has been at before."""
    choices = [{"label": band.title(), "value": band} for band in ("low", "medium", "high")]
    return [
        {
            "name": f"leadstream_{field.name}",
            "type": TYPES[field.form][0],
            "options": choices if field.form == "choice" else [],
        }
        for field in fields_of("contact" if kind == "contacts" else "account")
    ]


def written(inputs: Sequence[Mapping[str, Any]]) -> httpx.Response:
    """All inputs are written; a new company gets its domain's length as its id."""
    results = [
        {
            "id": str(entry.get("id") or len(entry["properties"]["domain"])),
            "objectWriteTraceId": entry["objectWriteTraceId"],
        }
        for entry in inputs
    ]
    return httpx.Response(200, json={"results": results})


def found(**ids: str) -> httpx.Response:
    """A search's answer: domains with `_` for the dot, and their companies' ids."""
    results = [{"id": id_, "properties": {"domain": domain.replace("_", ".")}} for domain, id_ in ids.items()]
    return httpx.Response(200, json={"total": len(results), "results": results})


def multi_status(results: Sequence[object], *errors: object) -> httpx.Response:
    """A batch that went through in part."""
    return httpx.Response(207, json={"results": results, "numErrors": len(errors), "errors": errors})


def problem(status: int, category: str = "VALIDATION_ERROR", **details: object) -> httpx.Response:
    """An error."""
    return httpx.Response(status, json={"status": "error", "category": category, **details})
