"""Times as the outside reads them."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(ms: int) -> str:
    """Unix milliseconds UTC in ISO 8601, to the millisecond.

    >>> iso(1_749_715_200_123)
    '2025-06-12T08:00:00.123Z'
    """
    moment = _EPOCH + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
