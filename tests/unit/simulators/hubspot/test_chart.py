"""The drawing of a score over time."""

from simulators.hubspot.chart import Chart, chart
from simulators.hubspot.history import Step

DAY = 86_400_000


def drawn(*points: tuple[int, float | None, str], now: int = 10 * DAY) -> Chart:
    found = chart([Step(at, score, band, ()) for at, score, band in points], now)
    assert found is not None
    return found


def test_without_a_score_there_is_nothing_to_draw() -> None:
    assert chart([Step(0, None, "", ())], DAY) is None


def test_each_stay_in_a_band_is_a_run_of_its_own() -> None:
    found = drawn((0, 10, "low"), (DAY, 20, "low"), (2 * DAY, 80, "high"), (3 * DAY, 20, "low"))
    assert [run.band for run in found.runs] == ["low", "high", "low"]


def test_a_score_stands_until_the_next_one() -> None:
    assert drawn((0, 0, "low"), (5 * DAY, 100, "low")).runs[0].line == (
        "M34.0 164.0L370.0 164.0L370.0 16.0L706.0 16.0L706.0 16.0"
    )


def test_the_last_score_reaches_to_now() -> None:
    assert drawn((0, 50, "low"), now=10 * DAY).runs[-1].line.endswith("L706.0 90.0")


def test_a_mark_stands_where_a_band_was_entered() -> None:
    found = drawn((0, 10, "low"), (DAY, 20, "low"), (5 * DAY, 100, "high"))
    assert [(mark.band, mark.x, mark.y) for mark in found.marks] == [("low", 34.0, 149.2), ("high", 370.0, 16.0)]


def test_days_are_named_along_the_axis() -> None:
    assert [tick.label for tick in drawn((0, 10, "low"), now=8 * DAY).days] == [
        "1 Jan 1970", "3 Jan 1970", "5 Jan 1970", "7 Jan 1970", "9 Jan 1970",
    ]  # fmt: skip


def test_a_span_of_hours_names_its_day_once() -> None:
    assert [tick.label for tick in drawn((0, 10, "low"), now=3_600_000).days] == ["1 Jan 1970"]


def test_a_score_above_a_hundred_raises_the_scale() -> None:
    assert [tick.label for tick in drawn((0, 200, "high")).levels] == ["0", "100", "200"]


def test_one_score_at_one_moment_can_be_drawn() -> None:
    assert len(drawn((5, 50, "low"), now=5).marks) == 1


def test_steps_that_came_out_of_order_are_drawn_in_the_order_of_their_times() -> None:
    found = drawn((5 * DAY, 80, "high"), (0, 10, "low"))
    assert [run.band for run in found.runs] == ["low", "high"]
