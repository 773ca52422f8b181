"""The rate limits."""

import pytest

from simulators.hubspot.errors import Refused
from simulators.hubspot.quota import Quota
from simulators.hubspot.settings import SimulatorSettings

DAY_MS = 86_400_000


def quota(burst: int = 2, daily: int = 10, searches: int = 1) -> Quota:
    return Quota(SimulatorSettings(token="t", burst=burst, daily=daily, searches=searches))


def policy(refused: pytest.ExceptionInfo[Refused]) -> object:
    return refused.value.problem.policy_name


def test_headers_say_what_is_left() -> None:
    assert quota().spend(is_search=False, now=0) == {
        "X-HubSpot-RateLimit-Daily": "10",
        "X-HubSpot-RateLimit-Daily-Remaining": "9",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Max": "2",
        "X-HubSpot-RateLimit-Remaining": "1",
    }


def test_a_burst_is_cut_off_with_a_429() -> None:
    limits = quota(burst=2)
    limits.spend(is_search=False, now=0)
    limits.spend(is_search=False, now=1)
    with pytest.raises(Refused) as refused:
        limits.spend(is_search=False, now=9_999)
    assert (refused.value.status, policy(refused)) == (429, "TEN_SECONDLY_ROLLING")


def test_a_429_carries_the_rate_headers() -> None:
    limits = quota(burst=1)
    limits.spend(is_search=False, now=0)
    with pytest.raises(Refused) as refused:
        limits.spend(is_search=False, now=1)
    assert refused.value.headers["X-HubSpot-RateLimit-Remaining"] == "0"


def test_the_window_rolls() -> None:
    limits = quota(burst=2)
    limits.spend(is_search=False, now=0)
    limits.spend(is_search=False, now=5_000)
    assert limits.spend(is_search=False, now=10_000)["X-HubSpot-RateLimit-Remaining"] == "0"


def test_search_has_a_limit_of_its_own_per_second() -> None:
    limits = quota(searches=1)
    limits.spend(is_search=True, now=0)
    with pytest.raises(Refused) as refused:
        limits.spend(is_search=True, now=999)
    assert policy(refused) == "SECONDLY"


def test_search_carries_no_rate_headers() -> None:
    assert quota().spend(is_search=True, now=0) == {}


def test_search_leaves_the_burst_alone() -> None:
    limits = quota(burst=1)
    limits.spend(is_search=True, now=0)
    assert limits.spend(is_search=False, now=0)["X-HubSpot-RateLimit-Remaining"] == "0"


def test_the_day_is_over_when_its_calls_are_spent() -> None:
    limits = quota(daily=1)
    limits.spend(is_search=False, now=0)
    with pytest.raises(Refused) as refused:
        limits.spend(is_search=False, now=20_000)
    assert policy(refused) == "DAILY"


def test_the_day_begins_anew_at_midnight() -> None:
    limits = quota(daily=1)
    limits.spend(is_search=False, now=DAY_MS - 1)
    assert limits.spend(is_search=False, now=DAY_MS)["X-HubSpot-RateLimit-Daily-Remaining"] == "0"
