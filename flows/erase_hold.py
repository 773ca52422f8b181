"""Having a namespace to oneself: running flows let go of it, and go on when this is over."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import NamedTuple

from flows.exits import FAILED, Problem
from state.store import DELIVERY, MAINTENANCE, REBUILD, Fenced, Held, Store, StoreUnavailable

PATIENCE_S = 90.0
"""How long a flow may take to let go: it may be waiting for a CRM's answer."""
LOOK_S = 0.1
RENEW_S = 1.0

Say = Callable[[str], None]


class CutOff(Problem):
    """Ctrl-C or SIGTERM came in the middle."""

    code = FAILED


class Words(NamedTuple):
    """What is said to whoever interrupts: while this still waits, and later."""

    waiting: str
    at_work: str


ERASING = Words(
    "interrupted while waiting; nothing was erased",
    "erasing was interrupted; run it again, and what is left goes as well",
)


class Hold:
    """Says from time to time that this is still at work; ends it when told to."""

    def __init__(self, store: Store, words: Words = ERASING) -> None:
        self._store = store
        self._words = words
        self._stopped = False
        self._renewed = 0.0

    def __call__(self) -> None:
        """Called often. Raises `CutOff` between two steps rather than anywhere, and `Fenced`."""
        if self._stopped:
            raise CutOff(self._words.at_work)
        now = time.monotonic()
        if now - self._renewed >= RENEW_S:
            self._renewed = now
            self._store.hold(MAINTENANCE)
            self._store.renew()
            self._store.hold(DELIVERY)

    def wait(self, seconds: float) -> None:
        """Wait, at work."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self()
            time.sleep(LOOK_S)

    def take(self, take: Callable[[], None], say: Say) -> None:
        """Take what a flow holds once it has let go. Raises `Held` when it does not."""
        until = time.monotonic() + PATIENCE_S
        waiting = False
        while True:
            if self._stopped:
                raise CutOff(self._words.waiting)
            try:
                return take()
            except Held as held:
                if time.monotonic() > until:
                    raise
                if not waiting:
                    say(f"{str(held).partition(';')[0]}: waiting until it pauses")
                waiting = True
            self._store.hold(MAINTENANCE)
            time.sleep(LOOK_S)

    def stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signature of signal handlers
        """Handles signals."""
        self._stopped = True


@contextmanager
def to_oneself(store: Store, say: Say, words: Words = ERASING) -> Iterator[Hold]:
    """Nobody scores, delivers or rebuilds for the length of the block, however it ends. Raises `Held`."""
    hold = Hold(store, words)
    before = [(number, signal.signal(number, hold.stop)) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        store.hold(REBUILD)  # from the next line on nobody else can take it
        store.hold(MAINTENANCE)
        hold.take(store.open, say)
        hold.take(lambda: store.hold(DELIVERY), say)
        yield hold
    finally:
        for number, handler in before:
            signal.signal(number, handler)
        release = partial(partial, store.release)
        for give_back in (release(DELIVERY), store.close, release(REBUILD), release(MAINTENANCE)):
            with suppress(StoreUnavailable, Fenced):  # it may be that which ended us; leases end by themselves
                give_back()
