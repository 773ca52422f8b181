"""Times as the outside writes them, and as we keep them: whole milliseconds of Unix time, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_BELOW = 100_000_000_000
"""Epoch numbers below this are seconds: as milliseconds it would be March 1973, as seconds it is the year 5138."""


def iso(ms: int) -> str:
    """Unix milliseconds in ISO 8601.

    >>> iso(1_749_715_200_123), iso(1_749_715_200_000)
    ('2025-06-12T08:00:00.123Z', '2025-06-12T08:00:00Z')
    """
    moment = _EPOCH + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds" if ms % 1000 else "seconds").removesuffix("+00:00") + "Z"


def milliseconds(timestamp: str | float) -> int:
    """A time as ISO 8601 (without a zone: UTC) or epoch seconds or milliseconds; raises `ValueError`.

    >>> milliseconds("2025-06-12T10:00:00+02:00") == milliseconds(1_749_715_200) == milliseconds(1_749_715_200_000)
    True
    """
    if isinstance(timestamp, str):
        moment = datetime.fromisoformat(timestamp)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    return round(timestamp * 1000 if abs(timestamp) < _SECONDS_BELOW else timestamp)
