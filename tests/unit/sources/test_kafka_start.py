"""Where reading begins in a Kafka partition."""

import pytest

from sources.kafka_start import RetentionGap, Span, begin, require_kept
from sources.log_error import LogChanged
from state.rewind import Reached

SPAN = Span(10, 90)


@pytest.mark.parametrize(
    ("reached", "asked", "expected"),
    [
        (None, None, 10),
        (None, 40, 40),
        (Reached(60, 70), None, 60),
        (Reached(60, 70), 80, 60),
        (Reached(4, 12), None, 10),  # what the rewind would read again is gone, and was read
        (Reached(4, 10), None, 10),
        (Reached(0, 0), None, 10),  # put back to the start before anything was noted
        (Reached(80, 90), None, 80),
        (Reached(4, 9), 40, 40),
        (Reached(4, 9), 5, 10),
    ],
)
def test_reading_begins_where_it_loses_nothing(reached: Reached | None, asked: int | None, expected: int) -> None:
    assert begin("events[0]", SPAN, reached, asked) == expected


def test_what_was_deleted_unread_is_told_with_the_way_out() -> None:
    with pytest.raises(RetentionGap, match=r"^events\[0\]: .* offsets 9 to 9 before they were read.*archive.*--from"):
        begin("events[0]", SPAN, Reached(4, 9))


@pytest.mark.parametrize("asked", [None, 40])
def test_a_partition_that_lost_what_was_read_is_told(asked: int | None) -> None:
    with pytest.raises(LogChanged, match=r"^events\[0\] ends at offset 90, but was already read up to 91"):
        begin("events[0]", SPAN, Reached(91, 91), asked)


@pytest.mark.parametrize("at", [0, 9])
def test_a_reader_whose_place_was_deleted_under_it_stops_wherever_that_is(at: int) -> None:
    with pytest.raises(RetentionGap, match=f"deleted the offsets {at} to 9 before"):
        require_kept("events[0]", SPAN, at)
