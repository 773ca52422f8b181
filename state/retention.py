"""How much is kept of what happened, and for how long."""

import msgspec

from state.ledger import Keep

DAY_MS = 86_400_000


class Retention(msgspec.Struct, frozen=True):
    """Of each signal so many touches (`keep`); of visitors whom nobody is known for, what they did in `lifetime_ms`.

    A lifetime of 0 has no end. What ends, ends with days (UTC), so that there is one moment a day for it.
    """

    keep: Keep = msgspec.field(default_factory=Keep)
    lifetime_ms: int = 0

    def begin(self, now: int) -> int:
        """What such visitors did before this moment (ms) is not kept as of `now` (ms).

        >>> Retention(lifetime_ms=2 * DAY_MS).begin(5 * DAY_MS + 1) // DAY_MS
        3
        """
        return max(0, (now - self.lifetime_ms) // DAY_MS * DAY_MS) if self.lifetime_ms else 0

    def end(self, at: int) -> int:
        """The first moment (ms) as of which what they did at `at` (ms) is not kept.

        >>> Retention(lifetime_ms=2 * DAY_MS).end(3 * DAY_MS + 1) // DAY_MS
        6
        """
        return (at // DAY_MS + 1) * DAY_MS + self.lifetime_ms
