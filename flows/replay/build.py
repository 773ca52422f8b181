"""Going through a past with one model or two, and what comes of it: a report."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from flows.exits import Problem
from flows.replay.course import KINDS, Course, Stand
from flows.replay.figures import comparing_figures, side_figures
from flows.replay.held import Held
from flows.replay.history import Past
from flows.replay.joint import Joint
from flows.replay.judging import judged
from flows.replay.moves import moves_of, switch_of
from flows.replay.outcomes import Outcomes, last_of
from flows.replay.panel import HORIZON_MS, Panel
from flows.replay.report import Judged, ModelSide, Report
from flows.replay.sides import Load, shown, side_of
from flows.replay.subjects import Everyone, Step
from state.event import Counts
from state.moment import iso
from state.subject import Standing, Subject

DAY_MS = 86_400_000


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is to be about. `every` is the length of a step (ms), 0 for a single one."""

    log: Path
    every: int
    outcomes: Outcomes | None = None
    horizon: int = HORIZON_MS
    load: Load = Load()


class Half(msgspec.Struct, frozen=True):
    """What one of two models made of the past, from another process; `rows` are its scores and bands in the panel."""

    stands: list[Stand]
    standing: dict[str, Standing]
    highs: dict[str, list[int]]
    rows: list[tuple[int, int]]


class Evaluation:
    """Models on their way through the past."""

    def __init__(self, joint: Joint, asked: Asked, here: Sequence[int] | None = None) -> None:
        """`here` are the places of the models that are evaluated in this process; all, if nothing is said."""
        self.everyone = Everyone()
        self._joint = joint
        self._asked = asked
        self.courses = tuple(map(Course, joint.models, joint.scorings))
        self._here = self.courses if here is None else tuple(self.courses[place] for place in here)
        self._panel = Panel(asked.outcomes, self._here, asked.horizon) if asked.outcomes else None
        self._counts = Counts()
        self._at = 0

    def go_through(self, past: Past) -> None:
        """Take in all steps. Raises `Problem` when there are none."""
        for step, counts in past:
            for each in self._with_quiet_steps(step):
                for course in self._here:
                    course.take(each, self.everyone.find)
                if self._panel:
                    self._panel.take(each, self.everyone)
            self._counts, self._at = counts, step.at
            self.everyone.pack()
        if not self._at:
            raise Problem(f"{self._asked.log} holds no event that could be used: nothing can be replayed")

    def half(self) -> Half:
        """What came of the one model that was evaluated here, for another process."""
        [course] = self._here
        rows = [(row.tenths[0], row.bands[0]) for row in self._panel.rows] if self._panel else []
        return Half(course.stands, course.standing, course.highs, rows)

    def absorb(self, half: Half) -> None:
        """Take in what the first model came to in another process."""
        course = self.courses[0]
        course.stands, course.standing, course.highs = half.stands, half.standing, half.highs
        if self._panel:
            self._panel.put_first(half.rows)

    def report(self, notes: list[str]) -> Report:
        """What came of it."""
        sides, before, after = self._sides(), self.courses[0], self.courses[-1]
        proposed, current = sides[-1], sides[0] if len(sides) > 1 else None
        found = self._judged()
        moves = [moves_of(kind, before, after, self.everyone, self._at) for kind in KINDS] if current else []
        switch = switch_of(before, after, self._asked.load.calls) if current else None
        figures = side_figures(proposed, found.proposed if found else None) | comparing_figures(moves, switch, found)
        contacts, accounts = (_present(shelf) for shelf in (self.everyone.contacts, self.everyone.accounts))
        return Report(
            log=str(self._asked.log), as_of=iso(self._at), begins=iso(shown(self.courses[0].stands)[0].at)[:10],
            step_days=self._asked.every / DAY_MS, events=self._counts.received, dead=self._counts.dead,
            contacts=contacts, accounts=accounts, proposed=proposed, current=current, moves=moves, switch=switch,
            judged=found, notes=notes + self._notes(found), figures=figures,
            baseline=side_figures(current, found.current if found else None) if current else {},
        )  # fmt: skip

    def _with_quiet_steps(self, step: Step) -> Iterator[Step]:
        """A step, and before it those in which nothing happened but time."""
        every = self._asked.every
        if every and self._at:
            yield from (Step(at, [], 0) for at in range(self._at + every, step.at - every + 1, every))
        yield step

    def _sides(self) -> list[ModelSide]:
        load, in_steps = self._asked.load, bool(self._asked.every)
        return [
            side_of(course, load, unheard, in_steps=in_steps)
            for course, unheard in zip(self.courses, self._joint.unheard, strict=True)
        ]

    def _judged(self) -> Judged | None:
        if self._panel is None:
            return None
        return judged(self._panel, self.courses, max(self._at, last_of(self._panel.outcomes)))

    def _notes(self, found: Judged | None) -> list[str]:
        notes = [f"{words} (judged as if it never happened)" for side in self._joint.unheard for words in side]
        if self._panel is not None and found is None:
            notes.append("no lead could be judged by its outcome: none was seen in time, or all or none converted")
        return notes


def _present(shelf: Held[Subject]) -> int:
    return sum(bool(subject.sources) for subject in shelf)
