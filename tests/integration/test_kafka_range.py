"""A range of a topic: fixed once, read as often as one likes, and nothing left behind on the broker."""

from collections.abc import Callable

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions

from sources import kafka_messages, kafka_range
from sources.kafka_range import StretchReader, fixed
from sources.kafka_start import RetentionGap, Span
from sources.kafka_stretch import Range, Stretch, Wanted
from sources.log_error import LogChanged, NoLogs
from state.kafka_trouble import KafkaUnavailable
from tests.kafka_topics import ANSWER_S, TestTopics

TEN = [b'{"n": %d}' % n for n in range(10)]
BEGIN = 1_700_000_000_000
SECONDS = [BEGIN + 1000 * n for n in range(10)]

Fix = Callable[..., Range]


@pytest.fixture
def fix(kafka_topics: TestTopics) -> Fix:
    return lambda *topics, **times: fixed(Wanted(access=kafka_topics.access, topics=topics, **times))


def lines(found: Range) -> list[bytes]:
    reader = StretchReader(found.access, len(found.stretches))
    return [line for stretch in found.stretches for batch in reader.batches(stretch) for line in batch.lines]


def test_a_topic_that_grows_is_read_up_to_where_it_was_however_often(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    found = fix(topic)
    kafka_topics.write(topic, [b"later"] * 10)
    assert [lines(found), lines(found)] == [TEN, TEN]


def test_all_partitions_of_all_topics_are_read(kafka_topics: TestTopics, fix: Fix) -> None:
    one, other = kafka_topics.make(2), kafka_topics.make()
    for topic, partition, line in ((one, 0, b"a"), (one, 1, b"b"), (other, 0, b"c")):
        kafka_topics.write(topic, [line], partition)
    assert sorted(lines(fix(one, other))) == [b"a", b"b", b"c"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"since": SECONDS[7]}, TEN[7:]),
        ({"until": SECONDS[3]}, TEN[:3]),
        ({"since": SECONDS[2] + 1, "until": SECONDS[5] + 1}, TEN[3:6]),
        ({"since": BEGIN - 1, "until": SECONDS[9] + 1}, TEN),
    ],
)
def test_a_range_is_from_the_first_event_of_a_time_to_the_last_before_another(
    kafka_topics: TestTopics, fix: Fix, times: dict[str, int], expected: list[bytes]
) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN, times=SECONDS)
    assert lines(fix(topic, **times)) == expected


def test_a_time_without_events_is_told(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN, times=SECONDS)
    with pytest.raises(NoLogs, match=r"from 2027-01-15T08:00:00Z: no event has a Kafka timestamp in that time.*--from"):
        fix(topic, since=1_800_000_000_000)


def test_an_empty_topic_is_told(kafka_topics: TestTopics, fix: Fix) -> None:
    with pytest.raises(NoLogs, match="is empty: name a topic that has events"):
        fix(kafka_topics.make())


def test_what_retention_deleted_before_begins_the_range_later(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    kafka_topics.drop_before(topic, 4)
    assert lines(fix(topic)) == TEN[4:]


def test_what_retention_deletes_of_a_range_stops_the_next_reading(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    found = fix(topic)
    lines(found)
    kafka_topics.drop_before(topic, 4)
    with pytest.raises(RetentionGap, match=r"deleted the offsets 0 to 3 while the range was read.*--from"):
        lines(found)


def test_what_retention_deletes_beyond_the_range_stops_it_too(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    found = fix(topic)
    kafka_topics.write(topic, TEN)
    kafka_topics.drop_before(topic, 15)
    with pytest.raises(RetentionGap, match="deleted the offsets 0 to 14"):
        lines(found)


def test_a_partition_that_ends_before_the_range_does_is_told(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    (stretch,) = fix(topic).stretches
    longer = Stretch(stretch.topic, stretch.partition, Span(0, 11))
    with pytest.raises(LogChanged, match="ends at offset 10, but was already read up to 11"):
        lines(Range(kafka_topics.access, (longer,)))


def test_what_retention_deletes_while_it_is_fetched_stops_the_reading(
    kafka_topics: TestTopics, fix: Fix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_messages, "HELD_KBYTES", 1)
    monkeypatch.setattr(kafka_range, "WAIT_S", 0.0)
    topic = kafka_topics.write(kafka_topics.make(), [b" " * 900_000] * 8)
    found = fix(topic)
    batches = StretchReader(found.access, 1).batches(found.stretches[0])
    next(batches)
    kafka_topics.drop_before(topic, 7)
    with pytest.raises(RetentionGap, match="to 6 while the range was read"):
        list(batches)


def test_a_topic_that_is_made_anew_is_another(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    found = fix(topic)
    kafka_topics.delete(topic)
    kafka_topics.write(kafka_topics.make(name=topic), TEN)
    with pytest.raises(LogChanged, match="is gone: its topic was deleted"):
        lines(found)


def test_the_end_is_found_behind_what_a_transaction_gave_up_although_the_topic_grows(
    kafka_topics: TestTopics, fix: Fix
) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    kafka_topics.abort(topic, [b"never"] * 3)
    found = fix(topic)
    kafka_topics.write(topic, [b"later"])
    assert lines(found) == TEN


def test_a_range_ends_before_a_transaction_that_is_open(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    with kafka_topics.transaction(topic, [b"not yet"]):
        found = fix(topic)
        assert lines(found) == TEN


def test_who_waits_for_a_range_is_told_when_nothing_comes_for_too_long(
    kafka_topics: TestTopics, fix: Fix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_range, "WAIT_S", 0.0)
    monkeypatch.setattr(kafka_range, "PATIENCE_S", 0.0)
    with pytest.raises(KafkaUnavailable, match=r"Kafka at .* has given nothing for 0 s: see that it runs"):
        lines(fix(kafka_topics.write(kafka_topics.make(), TEN)))


def test_no_group_is_made_and_no_offset_noted(kafka_topics: TestTopics, fix: Fix) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    before = groups(kafka_topics)
    lines(fix(topic))
    noted = [group for group in groups(kafka_topics) if offsets(kafka_topics, group, topic)]
    assert (groups(kafka_topics), noted) == (before, [])


def groups(topics: TestTopics) -> set[str]:
    return {group.group_id for group in topics.admin.list_consumer_groups().result(ANSWER_S).valid}


def offsets(topics: TestTopics, group: str, topic: str) -> list[int]:
    """What a group has noted of a topic."""
    asked = topics.admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group]
    noted = asked.result(ANSWER_S).topic_partitions
    return [one.offset for one in noted if one.topic == topic and one.offset >= 0]
