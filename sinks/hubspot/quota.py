"""How many calls HubSpot still allows, by the headers of its answers.

Source: HubSpot, "API usage guidelines" (headers; searches carry none; the daily limit ends at the account's midnight).
"""

from collections.abc import Callable, Mapping

import msgspec

from sinks.hubspot.pauses import QUARTER_S, number

PREFIX = "x-hubspot-ratelimit-"
RESERVE = 0.1
"""So much of a day's calls is for what cannot wait."""


class Quota(msgspec.Struct, frozen=True):
    """Calls left as HubSpot last said: in the running 10 seconds, and today; nothing when it did not say."""

    burst: int | None = None
    daily: int | None = None


class Allowance:
    """What HubSpot said. `clock` gives seconds that only rise."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told_at = clock()
        self._daily_limit: int | None = None
        self.quota = Quota()

    def hear(self, headers: Mapping[str, str]) -> None:
        """Searches, and answers of gateways, carry no quota: the last one stands."""
        burst, daily = number(headers.get(f"{PREFIX}remaining")), number(headers.get(f"{PREFIX}daily-remaining"))
        limit = number(headers.get(f"{PREFIX}daily"))
        if daily is not None:
            self._told_at = self._clock()
        self._daily_limit = self._daily_limit if limit is None else limit
        self.quota = Quota(self.quota.burst if burst is None else burst, self.quota.daily if daily is None else daily)

    @property
    def is_reserved(self) -> bool:
        """Whether no more than the reserve is left of today's calls.

        After a quarter hour without word it is not known any more: the day may be over, and the next call tells.
        """
        if self.quota.daily is None or self._daily_limit is None:
            return False
        return self.quota.daily <= RESERVE * self._daily_limit and self._clock() - self._told_at < QUARTER_S
