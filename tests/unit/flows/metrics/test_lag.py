"""How far behind a flow is, by partition."""

from flows.metrics.catalogue import LAG_BYTES, LAG_EVENTS, LAG_SECONDS
from flows.metrics.lag import NAMED, OTHERS, lag_samples


def test_who_has_read_everything_is_not_late_however_old_its_last_event_is() -> None:
    assert lag_samples(LAG_EVENTS, {"p": 0}, {"p": 86_400.0}) == [LAG_EVENTS.of(0, "p"), LAG_SECONDS.of(0.0, "p")]


def test_of_a_partition_without_events_so_far_nobody_knows_how_late_it_is() -> None:
    assert lag_samples(LAG_BYTES, {"p": 9}, {}) == [LAG_BYTES.of(9, "p")]


def test_a_partition_that_is_not_read_any_more_has_no_lag() -> None:
    assert lag_samples(LAG_BYTES, {}, {"p": 5.0}) == []


def test_a_log_and_the_one_that_took_its_name_are_one_series() -> None:
    found = lag_samples(LAG_BYTES, {"a.jsonl#1": 9, "a.jsonl#2": 1}, {"a.jsonl#1": 3.0, "a.jsonl#2": 5.0})
    assert found == [LAG_BYTES.of(10, "a.jsonl"), LAG_SECONDS.of(5.0, "a.jsonl")]


def test_of_very_many_partitions_those_furthest_behind_are_named() -> None:
    behind = {f"p{number}": number for number in range(NAMED + 3)}
    found = {sample.labels[0]: sample.value for sample in lag_samples(LAG_EVENTS, behind, {})}
    assert (len(found), found[OTHERS], found[f"p{NAMED + 2}"]) == (NAMED + 1, 0 + 1 + 2, NAMED + 2)
