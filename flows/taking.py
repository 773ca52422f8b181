"""Taking what only one process may have."""

import time
from collections.abc import Callable

from state.store import Held, Maintenance, Switched

LOOK_S = 0.1


def when_free(take: Callable[[], None], lease_ms: int, stopping: Callable[[], bool]) -> None:
    """Call `take`, if need be until maintenance is over, or the lease of a process that died elsewhere has ended.

    Raises `Held`; told to stop while there is maintenance, `Maintenance`; and `Switched`.
    """
    until = time.monotonic() + lease_ms / 1000 + 1
    while True:
        try:
            return take()
        except Switched:
            raise
        except Maintenance:
            if stopping():
                raise
            until = time.monotonic() + lease_ms / 1000 + 1
        except Held as held:
            if stopping() or not held.elsewhere or time.monotonic() > until:
                raise
        time.sleep(LOOK_S)
