"""The logs that memory is measured with hold what they are said to hold."""

from datetime import UTC, datetime

from benchmarks.memory import contact_events, record_bytes, visitor_events
from benchmarks.score_flow import NAMESPACE
from benchmarks.server import dedicated_server
from state.redis_link import RedisLink

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_contact_has_20_touches_of_one_address() -> None:
    events = list(contact_events(3, NOW))
    found = (len({(event.event, event.timestamp) for event in events}), {event.email for event in events})
    assert found == (20, {"person3@gmail.com"})


def test_a_visitor_has_5_touches_and_is_nobody_yet() -> None:
    events = list(visitor_events(3, NOW))
    found = (len({event.message_id for event in events}), {event.email for event in events})
    assert found == (5, {None})


def test_records_are_weighed_by_kind() -> None:
    with dedicated_server() as server:
        link = RedisLink(server.url, NAMESPACE)
        link.client.set(link.keys.record("contact", 1, "e:ann@acme.com"), b"x" * 1_000)
        link.client.set(link.keys.record("visitor", 2, "a:1"), b"x" * 100)
        link.disconnect()
        sizes = record_bytes(server)
    assert list(sizes) == ["contact_record_bytes", "visitor_record_bytes"]
    assert 1_000 < sizes["contact_record_bytes"] < 1_300
    assert 100 < sizes["visitor_record_bytes"] < 250
