"""Times are read as floats would have them, only faster."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from state.moment import iso, milliseconds

moments = st.datetimes(datetime(1970, 1, 1), datetime(2105, 12, 31))  # noqa: DTZ001  the zone is put on later
zones = st.none() | st.just(UTC) | st.integers(-1_439, 1_439).map(lambda late: timezone(timedelta(minutes=late)))
forms = st.sampled_from(["seconds", "milliseconds", "microseconds"])


def by_float(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


@given(moments, zones, forms)
@example(datetime(2026, 6, 12, 8, 0, 0, 1_500, tzinfo=UTC), UTC, "microseconds")
@example(datetime(2026, 6, 12, 8, 0, 0, 2_500, tzinfo=UTC), UTC, "microseconds")
@example(datetime(2026, 6, 12, 8, 0, 0, 999_999, tzinfo=UTC), UTC, "microseconds")
def test_a_time_is_what_its_float_rounds_to(moment: datetime, zone: timezone | None, form: str) -> None:
    text = moment.replace(tzinfo=zone).isoformat(timespec=form)
    assert by_float(text) == milliseconds(text)


@given(st.integers(0, 1_000_000).map(lambda halves: 1_781_251_200_000_500 + 1_000 * halves))
def test_half_a_millisecond_goes_the_way_of_its_float(us: int) -> None:
    text = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).isoformat()
    assert by_float(text) == milliseconds(text)


@given(st.integers(0, 4_000_000_000_000))
def test_what_is_written_is_what_is_read(ms: int) -> None:
    assert milliseconds(iso(ms)) == ms
