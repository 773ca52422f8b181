"""Rate limits (https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines).

Search calls have their own limit and carry no rate headers. The 429 carries no Retry-After.
"""

from collections import deque

from simulators.hubspot.errors import Problem, Refused
from simulators.hubspot.settings import SimulatorSettings

_BURST_MS = 10_000
_SEARCH_MS = 1_000
_DAY_MS = 86_400_000


class Window:
    """At most `limit` calls in any `span_ms`."""

    def __init__(self, limit: int, span_ms: int) -> None:
        self.limit = limit
        self._span_ms = span_ms
        self._calls: deque[int] = deque()

    def take(self, now: int) -> bool:
        """Whether a call is let through now."""
        while self._calls and self._calls[0] <= now - self._span_ms:
            self._calls.popleft()
        if len(self._calls) >= self.limit:
            return False
        self._calls.append(now)
        return True

    @property
    def remaining(self) -> int:
        """Calls left as of the last one taken."""
        return self.limit - len(self._calls)


class Quota:
    """The limits of one portal."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self._burst = Window(settings.burst, _BURST_MS)
        self._searches = Window(settings.searches, _SEARCH_MS)
        self._daily_limit = settings.daily
        self._day = 0
        self._today = 0

    def spend(self, is_search: bool, now: int) -> dict[str, str]:
        """The headers of a call that is let through; raises the 429 of one that is not."""
        self._turn_day(now)
        if self._today >= self._daily_limit:
            raise limited("DAILY", self._headers(is_search))
        window = self._searches if is_search else self._burst
        if not window.take(now):
            raise limited("SECONDLY" if is_search else "TEN_SECONDLY_ROLLING", self._headers(is_search))
        self._today += 1
        return self._headers(is_search)

    def _turn_day(self, now: int) -> None:
        if now // _DAY_MS != self._day:
            self._day, self._today = now // _DAY_MS, 0

    def _headers(self, is_search: bool) -> dict[str, str]:
        if is_search:
            return {}
        return {
            "X-HubSpot-RateLimit-Daily": str(self._daily_limit),
            "X-HubSpot-RateLimit-Daily-Remaining": str(self._daily_limit - self._today),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(_BURST_MS),
            "X-HubSpot-RateLimit-Max": str(self._burst.limit),
            "X-HubSpot-RateLimit-Remaining": str(self._burst.remaining),
        }


def limited(policy: str, headers: dict[str, str]) -> Refused:
    """A 429 as the named policy words it."""
    problem = Problem(
        message=f"You have reached your {policy.lower()} limit.",
        category="RATE_LIMITS",
        error_type="RATE_LIMIT",
        policy_name=policy,
    )
    return Refused(429, problem, headers)
