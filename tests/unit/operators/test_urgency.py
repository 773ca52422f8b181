"""What a change is worth telling."""

from bisect import bisect_right

import pytest

from operators.urgency import EDGES, Urgency, outbox_score, urgency, urgency_of
from state.subject import Standing

MEDIUM = Standing(300, 1, "pricing")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, Standing(0, 0, ""), Urgency.DRIFTED),
        (None, Standing(400, 1, "pricing"), Urgency.BAND_UP),
        (MEDIUM, Standing(700, 2, "pricing"), Urgency.BAND_UP),
        (MEDIUM, Standing(100, 0, "docs"), Urgency.BAND_DOWN),
        (MEDIUM, Standing(310, 1, "docs"), Urgency.NEW_REASON),
        (MEDIUM, Standing(350, 1, "pricing"), Urgency.DRIFTED),
        (MEDIUM, Standing(250, 1, "pricing"), Urgency.DRIFTED),
        (MEDIUM, Standing(349, 1, "pricing"), None),
        (MEDIUM, Standing(251, 1, "pricing"), None),
        (MEDIUM, MEDIUM, None),
        (Standing(9, 0, ""), Standing(0, 0, ""), Urgency.DRIFTED),
        (Standing(0, 0, ""), Standing(1, 0, ""), Urgency.DRIFTED),
    ],
)
def test_a_change_is_as_urgent_as_what_it_changes(
    before: Standing | None, after: Standing, expected: Urgency | None
) -> None:
    assert urgency(before, after) == expected


def test_the_outbox_goes_by_urgency_then_by_time() -> None:
    late, early = 1_781_251_200_001, 1_781_251_200_000
    marks = [
        (Urgency.DRIFTED, early),
        (Urgency.BAND_UP, late),
        (Urgency.BAND_DOWN, early),
        (Urgency.BAND_UP, early),
    ]
    expected = [
        (Urgency.BAND_UP, early),
        (Urgency.BAND_UP, late),
        (Urgency.BAND_DOWN, early),
        (Urgency.DRIFTED, early),
    ]
    assert sorted(marks, key=lambda mark: outbox_score(*mark)) == expected


@pytest.mark.parametrize("kind", Urgency)
def test_a_mark_survives_a_double(kind: Urgency) -> None:
    last = (1 << 44) - 1
    assert (int(float(outbox_score(kind, last))), urgency_of(outbox_score(kind, last))) == (kind << 44 | last, kind)


@pytest.mark.parametrize("rank", Urgency)
def test_the_edges_part_the_outbox_by_urgency(rank: Urgency) -> None:
    assert [bisect_right(EDGES, outbox_score(rank, now)) for now in (0, (1 << 44) - 1)] == [rank, rank]
