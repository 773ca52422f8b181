"""Identifiers that do more than any person, and what stages take."""

from collections import Counter
from datetime import UTC, datetime

from benchmarks.extremes import ADDRESS, busy_visitor, many_devices
from benchmarks.stage_times import StageTimes

NOW = datetime(2026, 6, 12, tzinfo=UTC)


def test_a_busy_visitor_is_identified_once() -> None:
    emails = Counter(event.email for event in busy_visitor(NOW))
    assert emails == {None: 99_999, ADDRESS: 1}


def test_many_devices_are_a_thousand_with_twenty_events_each() -> None:
    devices = Counter(event.anonymous_id for event in many_devices(NOW))
    assert (len(devices), set(devices.values())) == (1_000, {20})


def test_identifying_is_what_both_of_its_stages_take_of_the_flow() -> None:
    assert StageTimes(1_000, {"known": 1.0, "visitor": 2.0, "contact": 4.0}, 10.0).identify_share == 0.3
