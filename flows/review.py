"""Looking at everybody again under another model: by their timers, at a pace that leaves room for live events."""

from operators.verdicts import EVERYONE
from state.store import Models

PER_S = 1_000
"""Subjects a second: what a CRM takes in as many writes, and a small part of what a process evaluates."""


def review(store: Models, under: str, now: int) -> int:
    """Have everybody looked at from `now` (ms) on, unless they were under this very model and retention; how many.

    Noted when all timers are set: who dies before does it again.
    """
    before = store.reviewed_under()
    if before == under:
        return 0
    count = store.review(now, PER_S, EVERYONE) if before else 0  # nobody was ever looked at under another one
    store.set_reviewed(under)
    return count
