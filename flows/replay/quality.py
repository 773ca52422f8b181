"""How well scores tell who converts: ranking, lift, calibration, with intervals by resampling leads.

`scores` and `converts` are arrays of one length, a row each; `weights` count rows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES = 400
SEED = 20_260_601
DECILES = 10


class Ranking:
    """Rows by score, ready to be weighed again and again."""

    def __init__(self, scores: Ints, converts: NDArray[np.bool_]) -> None:
        self._levels, self._level = np.unique(scores, return_inverse=True)
        self._converts = converts

    def measure(self, weights: Floats) -> tuple[float, float]:
        """(ROC AUC, average precision); not a number where all or none convert.

        AUC is the chance that a lead that converts has the higher score, half for equal ones (Mann and Whitney 1947).
        Average precision is the sum over score levels of precision times the recall that the level adds.
        """
        hits = np.bincount(self._level, weights * self._converts, len(self._levels))
        misses = np.bincount(self._level, weights * ~self._converts, len(self._levels))
        all_hits, all_misses = hits.sum(), misses.sum()
        if not all_hits or not all_misses:
            return float("nan"), float("nan")
        below = np.cumsum(misses) - misses
        auc = float((hits * (below + misses / 2)).sum() / (all_hits * all_misses))
        hits, taken = hits[::-1], np.cumsum((hits + misses)[::-1])
        precision = np.divide(np.cumsum(hits), taken, out=np.zeros_like(taken), where=taken > 0)
        return auc, float((precision * hits).sum() / all_hits)


def resampled(rankings: Sequence[Ranking], leads: Ints) -> Floats:
    """(resample, ranking, measure): each draw takes leads with replacement, with all their rows; the seed is fixed."""
    chance = np.random.default_rng(SEED)
    count = int(leads.max()) + 1
    present = np.unique(leads)
    found = np.empty((RESAMPLES, len(rankings), 2))
    for draw in range(RESAMPLES):
        drawn = np.bincount(chance.choice(present, len(present)), minlength=count).astype(np.float64)[leads]
        found[draw] = [ranking.measure(drawn) for ranking in rankings]
    return found


def interval(draws: Floats) -> tuple[float, float]:
    """The middle 95 % of resamples."""
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return float(low), float(high)


def deciles(scores: Ints, converts: NDArray[np.bool_]) -> list[tuple[int, float, float]]:
    """(rows, mean score, share that converts) of each tenth of the rows, the highest scores first."""
    order = np.argsort(-scores, kind="stable")
    parts = [part for part in np.array_split(order, DECILES) if len(part)]
    return [(len(part), float(scores[part].mean()) / 10, float(converts[part].mean())) for part in parts]
