"""Where to read on from after a stop."""

from collections.abc import Mapping, Sequence

import msgspec

from state.store import Checkpoint, Position

KEPT = 64
APART_MS = 400
"""Checkpoints are this far apart, but for the last one: those that are kept reach back 25 s, however
short the epochs are.
"""
START = Checkpoint(0, 0)


class Reached(msgspec.Struct, frozen=True):
    """How far earlier runs came in a partition: all below `newest` is in the store; reading goes on `at`, which may lie
    before it."""

    at: Position
    newest: Position


def remember(history: Sequence[Checkpoint], latest: Checkpoint) -> list[Checkpoint]:
    """The checkpoints of a partition to keep when another is noted.

    Those ahead of it go: who has been put back must not jump over what has to be read again.

    >>> history = remember([], Checkpoint(1_000, 10))
    >>> history = remember(remember(history, Checkpoint(1_100, 20)), Checkpoint(1_400, 30))
    >>> [point.position for point in remember(history, Checkpoint(1_500, 40))]
    [10, 30, 40]
    >>> [point.position for point in remember(history, Checkpoint(1_500, 15))]
    [10, 15]
    """
    behind = [point for point in history if point.position < latest.position]
    close = len(behind) > 1 and behind[-1].saved_at - behind[-2].saved_at < APART_MS
    return [*(behind[:-1] if close else behind), latest][-KEPT:]


def resume_at(histories: Mapping[str, Sequence[Checkpoint]], rewind_ms: int) -> dict[str, Checkpoint]:
    """By partition, the newest checkpoint that was saved at least `rewind_ms` before the last of all; else its start.

    A server's node that lost its last second has lost what was committed then; reading it again is harmless.

    >>> done, live = [Checkpoint(1_000, 50)], [Checkpoint(1_000, 10), Checkpoint(4_000, 20), Checkpoint(9_000, 30)]
    >>> [point.position for point in resume_at({"done": done, "live": live}, 5_000).values()]
    [50, 20]
    >>> [point.position for point in resume_at({"new": done}, 5_000).values()]
    [0]
    """
    last = max((history[-1].saved_at for history in histories.values()), default=0)
    return {name: _newest(history, last - rewind_ms) for name, history in histories.items()}


def _newest(history: Sequence[Checkpoint], until: int) -> Checkpoint:
    return next((point for point in reversed(history) if point.saved_at <= until), START)
