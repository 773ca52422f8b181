"""How much is kept of what happened, and for how long."""

from zlib import crc32

import msgspec

from state.ledger import Keep
from state.touch import TILE_MS

DAY_MS = 86_400_000
TILES_A_DAY = DAY_MS // TILE_MS


class Retention(msgspec.Struct, frozen=True):
    """Of each signal so many touches (`keep`); of what visitors did that is nobody's, that of `lifetime_ms`.

    A lifetime of 0 has no end. What ends, ends once a day for each account, at a half hour of its own, lest all are
    written at midnight. Of a `finished` log nothing ends while it is read, however old it is; a flow that is live lets
    go of it, at the latest a lifetime later.
    """

    keep: Keep = msgspec.field(default_factory=Keep)
    lifetime_ms: int = 0
    finished: bool = False

    def begin(self, account: str, now: int) -> int:
        """What visitors did for the account before this moment (ms, the edge of a tile) is not kept as of `now` (ms).

        >>> round(Retention(lifetime_ms=2 * DAY_MS).begin("d:acme.com", 5 * DAY_MS) / DAY_MS, 3)
        2.604
        """
        if self.finished or not self.lifetime_ms:
            return 0
        return _start_of_day(account, now - self.lifetime_ms)

    def next_end(self, account: str, since: int, now: int) -> int:
        """When, later than `now` (ms), something ends of what they did since then (ms).

        >>> round(Retention(lifetime_ms=2 * DAY_MS).next_end("d:acme.com", 3 * DAY_MS, now=5 * DAY_MS) / DAY_MS, 3)
        5.604
        """
        first = now if self.finished else max(since, self.begin(account, now))
        return _start_of_day(account, first) + DAY_MS + self.lifetime_ms


def _start_of_day(account: str, at: int) -> int:
    """When the account's day began that `at` (ms) lies in."""
    own = crc32(account.encode()) % TILES_A_DAY * TILE_MS
    return (at - own) // DAY_MS * DAY_MS + own
