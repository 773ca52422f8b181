"""The native event, and the moments of a day at which events happen."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from sample.chance import draw

SHIFT = timedelta(days=777)  # of leadforge's 1 January 2024; whole weeks, so that weekdays stay
OPENS = {"UK": 8, "US": 13}  # hours UTC
OPEN_HOURS = 10
MINUTE = 60_000


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    event: str
    message_id: str
    anonymous_id: str | None = None
    contact_id: str | None = None
    user_id: str | None = None
    email: str | None = None
    account_domain: str | None = None
    timestamp: str
    properties: dict[str, str | int] = {}
    traits: dict[str, str | int] = {}


def iso(at: int) -> str:
    """Milliseconds as the log writes them, whole seconds.

    >>> iso(1_781_251_200_000)
    '2026-06-12T08:00:00Z'
    """
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def midnight(day: date) -> int:
    """The first millisecond of one of leadforge's days in the log's calendar.

    >>> iso(midnight(date(2024, 1, 1)))
    '2026-02-16T00:00:00Z'
    """
    shifted = day + SHIFT
    return int(datetime(shifted.year, shifted.month, shifted.day, tzinfo=UTC).timestamp()) * 1000


def opening(day: date, region: str) -> int:
    return midnight(day) + OPENS[region] * 60 * MINUTE


def moment(day: date, region: str, *key: str | int) -> int:
    """A time in the region's working day, noon more often than its ends."""
    part = (draw(*key, "morning") + draw(*key, "afternoon")) / 2
    return opening(day, region) + int(part * OPEN_HOURS * 60 * MINUTE)
