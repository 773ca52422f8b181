"""Calls to HubSpot's API: one place for the token, time-outs, limits and what each status means."""

from collections import Counter
from collections.abc import Callable
from typing import Literal, TypeVar, get_args

import httpx
import msgspec

from sinks.hubspot.answers import NOT_FOUND, Problem
from sinks.hubspot.pauses import DAILY, Pause, backoff, limit_pause, retry_after
from sinks.hubspot.quota import Allowance
from sinks.hubspot.settings import HubSpotSettings
from sinks.hubspot.token import Token
from state.record import SinkStopped

LOCKED = 423
LIMITED = 429
MIGRATING = 477
LOCKED_S = 2.0
TOKEN_S = 5.0
"""How soon a refused token is tried again, when it stands in a file that may be replaced."""
UNREADABLE = "HubSpot's answer cannot be read"

T = TypeVar("T")
Method = Literal["GET", "POST", "PATCH"]
Trouble = Literal["limit", "daily_limit", "locked", "unavailable", "unreachable", "unreadable", "token", "refused"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)


class Call(msgspec.Struct, frozen=True):
    """One call: `scope` is what a private app needs for it, `body` is encoded as JSON."""

    method: Method
    path: str
    scope: str
    body: object = None


class Client:
    """Asks HubSpot, and leaves it alone for as long as it wants to be. For one thread.

    `clock` gives seconds that only rise.
    """

    def __init__(
        self, settings: HubSpotSettings, clock: Callable[[], float], transport: httpx.BaseTransport | None
    ) -> None:
        self._token = Token(settings.token, settings.token_file)
        headers = {"content-type": "application/json"}
        self._http = httpx.Client(
            base_url=settings.base_url, headers=headers, timeout=settings.timeout_s, transport=transport
        )
        self._clock = clock
        self._open_at = clock()
        self._failures = 0
        self._why = ""
        self.allowance = Allowance(clock)
        self.errors: Counter[str] = Counter(dict.fromkeys(TROUBLES, 0))
        """Calls that were no success, by the trouble."""

    def ask(self, call: Call, answer: type[T]) -> T | Problem:
        """The answer, or the problem that HubSpot has with the call itself (4xx).

        Raises `Pause` when HubSpot cannot be asked now, and `SinkStopped` when the token does not do; when it stands in
        a file, which may get another one, that is a pause, too.
        """
        response = self._taken(call)
        return response if isinstance(response, Problem) else self._decoded(response, answer)

    def order(self, call: Call) -> Problem | None:
        """Have done what has no answer but 204; as `ask` else. Any other success is none that HubSpot gives."""
        response = self._taken(call)
        if isinstance(response, Problem):
            return response
        if response.status_code != httpx.codes.NO_CONTENT:
            raise self._paused("unreadable", None, UNREADABLE)
        return None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _taken(self, call: Call) -> httpx.Response | Problem:
        try:
            response = self._send(call)
            if response.status_code == httpx.codes.UNAUTHORIZED and self._token.read_again():
                response = self._send(call)
        except UnicodeEncodeError:
            return Problem(category="NOT_UNICODE")
        self.allowance.hear(response.headers)
        if pause := self._pause(response):
            raise self._paused(*pause)
        self._failures = 0
        check_permission(response, call.scope)
        if not response.is_client_error:
            return response
        self.errors["refused"] += 1
        return problem_of(response)

    def _send(self, call: Call) -> httpx.Response:
        wait = self._open_at - self._clock()
        if wait > 0:
            raise Pause(wait, self._why)
        content = None if call.body is None else msgspec.json.encode(call.body)
        try:
            headers = {"authorization": self._token.header}
            return self._http.request(call.method, call.path, content=content, headers=headers)
        except httpx.RequestError as error:
            # Not chained: the request inside carries the token.
            raise self._paused("unreachable", None, f"HubSpot cannot be reached ({type(error).__name__})") from None

    def _pause(self, response: httpx.Response) -> tuple[Trouble, float | None, str] | None:
        status = response.status_code
        if status == httpx.codes.UNAUTHORIZED and self._token.place:
            why = f"HubSpot refused the token ({status}): write the private app's current one into {self._token.place}"
            return "token", TOKEN_S, why
        if status == LIMITED:
            policy = (problem_of(response).policy or "unnamed").upper()
            kind: Trouble = "daily_limit" if policy == DAILY else "limit"
            return kind, limit_pause(policy, response.headers), f"HubSpot's call limit is used up ({status})"
        if status == LOCKED:
            return "locked", max(LOCKED_S, retry_after(response.headers)), f"HubSpot has locked the records ({status})"
        if status == MIGRATING or status == httpx.codes.REQUEST_TIMEOUT or response.is_server_error:
            return "unavailable", retry_after(response.headers) or None, f"HubSpot is not available ({status})"
        return None

    def _paused(self, trouble: Trouble, seconds: float | None, why: str) -> Pause:
        """A pause for all calls; without `seconds`, one that doubles with each failure in a row."""
        self.errors[trouble] += 1
        self._failures += 1
        self._why = why
        wait = backoff(self._failures) if seconds is None else seconds
        self._open_at = self._clock() + wait
        return Pause(wait, why)

    def _decoded(self, response: httpx.Response, answer: type[T]) -> T:
        try:
            return msgspec.json.decode(response.content, type=answer)
        except (ValueError, RecursionError):
            raise self._paused("unreadable", None, UNREADABLE) from None


def check_permission(response: httpx.Response, scope: str) -> None:
    """Raise `SinkStopped` for what only a person can put right."""
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise SinkStopped(
            "HubSpot refused the token (401): set hubspot_token to the private app's current access token"
            " (HubSpot: Settings > Integrations > Private Apps > Auth)"
        )
    if response.status_code == httpx.codes.FORBIDDEN:
        scopes = " or ".join(problem_of(response).scopes() or [scope])
        raise SinkStopped(
            f"HubSpot refused the call (403): add the scope {scopes} to the private app"
            " (HubSpot: Settings > Integrations > Private Apps > Scopes)"
        )
    if response.is_redirect or response.is_informational:
        raise SinkStopped(f"There is no HubSpot API at hubspot_url (status {response.status_code}): check it")


def problem_of(response: httpx.Response) -> Problem:
    """The error in the body; an empty one when there is none that can be read."""
    try:
        problem = msgspec.json.decode(response.content, type=Problem)
    except (ValueError, RecursionError):
        problem = Problem()
    if response.status_code == httpx.codes.NOT_FOUND and not problem.category:
        return msgspec.structs.replace(problem, category=NOT_FOUND)
    return problem
