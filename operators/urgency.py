"""What a change is worth telling: the order in which the outbox is written."""

from enum import IntEnum

from state.subject import Standing

DRIFT = 50
"""Tenths of a point a score may drift, within its band, before it is written again."""


class Urgency(IntEnum):
    """The smaller, the sooner."""

    BAND_UP = 0
    BAND_DOWN = 1
    NEW_REASON = 2
    DRIFTED = 3


def urgency(before: Standing | None, after: Standing) -> Urgency | None:
    """How pressing the change from one standing to the next is; None when it is not worth a write.

    >>> urgency(None, Standing(0, 0, "")).name
    'DRIFTED'
    >>> urgency(Standing(300, 1, "pricing"), Standing(260, 1, "pricing")) is None
    True
    """
    if before is None:
        return Urgency.BAND_UP if after.band else Urgency.DRIFTED
    if after.band != before.band:
        return Urgency.BAND_UP if after.band > before.band else Urgency.BAND_DOWN
    if after.reason != before.reason:
        return Urgency.NEW_REASON
    if abs(after.score - before.score) >= DRIFT or (after.score == 0) != (before.score == 0):
        return Urgency.DRIFTED
    return None


EDGES = tuple(urgency << 44 for urgency in Urgency)[1:]
"""Where in the outbox one urgency ends and the next begins."""


def outbox_score(urgency: Urgency, now: int) -> int:
    """One number that sorts by urgency, then by time (ms); exact in a double until the year 2527."""
    return urgency << 44 | now


def urgency_of(score: float) -> Urgency:
    """The urgency that `outbox_score` was given."""
    return Urgency(int(score) >> 44)
