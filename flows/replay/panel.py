"""Judging by outcomes: on each review day every lead that could still convert, by what was known before that day.

A *row* is a lead on a review day, with its score then and whether it converted within the horizon from then on. Days
whose horizon reaches beyond what is known of outcomes are left out. Nothing of the future is in a row: the past is
gone through in order, and a step's facts all lie before the moment that its rows are judged for.
"""

from collections.abc import Sequence

import msgspec

from flows.replay.course import Course
from flows.replay.outcomes import Outcomes
from flows.replay.subjects import Everyone, Step

DAY_MS = 86_400_000
REVIEW_EVERY_MS = 7 * DAY_MS
HORIZON_MS = 30 * DAY_MS


class Row(msgspec.Struct, frozen=True, gc=False):
    """A lead, by its place among all, judged at `at` (ms): whether it converted in time, score and band by model."""

    lead: int
    at: int
    converts: bool
    tenths: tuple[int, ...]
    bands: tuple[int, ...]


class Panel:
    """Collects rows while the past goes by."""

    def __init__(self, outcomes: Outcomes, courses: tuple[Course, ...], horizon: int = HORIZON_MS) -> None:
        self.outcomes = outcomes
        self.horizon = horizon
        self.rows: list[Row] = []
        self._courses = courses
        self.subject_of = {lead: lead for lead in outcomes}
        """Lead -> the contact that it belongs to."""
        self._leads_of = {lead: {lead} for lead in outcomes}
        self.first_seen: dict[str, int] = {}
        """Lead -> the end (ms) of the step in which it was seen first."""
        self._next_review = 0

    def take(self, step: Step, everyone: Everyone) -> None:
        """Look at a step; on a review day, at every lead."""
        for known, owner in step.moved.items():
            if known in self.outcomes:
                self.subject_of[known] = owner
                self._leads_of.setdefault(owner, set()).add(known)
        for subject in step.changed:
            if subject.sources and subject.id in self._leads_of:
                self._notice(subject.id, step.at)
        if step.at >= self._next_review:
            self._next_review = step.at + REVIEW_EVERY_MS
            self.rows += self._review(step.at, everyone)

    def _notice(self, id_: str, at: int) -> None:
        for lead in self._leads_of[id_]:
            if self.subject_of[lead] == id_:
                self.first_seen.setdefault(lead, at)

    def _review(self, at: int, everyone: Everyone) -> list[Row]:
        """The rows as of the end of a step: the moment after its last one is when they are judged."""
        rows = []
        for place, (lead, converted) in enumerate(self.outcomes.items()):
            subject = everyone.find(self.subject_of[lead])
            if subject is None or not subject.sources or (converted is not None and converted <= at):
                continue
            converts = converted is not None and converted <= at + self.horizon
            tenths = tuple(course.tenths(subject, at) for course in self._courses)
            rows.append(
                Row(place, at + 1, converts, tenths, tuple(course.band(subject.id) for course in self._courses))
            )
        return rows

    def put_first(self, others: Sequence[tuple[int, int]]) -> None:
        """Put another model's scores and bands before those of each row."""
        self.rows = [
            msgspec.structs.replace(row, tenths=(tenths, *row.tenths), bands=(band, *row.bands))
            for row, (tenths, band) in zip(self.rows, others, strict=True)
        ]

    def known_rows(self, known_until: int) -> list[Row]:
        """The rows whose horizon lies within what is known of outcomes, up to a moment (ms)."""
        return [row for row in self.rows if row.at + self.horizon <= known_until + 1]
