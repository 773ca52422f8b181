"""What stands before the API: faults that were asked for, then the token, then the rate limits."""

import asyncio
import hmac
from typing import Any

import msgspec
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulators.hubspot.errors import Problem, Refused
from simulators.hubspot.faults import Fault, refusal
from simulators.hubspot.simulator import Simulator

_API = "/crm/"
_WORDS = frozenset(
    "crm v3 objects properties contacts companies groups batch create update upsert read search gdpr-delete".split()
)


class Gate:
    """ASGI middleware; whatever is not under /crm/ passes untouched."""

    def __init__(self, app: ASGIApp, simulator: Simulator) -> None:
        self._app = app
        self._simulator = simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            await self._app(scope, receive, send)
            return
        fault = self._simulator.faults.take(scope["path"])
        if fault is not None and fault.fault == "drop":
            self._count(scope, 0)
            await _drop(receive, send)
            return
        await self._answer(scope, receive, self._counted(scope, send), fault)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, fault: Fault | None) -> None:
        try:
            headers = self._admit(scope, fault)
        except Refused as refused:
            await refused_response(refused)(scope, receive, send)
            return
        if fault is not None and fault.fault == "502":
            await HTMLResponse("<html><title>502 Bad Gateway</title></html>", 502)(scope, receive, send)
            return
        if fault is not None and fault.fault == "partial":
            scope.setdefault("state", {})["doomed"] = frozenset(each.lower() for each in fault.emails)
        if fault is not None and fault.fault == "hang":
            send = self._held_back(fault.seconds, receive, send)
        await self._app(scope, receive, _with_headers(headers, send))

    def _admit(self, scope: Scope, fault: Fault | None) -> dict[str, str]:
        refused = None if fault is None else refusal(fault)
        if refused is not None:
            raise refused
        _check_token(Headers(scope=scope).get("authorization"), self._simulator.settings.token)
        return self._simulator.quota.spend(scope["path"].endswith("/search"), self._simulator.clock())

    def _held_back(self, seconds: float, receive: Receive, send: Send) -> Send:
        async def held_back(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._hold(seconds, receive)
            await send(message)

        return held_back

    async def _hold(self, seconds: float, receive: Receive) -> None:
        ends = [asyncio.ensure_future(_gone(receive)), asyncio.ensure_future(self._simulator.closing.wait())]
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in ends:
            each.cancel()

    def _counted(self, scope: Scope, send: Send) -> Send:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(scope, message["status"])
            await send(message)

        return counted

    def _count(self, scope: Scope, status: int) -> None:
        # An id in a path may be an e-mail address: only the API's own words are counted by.
        path = "/".join(each if not each or each in _WORDS else "{id}" for each in scope["path"].split("/"))
        self._simulator.calls[scope["method"], path, status] += 1


def refused_response(refused: Refused) -> Response:
    """The answer to a refused call."""
    body = msgspec.json.encode(refused.problem)
    return Response(body, refused.status, refused.headers, media_type="application/json")


def _check_token(authorization: str | None, token: str) -> None:
    if authorization is None or not authorization.startswith("Bearer "):
        message = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
        raise Refused(401, Problem(message=message, category="INVALID_AUTHENTICATION"))
    if not hmac.compare_digest(authorization.removeprefix("Bearer ").encode(), token.encode()):
        raise Refused(401, Problem(message="Invalid access token.", category="INVALID_AUTHENTICATION"))


def _with_headers(headers: dict[str, str], send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
            message["headers"] = [*message["headers"], *extra]
        await send(message)

    return with_headers


async def _drop(receive: Receive, send: Send) -> None:
    # ASGI has no word for hanging up; uvicorn's `send` is a method of the object that holds the connection.
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.abort()
    await _gone(receive)


async def _gone(receive: Receive) -> bool:
    while (await receive())["type"] != "http.disconnect":
        pass
    return True
