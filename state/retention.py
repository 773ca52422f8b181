"""How much is kept of what happened, and for how long."""

import msgspec

from state.ledger import Keep

DAY_MS = 86_400_000


class Retention(msgspec.Struct, frozen=True):
    """Of each signal so many touches (`keep`); of visitors whom nobody is known for, what they did in `lifetime_ms`.

    A lifetime of 0 has no end. What ends, ends with days (UTC), so that there is one moment a day for it. Of a
    `finished` log nothing ends while it is read, however old it is; a flow that is live lets go of it, at the latest a
    lifetime later.
    """

    keep: Keep = msgspec.field(default_factory=Keep)
    lifetime_ms: int = 0
    finished: bool = False

    def begin(self, now: int) -> int:
        """What such visitors did before this moment (ms) is not kept as of `now` (ms).

        >>> Retention(lifetime_ms=2 * DAY_MS).begin(5 * DAY_MS + 1) // DAY_MS
        3
        """
        if self.finished or not self.lifetime_ms:
            return 0
        return (now - self.lifetime_ms) // DAY_MS * DAY_MS

    def next_end(self, since: int, now: int) -> int:
        """When, later than `now` (ms), something ends of what they did since then (ms).

        >>> Retention(lifetime_ms=2 * DAY_MS).next_end(3 * DAY_MS + 1, now=5 * DAY_MS) // DAY_MS
        6
        """
        first = now if self.finished else max(since, self.begin(now))
        return (first // DAY_MS + 1) * DAY_MS + self.lifetime_ms
