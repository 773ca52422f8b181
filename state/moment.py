"""Times as the outside writes them, and as we keep them: whole milliseconds of Unix time, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_WITHOUT_ZONE = datetime(1970, 1, 1)  # noqa: DTZ001  it measures times that come without a zone
_MS_A_DAY = 86_400_000
_parse = datetime.fromisoformat
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
    if not isinstance(timestamp, str):
        return round(timestamp * 1000 if abs(timestamp) < _SECONDS_BELOW else timestamp)
    moment = _parse(timestamp)
    since = moment - (_EPOCH if moment.tzinfo else _EPOCH_WITHOUT_ZONE)
    part = since.microseconds
    if part % 1000 == 500:
        return round(since.total_seconds() * 1000)  # as floats have it: times like this stand in stores
    return since.days * _MS_A_DAY + (since.seconds * 1000 + (part + 500) // 1000)
