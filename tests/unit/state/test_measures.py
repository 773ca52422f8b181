"""What a process counts."""

import msgspec

from state.measures import BOUNDS_S, Histogram, Measures, Sample


def observed(*seconds: float) -> Histogram:
    histogram = Histogram()
    for one in seconds:
        histogram.observe(one)
    return histogram


def test_a_bound_belongs_to_the_bucket_below_it() -> None:
    assert observed(BOUNDS_S[2]).counts.index(1) == 2


def test_what_is_above_all_bounds_has_a_bucket_of_its_own() -> None:
    assert observed(BOUNDS_S[-1] + 1).counts[-1] == 1


def test_a_clock_that_went_back_makes_no_negative_time() -> None:
    assert observed(-5.0) == observed(0.0)


def test_two_histograms_together_are_one_that_saw_both() -> None:
    assert observed(0.5, 2.0) + observed(8.0) == observed(0.5, 2.0, 8.0)


def test_histograms_begin_apart() -> None:
    assert Histogram().counts is not Histogram().counts


def test_measures_come_back_from_json_as_they_were() -> None:
    said = Measures("1-2", 1, [Sample("a", ("b",), 3.0), Sample("c", (), observed(0.2))])
    assert msgspec.json.decode(msgspec.json.encode(said), type=Measures) == said
