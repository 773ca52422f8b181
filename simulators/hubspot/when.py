"""Moments: Unix milliseconds UTC inside, ISO 8601 on the wire, words on the page."""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLIS = re.compile(r"-?\d{1,14}")
_UNITS = ((365 * 86_400, "year"), (30 * 86_400, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"))


def instant(text: str) -> int | None:
    """Unix milliseconds of `text`, or None: digits are milliseconds, ISO 8601 must carry its offset.

    >>> instant("2026-06-12T08:00:00Z"), instant("1781251200000"), instant("2026-06-12T08:00:00")
    (1781251200000, 1781251200000, None)
    """
    if _MILLIS.fullmatch(text):
        return int(text)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if parsed.tzinfo is None else round((parsed - _EPOCH) / timedelta(milliseconds=1))


def iso(millis: int) -> str:
    """ISO 8601 in UTC with milliseconds, as HubSpot answers it.

    >>> iso(1781251200000)
    '2026-06-12T08:00:00.000Z'
    """
    return _at(millis).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(millis: int) -> str:
    """The date for people.

    >>> day(1781251200000)
    '12 Jun 2026'
    """
    moment = _at(millis)
    return f"{moment.day} {moment:%b %Y}"


def minute(millis: int) -> str:
    """Date and time of day for people.

    >>> minute(1781251200000)
    '12 Jun 2026, 08:00 UTC'
    """
    return f"{day(millis)}, {_at(millis):%H:%M} UTC"


def relative(millis: int, now: int) -> str:
    """How far away a moment is, in its largest whole unit.

    >>> relative(0, 7_200_000), relative(86_400_000, 0), relative(0, 20_000)
    ('2 hours ago', 'in 1 day', 'just now')
    """
    seconds = abs(now - millis) // 1_000
    for length, unit in _UNITS:
        if seconds >= length:
            count = seconds // length
            span = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{span} ago" if millis < now else f"in {span}"
    return "just now"


def _at(millis: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=millis)
