"""What is learnt from: on each review day every lead that could still convert, by what was known before that day."""

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from config.model import Model
from flows.exits import Problem
from flows.replay.history import Past
from flows.replay.outcomes import last_of
from flows.replay.panel import Panel
from flows.replay.subjects import Everyone
from operators.weigh import Weigher
from state.ledger import Keep
from state.moment import iso
from state.subject import Subject

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

FEWEST = 30
"""Leads that must convert, and that must not, in each of the two parts."""


class Rows(msgspec.Struct, frozen=True):
    """Leads on review days (`at`, ms): who converted within the horizon. Each part is a mask.

    `learning` lies before `split` (ms), its horizon included; `later` from there on.
    """

    weigher: Weigher
    leads: Ints
    converts: Mask
    learning: Mask
    later: Mask
    split: int

    def leads_in(self, part: Mask, *, converting: bool) -> int:
        """How many leads have a row in a part that converts, or that does not."""
        return len(np.unique(self.leads[part & (self.converts == converting)]))


def rows_of(model: Model, keep: Keep, panel: Panel, past: Past, everyone: Everyone) -> Rows:
    """Go through the past and take the features of all rows. Raises `Problem` when there are too few to learn from."""
    weigher = Weigher(model, model.contact, keep, _reviewed(panel, past, everyone))
    leads, at, converts = (np.array([getattr(row, key) for row in panel.rows]) for key in ("lead", "at", "converts"))
    if not len(at):
        raise Problem("no lead of the outcomes was seen in the log: are its contacts known by the same ids?")
    known = at + panel.horizon <= last_of(panel.outcomes) + 1
    days = np.unique(at[known])
    split = int(days[2 * len(days) // 3]) if len(days) else 0
    rows = Rows(weigher, leads, converts, known & (at + panel.horizon <= split), known & (at >= split), split)
    _require_enough(rows)
    return rows


def _reviewed(panel: Panel, past: Past, everyone: Everyone) -> Iterator[tuple[Subject, int]]:
    """Each lead as of each review, while the past goes by; its rows are the panel's."""
    names = list(panel.outcomes)
    for step, _ in past:
        known = len(panel.rows)
        panel.take(step, everyone)
        for row in panel.rows[known:]:
            lead = names[row.lead]
            subject = everyone.find(panel.subject_of.get(lead, lead))
            assert subject is not None, "the panel has just found it"
            yield subject, step.at
        everyone.pack()


def _require_enough(rows: Rows) -> None:
    for part, what in ((rows.learning, "to learn from, before"), (rows.later, "to judge by, from")):
        for converting, did in ((True, "converted"), (False, "did not convert")):
            count = rows.leads_in(part, converting=converting)
            if count < FEWEST:
                raise Problem(
                    f"too few labels: {count} leads {did} in the part {what} {iso(rows.split)[:10]} on, {FEWEST} are "
                    "needed; give a longer log with its outcomes, or a shorter --horizon"
                )
