"""The calls that are left, and when the last of a day are kept for what cannot wait."""

import pytest

from sinks.hubspot.quota import Allowance, Quota
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def allowance(clock: Clock) -> Allowance:
    return Allowance(clock)


def said(daily: int, left: int) -> dict[str, str]:
    return {"x-hubspot-ratelimit-daily": str(daily), "x-hubspot-ratelimit-daily-remaining": str(left)}


@pytest.mark.parametrize(("left", "reserved"), [(1_000, False), (101, False), (100, True), (0, True)])
def test_the_last_tenth_of_a_day_is_reserved(allowance: Allowance, left: int, reserved: bool) -> None:
    allowance.hear(said(1_000, left))
    assert allowance.is_reserved == reserved


def test_of_a_day_whose_calls_were_not_told_nothing_is_reserved(allowance: Allowance) -> None:
    allowance.hear({"x-hubspot-ratelimit-daily-remaining": "0"})
    assert (allowance.is_reserved, allowance.quota) == (False, Quota(daily=0))


def test_an_answer_without_headers_changes_nothing(allowance: Allowance) -> None:
    allowance.hear(said(1_000, 50))
    allowance.hear({})
    assert (allowance.is_reserved, allowance.quota) == (True, Quota(daily=50))


def test_after_a_quarter_hour_without_word_the_day_may_be_over(allowance: Allowance, clock: Clock) -> None:
    allowance.hear(said(1_000, 50))
    clock.advance(899.0)
    before = allowance.is_reserved
    clock.advance(1.0)
    assert (before, allowance.is_reserved) == (True, False)
