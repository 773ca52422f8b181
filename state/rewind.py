"""Where to read on from after a stop."""

from collections.abc import Sequence

from state.store import Checkpoint, Position


def resume_at(checkpoints: Sequence[Checkpoint], rewind_ms: int) -> Position:
    """The newest position saved at least `rewind_ms` before the last one; 0 when none is that old.

    A server's node that lost its last second has lost what was committed then; reading it again is harmless.

    >>> history = [Checkpoint(1_000, 10), Checkpoint(4_000, 20), Checkpoint(9_000, 30)]
    >>> resume_at(history, 5_000), resume_at(history[:2], 5_000)
    (20, 0)
    """
    latest = checkpoints[-1].saved_at if checkpoints else 0
    old = [point.position for point in checkpoints if point.saved_at <= latest - rewind_ms]
    return old[-1] if old else 0
