"""Ranking measures agree with scikit-learn, and intervals hold the value."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from flows.replay.quality import Ranking, deciles, interval, resampled

ROWS = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 3)), min_size=2, max_size=40).filter(
    lambda rows: len({converts for _, converts, times in rows if times}) == 2
)


@given(ROWS)
def test_auc_and_average_precision_are_scikit_learns_for_any_ties_and_weights(
    rows: list[tuple[int, bool, int]],
) -> None:
    scores, converts, weights = (np.array(column) for column in zip(*rows, strict=True))
    expected = (
        roc_auc_score(converts, scores, sample_weight=weights),
        average_precision_score(converts, scores, sample_weight=weights),
    )
    assert Ranking(scores, converts).measure(weights.astype(float)) == pytest.approx(expected)


def test_without_both_outcomes_there_is_no_auc() -> None:
    assert np.isnan(Ranking(np.array([1, 2]), np.array([True, True])).measure(np.ones(2))[0])


def test_resamples_are_the_same_every_time() -> None:
    chance = np.random.default_rng(1)
    leads, scores = chance.integers(0, 50, 200), chance.integers(0, 100, 200)
    converts = chance.random(200) < 0.3
    one, other = (resampled([Ranking(scores, converts)], leads) for _ in range(2))
    assert np.array_equal(one, other)


def test_leads_are_drawn_with_all_their_rows() -> None:
    """One lead's rows, often repeated, tell no more than one row: the interval must not shrink."""
    chance = np.random.default_rng(2)
    scores, converts = chance.integers(0, 100, 60), chance.random(60) < 0.4
    widths = []
    for times in (1, 20):
        ranking = Ranking(np.repeat(scores, times), np.repeat(converts, times))
        low, high = interval(resampled([ranking], np.repeat(np.arange(60), times))[:, 0, 0])
        widths.append(high - low)
    assert widths[1] == pytest.approx(widths[0])


def test_deciles_go_from_the_best_scores_down() -> None:
    found = deciles(np.arange(100) * 10, np.arange(100) >= 90)
    assert [share for _, _, share in found] == [1.0] + [0.0] * 9
    assert all(one > other for (_, one, _), (_, other, _) in pairwise(found))
