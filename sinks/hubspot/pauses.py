"""How long HubSpot wants to be left alone, read from an answer.

Source: HubSpot, "API usage guidelines" (policies, headers, daily limit until the account's midnight) and
"Error handling" (423 at least two seconds, 477 up to a day, 5xx a few seconds).
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

LONGEST_S = 60.0
QUARTER_S = 900.0
DAY_S = 86_400.0
DAILY = "DAILY"
"""The policy of the limit for a day."""

_SECONDS_OF_POLICY = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}


class Pause(Exception):
    """HubSpot cannot be asked now; `seconds` from now it can."""

    def __init__(self, seconds: float, reason: str) -> None:
        super().__init__(f"{reason}; again in {seconds:.0f} s")
        self.seconds = seconds
        self.reason = reason


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: 1, 2, 4, up to a minute.

    >>> [backoff(n) for n in (1, 2, 3, 7, 50)]
    [1.0, 2.0, 4.0, 60.0, 60.0]
    """
    return float(min(LONGEST_S, 2.0 ** min(failures - 1, 10)))


def limit_pause(policy: str, headers: Mapping[str, str]) -> float:
    """Seconds until calls are allowed again after a 429 of this policy.

    The daily limit ends at midnight in the account's time zone, which no answer names; every time zone's
    midnight is on a quarter hour, so asking once at each is early enough and costs 96 calls a day.

    >>> limit_pause("TEN_SECONDLY_ROLLING", {"retry-after": "3"})
    3.0
    >>> limit_pause("TEN_SECONDLY_ROLLING", {"x-hubspot-ratelimit-interval-milliseconds": "8000"})
    8.0
    >>> limit_pause("DAILY", {"date": "Mon, 02 Nov 2026 10:14:00 GMT"})
    60.0
    """
    asked = retry_after(headers)
    if asked:
        return asked
    if policy == DAILY:
        return until_quarter_hour(headers.get("date", ""))
    window = number(headers.get("x-hubspot-ratelimit-interval-milliseconds"))
    return window / 1000 if window else _SECONDS_OF_POLICY.get(policy, 1.0)


def retry_after(headers: Mapping[str, str]) -> float:
    """The seconds of a Retry-After header, or 0; a day, HubSpot's longest, when it asks for more.

    >>> retry_after({"retry-after": "2"}), retry_after({"retry-after": "nan"}), retry_after({})
    (2.0, 0.0, 0.0)
    """
    return min(float(number(headers.get("retry-after")) or 0), DAY_S)


def until_quarter_hour(date: str) -> float:
    """Seconds from an HTTP date to the next quarter hour; a quarter hour without a date."""
    try:
        return QUARTER_S - parsedate_to_datetime(date).timestamp() % QUARTER_S
    except ValueError:
        return QUARTER_S


def number(header: str | None) -> int | None:
    """A header's whole number, or nothing when it is none.

    >>> number("190"), number("soon"), number(None)
    (190, None, None)
    """
    return int(header) if header and header.isascii() and header.isdigit() else None
