"""The processes that run one flow together: one of them leads, and settles what all must agree on."""

import time
from collections.abc import Callable

import msgspec

from config.settings import Settings
from flows.engine import Place
from flows.taking import when_free
from sources.logs import Share
from state.rewind import Reached, resume_at
from state.store import LEASE_MS, Store, StoreUnavailable

LOOK_S = 0.02
PATIENCE_S = 60.0
"""How long the others wait for the leader's word."""


def place_of(settings: Settings) -> Place:
    """Where the process with these settings stands."""
    return Place(settings.process, tuple(filter(None, settings.addresses.split(","))))


class Group:
    """This process's view of its group, which may be it alone."""

    def __init__(self, place: Place, store: Store, stopping: Callable[[], bool]) -> None:
        self._store = store
        self._stopping = stopping
        self._rounds = 0
        self.alone = len(place.addresses) < 2
        self.leads = place.process == 0
        self.share = Share((place.process, max(len(place.addresses), 1)))

    def open(self) -> None:
        """The leader takes the namespace, for all."""
        if self.leads:
            when_free(self._store.open, LEASE_MS, self._stopping)

    def join(self) -> None:
        """All have found together, so the leader has taken the namespace."""
        if not self.leads:
            self._store.join()

    def positions(self, rewind_ms: int) -> dict[str, Reached]:
        """Where all read on from, by partition: the leader looks, and puts back what is to be read again."""
        if self.leads:
            reached = self._store.checkpoints()
            points = resume_at(reached, rewind_ms + self._store.loses_ms())
            self._store.rewind({name: point for name, point in points.items() if point != reached[name][-1]})
            found = {name: Reached(point.position, reached[name][-1].position) for name, point in points.items()}
            if not self.alone:
                self._store.decide("positions", msgspec.json.encode(found).decode())
            return found
        return msgspec.json.decode(self._heard("positions"), type=dict[str, Reached])

    def agree(self, question: str, answer: Callable[[], str]) -> str:
        """The leader's answer, on all processes."""
        if self.alone:
            return answer()
        if self.leads:
            self._store.decide(question, answer())
        return self._heard(question)

    def goes_on(self, has_more: Callable[[], bool]) -> bool:
        """Whether the flow runs again: the leader sees that there is more to do. The same answer for all."""
        if self.alone:
            return not self._stopping() and has_more()
        question = f"round {self._rounds}"
        self._rounds += 1
        return self.agree(question, lambda: "go on" if not self._stopping() and has_more() else "end") == "go on"

    def _heard(self, question: str) -> str:
        until = time.monotonic() + PATIENCE_S
        while (answer := self._store.decided(question)) is None:
            if time.monotonic() > until:
                raise StoreUnavailable("the first process of the group said nothing; start the whole group again")
            time.sleep(LOOK_S)
        return answer
