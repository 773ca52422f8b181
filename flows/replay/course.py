"""What one model makes of the past: who was in which band since when, and what would have been written to the CRM.

As the live flow does it: whoever changed is evaluated at the end of a step, and so is everybody whose timer came.
"""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Literal

import msgspec

from config.model import Model
from flows.replay.subjects import Step
from operators.card import Card
from operators.evaluate import Scoring, glance
from operators.urgency import DRIFT, urgency
from state.subject import Standing, Subject

Kind = Literal["contact", "account"]
KINDS: tuple[Kind, Kind] = ("contact", "account")
Find = Callable[[str], Subject | None]


class Tally(msgspec.Struct, frozen=True):
    """One kind's step: how many entered each band, how many were in each at its end, how many writes it took."""

    entered: tuple[int, ...]
    sizes: tuple[int, ...]
    writes: int


class Stand(msgspec.Struct, frozen=True):
    """A step that ended at `at` (ms), by kind."""

    at: int
    events: int
    contact: Tally
    account: Tally


def kind_of(id_: str) -> Kind:
    """Whether an id is an account's or a contact's."""
    return "account" if id_[:2] == "d:" else "contact"


class Course:
    """One model's course through the past."""

    def __init__(self, model: Model, scoring: Scoring) -> None:
        self.model = model
        self.scoring = scoring
        self.bands = {kind: self._card(kind).bands.names for kind in KINDS}
        self.standing: dict[str, Standing] = {}
        self.stands: list[Stand] = []
        self.highs: dict[str, list[int]] = {}
        """Contact -> the moments (ms) by which it had entered the highest band."""
        self._wakes: dict[str, int] = {}
        self._timers: list[tuple[int, str]] = []
        self._sizes = {kind: [0] * len(self.bands[kind]) for kind in KINDS}
        self._entered: dict[Kind, list[int]] = {}
        self._writes: dict[Kind, int] = {}

    def take(self, step: Step, find: Find) -> None:
        """Go on to the end of a step."""
        self._entered = {kind: [0] * len(self.bands[kind]) for kind in KINDS}
        self._writes = dict.fromkeys(KINDS, 0)
        for subject in step.changed:
            self._judge(subject, step.at)
        for subject in self._due(step.at, find):
            self._judge(subject, step.at)
        contact, account = (
            Tally(tuple(self._entered[kind]), tuple(self._sizes[kind]), self._writes[kind]) for kind in KINDS
        )
        self.stands.append(Stand(step.at, step.events, contact, account))

    def tenths(self, subject: Subject, now: int) -> int:
        """The score at `now` (ms), in tenths of a point."""
        return self.scoring.timeline(subject).stretch(now).score(now)

    def band(self, id_: str) -> int:
        """The band as of the last step, by its place from the lowest."""
        standing = self.standing.get(id_)
        return standing.band if standing else 0

    def _card(self, kind: Kind) -> Card:
        return self.scoring.account if kind == "account" else self.scoring.contact

    def _due(self, now: int, find: Find) -> Iterable[Subject]:
        while self._timers and self._timers[0][0] <= now:
            wake, id_ = heappop(self._timers)
            if self._wakes.get(id_) == wake and (subject := find(id_)) is not None:
                yield subject

    def _judge(self, subject: Subject, now: int) -> None:
        id_, kind = subject.id, kind_of(subject.id)
        if not subject.sources:
            self._forget(id_, kind)
            return
        before = self.standing.get(id_)
        seen = glance(self.scoring, subject, now, DRIFT, before)
        after = Standing(seen.tenths, seen.band, seen.reason)
        if urgency(before, after) is not None:
            self._writes[kind] += 1
            self.standing[id_] = after
            self._move(id_, kind, before, after, now)
        if seen.wake is None:
            self._wakes.pop(id_, None)
        else:
            self._wakes[id_] = seen.wake
            heappush(self._timers, (seen.wake, id_))

    def _forget(self, id_: str, kind: Kind) -> None:
        """Nothing is left of somebody: all of it turned out to be another's."""
        self._wakes.pop(id_, None)
        standing = self.standing.pop(id_, None)
        if standing:
            self._sizes[kind][standing.band] -= 1

    def _move(self, id_: str, kind: Kind, before: Standing | None, after: Standing, now: int) -> None:
        sizes = self._sizes[kind]
        if before is not None:
            if before.band == after.band:
                return
            sizes[before.band] -= 1
        sizes[after.band] += 1
        self._entered[kind][after.band] += 1
        if kind == "contact" and after.band == len(sizes) - 1:
            self.highs.setdefault(id_, []).append(now)
