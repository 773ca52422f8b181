"""From the rows of a panel to what a report says of outcomes."""

from collections.abc import Sequence
from itertools import groupby
from math import isnan

import numpy as np
from numpy.typing import NDArray

from flows.replay.course import Course
from flows.replay.panel import Panel, Row
from flows.replay.quality import RESAMPLES, Floats, Ints, Ranking, deciles, interval, resampled
from flows.replay.report import BandQuality, Decile, Judged, Measure, Quality, Review, Speed
from state.moment import iso

DAY_MS = 86_400_000


class _Rows:
    """Rows as arrays; `tenths` and `bands` have a column per model."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.leads: Ints = np.array([row.lead for row in rows], np.int64)
        self.converts: NDArray[np.bool_] = np.array([row.converts for row in rows], np.bool_)
        self.tenths: Ints = np.array([row.tenths for row in rows], np.int64)
        self.bands: Ints = np.array([row.bands for row in rows], np.int64)


def judged(panel: Panel, courses: Sequence[Course], known_until: int) -> Judged | None:
    """The current model first, if there are two; `known_until` (ms) is how far outcomes are known.

    None when no lead could be judged: none was seen in time, or all or none converted.
    """
    rows = _Rows(panel.known_rows(known_until))
    if not rows.rows or rows.converts.all() or not rows.converts.any():
        return None
    rankings = [Ranking(rows.tenths[:, place], rows.converts) for place in range(len(courses))]
    draws = resampled(rankings, rows.leads)
    whole = [ranking.measure(np.ones(len(rows.rows))) for ranking in rankings]
    sides = [
        _quality(rows, place, course, _measures(whole[place], draws[:, place]), _speed(panel, course))
        for place, course in enumerate(courses)
    ]
    gain = None
    if len(courses) > 1:
        low, high = interval(draws[:, 1, 0] - draws[:, 0, 0])
        gain = Measure(value=whole[1][0] - whole[0][0], low=low, high=high)
    return Judged(
        leads=len(panel.outcomes), seen=len(panel.first_seen),
        converted=sum(at is not None for at in panel.outcomes.values()),
        rows=len(rows.rows), converts=int(rows.converts.sum()), horizon_days=panel.horizon / DAY_MS,
        known_until=iso(known_until), proposed=sides[-1], current=sides[0] if len(sides) > 1 else None,
        auc_gain=gain, resamples=RESAMPLES,
    )  # fmt: skip


def _measures(whole: tuple[float, float], draws: Floats) -> tuple[Measure, Measure]:
    auc, precision = (
        Measure(value=value, low=low, high=high)
        for value, (low, high) in zip(whole, (interval(draws[:, 0]), interval(draws[:, 1])), strict=True)
    )
    return auc, precision


def _quality(rows: _Rows, place: int, course: Course, measures: tuple[Measure, Measure], speed: Speed) -> Quality:
    tenths = rows.tenths[:, place]
    return Quality(
        auc=measures[0],
        average_precision=measures[1],
        bands=_by_band(rows.bands[:, place], rows.converts, course.bands["contact"]),
        deciles=[
            Decile(rows=count, score=score, converted=share) for count, score, share in deciles(tenths, rows.converts)
        ],
        reviews=_by_review(rows, tenths),
        speed=speed,
    )


def _by_band(bands: Ints, converts: NDArray[np.bool_], names: Sequence[str]) -> list[BandQuality]:
    found = []
    for place, name in enumerate(names):
        inside = bands == place
        count, hits = int(inside.sum()), int(converts[inside].sum())
        precision = hits / count if count else None
        lift = None if precision is None else precision / float(converts.mean())
        found.append(BandQuality(band=name, rows=count, converted=hits, precision=precision, lift=lift))
    return found


def _by_review(rows: _Rows, tenths: Ints) -> list[Review]:
    found = []
    for at, places in groupby(range(len(rows.rows)), lambda place: rows.rows[place].at):
        of_day = list(places)
        converts = rows.converts[of_day]
        auc, _ = Ranking(tenths[of_day], converts).measure(np.ones(len(of_day)))
        day = iso(at)[:10]
        found.append(Review(day=day, rows=len(of_day), converts=int(converts.sum()), auc=None if isnan(auc) else auc))
    return found


def _speed(panel: Panel, course: Course) -> Speed:
    """From when a lead first became high to when it converted, for those that were seen before that."""
    days, converted = [], 0
    for lead, at in panel.outcomes.items():
        seen = panel.first_seen.get(lead)
        if at is None or seen is None or seen >= at:
            continue
        converted += 1
        highs = course.highs.get(panel.subject_of[lead])
        if highs and highs[0] < at:
            days.append((at - highs[0] - 1) / DAY_MS)  # known from the next step on
    if not days:
        return Speed(converted=converted, high_before=0, median_days=None, quartiles=None)
    low, middle, high = (float(value) for value in np.percentile(days, [25, 50, 75]))
    return Speed(converted=converted, high_before=len(days), median_days=middle, quartiles=(low, high))
