"""The generated log is what the benchmarks say it is."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path

import msgspec
import pytest

from benchmarks.catalogue import PLAIN
from benchmarks.native import DecodedEvent
from benchmarks.traffic import START, Traffic, recent_start, write

EVENTS = 20_000


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return list(islice(Traffic(seed=7), EVENTS))


@pytest.fixture(scope="module")
def events(lines: list[bytes]) -> list[DecodedEvent]:
    decode = msgspec.json.Decoder(DecodedEvent).decode
    return [decode(line) for line in lines]


def times(events: list[DecodedEvent]) -> list[datetime]:
    return [event.timestamp for event in events if isinstance(event.timestamp, datetime)]


def visitors(events: list[DecodedEvent]) -> Counter[str]:
    return Counter(event.anonymous_id for event in events if event.anonymous_id)


def test_a_seed_gives_the_same_bytes(lines: list[bytes]) -> None:
    assert list(islice(Traffic(seed=7), EVENTS)) == lines


def test_a_seed_gives_the_same_bytes_on_every_machine(lines: list[bytes]) -> None:
    # A change here means that figures from before and after are of different logs.
    assert sha256(b"".join(lines)).hexdigest()[:16] == "473577dc77f456ed"


def test_another_seed_gives_another_log(lines: list[bytes]) -> None:
    assert lines[:100] != list(islice(Traffic(seed=8), 100))


def test_a_log_is_written_as_it_is_generated(lines: list[bytes], tmp_path: Path) -> None:
    write(tmp_path / "build" / "log.jsonl", 500, seed=7)
    assert (tmp_path / "build" / "log.jsonl").read_bytes() == b"".join(lines[:500])


def test_every_event_has_the_native_form(lines: list[bytes]) -> None:
    native = {
        "event", "messageId", "anonymousId", "contactId", "userId", "email", "accountDomain",
        "timestamp", "properties", "traits",
    }  # fmt: skip
    assert {frozenset(msgspec.json.decode(line)) for line in lines} == {frozenset(native)}


def test_every_event_has_an_identifier(events: list[DecodedEvent]) -> None:
    ids = [event.anonymous_id or event.contact_id or event.user_id or event.email for event in events]
    assert ids.count(None) == 0


def test_an_event_takes_about_350_bytes(lines: list[bytes]) -> None:
    assert sum(map(len, lines)) / EVENTS == pytest.approx(350, abs=30)


def test_four_in_ten_events_are_plain_page_views(events: list[DecodedEvent]) -> None:
    plain = sum((event.properties or {}).get("pathname") in PLAIN for event in events)
    assert plain / EVENTS == pytest.approx(0.4, abs=0.03)


def test_one_visitor_in_five_is_identified(events: list[DecodedEvent]) -> None:
    known = {event.anonymous_id for event in events if event.email and event.anonymous_id}
    assert len(known) / len(visitors(events)) == pytest.approx(0.2, abs=0.04)


def test_most_events_of_known_visitors_carry_the_anonymous_id_only(events: list[DecodedEvent]) -> None:
    known = {event.anonymous_id for event in events if event.email and event.anonymous_id}
    theirs = [event for event in events if event.anonymous_id in known]
    bare = sum(not (event.email or event.user_id or event.contact_id) for event in theirs)
    assert bare / len(theirs) > 0.6


def test_product_events_carry_the_user_id(events: list[DecodedEvent]) -> None:
    product = [event for event in events if event.event in ("feature_used", "signed_in")]
    assert (len(product) > 100, all(event.user_id for event in product)) == (True, True)


def test_one_event_in_a_hundred_is_repeated(events: list[DecodedEvent]) -> None:
    distinct = {event.message_id for event in events}
    assert 1 - len(distinct) / EVENTS == pytest.approx(0.01, abs=0.003)


def test_a_repeated_event_is_the_same_line(lines: list[bytes], events: list[DecodedEvent]) -> None:
    assert len({event.message_id for event in events}) == len(set(lines))


def test_one_event_in_a_hundred_is_hours_late(events: list[DecodedEvent]) -> None:
    latest, late = START, 0
    for at in times(events):
        late += latest - at > timedelta(hours=1)
        latest = max(latest, at)
    # The first twelve hours of the log have not had all their late events yet.
    assert late / EVENTS == pytest.approx(0.008, abs=0.004)


def test_time_mostly_increases(events: list[DecodedEvent]) -> None:
    backwards = sum(after < before for before, after in pairwise(times(events)))
    assert 0.03 < backwards / EVENTS < 0.1


def test_events_of_one_session_overtake_each_other(events: list[DecodedEvent]) -> None:
    newest: dict[str, datetime] = {}
    overtaken = 0
    for event in events:
        if event.anonymous_id and isinstance(event.timestamp, datetime):
            before = newest.get(event.anonymous_id, event.timestamp)
            overtaken += timedelta() < before - event.timestamp < timedelta(minutes=3)
            newest[event.anonymous_id] = max(before, event.timestamp)
    assert 0.005 < overtaken / EVENTS < 0.05


def test_sessions_are_interleaved(events: list[DecodedEvent]) -> None:
    followed_by_itself = sum(a.anonymous_id == b.anonymous_id for a, b in pairwise(events))
    assert followed_by_itself / EVENTS < 0.2


def test_a_few_visitors_come_very_often(events: list[DecodedEvent]) -> None:
    counts = [count for _, count in visitors(events).most_common()]
    assert counts[0] > 15 * counts[len(counts) // 2]


def test_a_few_accounts_are_hot(events: list[DecodedEvent]) -> None:
    accounts = Counter(event.account_domain for event in events if event.account_domain)
    counts = [count for _, count in accounts.most_common()]
    assert (len(counts) > 400, counts[2] > 10 * counts[len(counts) // 2]) == (True, True)


def test_a_log_can_end_shortly_before_now() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    log = [
        msgspec.json.decode(line, type=DecodedEvent) for line in islice(Traffic(7, recent_start(EVENTS, now)), EVENTS)
    ]
    assert timedelta(0) < now - max(times(log)) < timedelta(hours=4)
