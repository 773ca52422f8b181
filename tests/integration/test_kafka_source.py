"""Reading Kafka: where it begins, where it ends, and what it does when events are gone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from config.loading import load_model
from operators.decode import Decoder
from sources import kafka_messages
from sources import kafka_topics as topics_module
from sources.kafka import KafkaLog
from sources.kafka_group import GroupOffsets
from sources.kafka_messages import KafkaPlan
from sources.kafka_start import RetentionGap
from sources.log_error import LogChanged
from state.batch import Batch
from state.kafka_cluster import Cluster, Partition
from state.kafka_trouble import KafkaRefused
from state.rewind import Reached
from tests.commands import SIMPLE
from tests.kafka_topics import TestTopics
from tests.waiting import wait_for

Open = Callable[..., KafkaLog]
TEN = [b'{"n": %d}' % n for n in range(10)]


@pytest.fixture
def said() -> list[str]:
    """What readers said."""
    return []


@pytest.fixture
def opened(kafka_topics: TestTopics, said: list[str]) -> Iterator[Open]:
    """Opens topics; readers are closed after the test."""
    with ExitStack() as readers:

        def make(*topics: str, until_end: bool = True, **plan: Any) -> KafkaLog:
            log = KafkaLog(kafka_topics.access, KafkaPlan(topics=topics, until_end=until_end, **plan), said.append)
            return readers.enter_context(closing(log))

        yield make


def batches(log: KafkaLog) -> list[Batch]:
    found: list[Batch] = []

    def at_end() -> bool:
        batch = log.read()
        if batch is not None:
            found.append(batch)
        return log.at_end

    wait_for(at_end)
    return found


def lines(log: KafkaLog) -> list[bytes]:
    return [line for batch in batches(log) for line in batch.lines]


def some(log: KafkaLog, count: int) -> list[bytes]:
    """The next so many lines of a topic that is followed."""
    found: list[bytes] = []

    def enough() -> bool:
        batch = log.read()
        found.extend(batch.lines if batch else [])
        return len(found) >= count

    wait_for(enough)
    return found


def partition(topics: TestTopics, topic: str, number: int = 0) -> str:
    found = Cluster(topics.access).topic(topic)
    assert found
    return Partition(found, number).name


def reached(topics: TestTopics, topic: str, at: int, newest: int) -> dict[str, Reached]:
    return {partition(topics, topic): Reached(at, newest)}


def test_a_partition_goes_on_where_it_was(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    assert lines(opened(topic, reached=reached(kafka_topics, topic, 4, 6))) == TEN[4:]


def test_reading_begins_at_the_time_that_was_asked_for(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN, times=[1_700_000_000_000 + n for n in range(10)])
    assert lines(opened(topic, since=1_700_000_000_007)) == TEN[7:]


def test_nothing_is_read_since_a_time_after_the_last_event(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN, times=[1_700_000_000_000] * 10)
    assert lines(opened(topic, since=1_800_000_000_000)) == []


def test_a_partition_that_was_read_goes_on_whatever_time_was_asked_for(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN, times=[1_700_000_000_000 + n for n in range(10)])
    log = opened(topic, since=1_700_000_000_007, reached=reached(kafka_topics, topic, 2, 2))
    assert lines(log) == TEN[2:]


def test_events_that_retention_deleted_unread_stop_the_reader(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    kafka_topics.drop_before(topic, 6)
    with pytest.raises(RetentionGap, match=r"deleted the offsets 4 to 5 .* --from"):
        opened(topic, reached=reached(kafka_topics, topic, 3, 4))


def test_a_time_leads_over_what_retention_deleted_and_says_so(
    kafka_topics: TestTopics, opened: Open, said: list[str]
) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    kafka_topics.drop_before(topic, 6)
    found = lines(opened(topic, since=1_700_000_000_000, reached=reached(kafka_topics, topic, 3, 4)))
    assert (found, ["2 offsets are gone unread" in line for line in said]) == (TEN[6:], [True])


def test_a_quiet_topic_whose_events_were_read_before_they_were_deleted_goes_on(
    kafka_topics: TestTopics, opened: Open
) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    kafka_topics.drop_before(topic, 10)
    found = batches(opened(topic, reached=reached(kafka_topics, topic, 7, 10)))
    assert [(batch.lines, batch.position) for batch in found] == [
        ([], 10)
    ]  # noted, so that no start takes it for a gap


def test_events_that_are_deleted_while_they_are_fetched_stop_the_reader(
    kafka_topics: TestTopics, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_messages, "HELD_KBYTES", 1)
    large = [b" " * 900_000] * 8
    topic = kafka_topics.write(kafka_topics.make(), large)
    log = opened(topic)
    wait_for(log.read)
    kafka_topics.drop_before(topic, 7)
    with pytest.raises(RetentionGap, match="to 6 before they were read"):
        batches(log)


def test_a_topic_that_ends_before_what_was_read_of_it_stops_the_reader(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    with pytest.raises(LogChanged, match="ends at offset 10, but was already read up to 11"):
        opened(topic, reached=reached(kafka_topics, topic, 9, 11))


def test_a_topic_that_was_made_anew_is_read_from_its_beginning(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    of_the_old_one = reached(kafka_topics, topic, 10, 10)
    kafka_topics.delete(topic)
    kafka_topics.write(kafka_topics.make(name=topic), TEN[:3])
    assert lines(opened(topic, reached=of_the_old_one)) == TEN[:3]


def test_a_topic_that_is_made_anew_while_it_is_read_stops_the_reader(
    kafka_topics: TestTopics, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics_module, "LOOK_AGAIN_MS", 0)
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    log = opened(topic, until_end=False)
    some(log, 10)
    kafka_topics.delete(topic)
    kafka_topics.write(kafka_topics.make(name=topic), TEN * 2)
    with pytest.raises((LogChanged, KafkaRefused), match=r"made anew|there is no topic|unknown topic"):
        some(log, 1)


def test_new_partitions_are_noticed(kafka_topics: TestTopics, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics_module, "LOOK_AGAIN_MS", 0)
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    log = opened(topic, until_end=False)
    some(log, 10)
    kafka_topics.grow(topic, 3)
    kafka_topics.write(topic, [b"new"], partition=2)
    assert some(log, 1) == [b"new"]


def test_a_topic_that_may_come_later_is_read_when_it_comes(
    kafka_topics: TestTopics, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics_module, "LOOK_AGAIN_MS", 0)
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    log = opened(topic, later=(f"{topic}-later",), until_end=False)
    some(log, 10)
    kafka_topics.write(kafka_topics.make(name=f"{topic}-later"), [b"later"])
    assert some(log, 1) == [b"later"]


def test_what_comes_after_the_start_does_not_move_the_end(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    log = opened(topic)
    found = lines(log)
    kafka_topics.write(topic, TEN)
    assert (found, log.at_end, log.read()) == (TEN, True, None)


def test_what_a_transaction_gave_up_is_not_read_and_the_end_is_found_behind_it(
    kafka_topics: TestTopics, opened: Open
) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    kafka_topics.abort(topic, [b"never"] * 3)
    assert lines(opened(topic)) == TEN


def test_a_dead_letter_lies_at_its_messages_offset_whatever_was_left_out_before(
    kafka_topics: TestTopics, opened: Open
) -> None:
    topic = kafka_topics.make()
    kafka_topics.abort(topic, [b"never"] * 3)
    kafka_topics.write(topic, [b"{}", b"broken"])
    (batch,) = batches(opened(topic))
    _, dead, _ = Decoder(load_model(SIMPLE)).decode(batch, latest=0)
    assert [letter.position for letter in dead] == [4, 5]


def test_a_message_without_a_value_is_counted_and_ignored(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.write(kafka_topics.make(), [None, b"{}"])
    (batch,) = batches(opened(topic))
    _, _, counts = Decoder(load_model(SIMPLE)).decode(batch, latest=0)
    assert (counts.received, counts.ignored, counts.dead) == (2, 1, 1)


def test_a_message_over_the_limit_is_cut_and_told(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.make(max_message_bytes="2000000")
    kafka_topics.write(topic, [b" " * 1_500_000])
    (batch,) = batches(opened(topic))
    assert ([len(line) for line in batch.lines], batch.oversized) == ([1 << 20], {0: 1_500_000})


def test_workers_share_partitions_and_each_is_read_once(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.make(partitions=3)
    for number in range(3):
        kafka_topics.write(topic, [b"%d" % number], partition=number)
    assert [sorted(lines(opened(topic, share=(worker, 2)))) for worker in range(2)] == [[b"0", b"2"], [b"1"]]


def test_several_topics_are_read(kafka_topics: TestTopics, opened: Open) -> None:
    one, other = (kafka_topics.write(kafka_topics.make(), [line]) for line in (b"one", b"other"))
    assert sorted(lines(opened(one, other))) == [b"one", b"other"]


def test_an_unknown_topic_is_named(opened: Open) -> None:
    with pytest.raises(KafkaRefused, match="there is no topic nowhere"):
        opened("nowhere")


def test_a_group_knows_what_was_noted_of_kafkas_partitions(kafka_topics: TestTopics) -> None:
    topic = kafka_topics.write(kafka_topics.make(), TEN)
    with closing(GroupOffsets(kafka_topics.access, topic)) as group:
        group.note({partition(kafka_topics, topic): 7, "june.jsonl#0a1b2c3d": 3})
    assert kafka_topics.committed(topic, topic) == 7


def test_what_was_not_read_yet_is_told_in_events(kafka_topics: TestTopics, opened: Open) -> None:
    log = opened(kafka_topics.write(kafka_topics.make(), TEN), until_end=False)
    wait_for(lambda: log.read(4))
    wait_for(lambda: list(log.behind().values()) == [6])


def test_what_no_broker_has_sent_yet_is_not_read_yet(kafka_topics: TestTopics, opened: Open) -> None:
    log = opened(kafka_topics.write(kafka_topics.make(), TEN), until_end=False)
    assert list(log.behind().values()) == [10]


def test_what_was_sent_and_waits_for_its_turn_is_not_read_yet(kafka_topics: TestTopics, opened: Open) -> None:
    topic = kafka_topics.make(partitions=2)
    for number in range(2):
        kafka_topics.write(topic, TEN, partition=number)
    log = opened(topic, until_end=False)
    first = wait_for(lambda: log.read(20, wait_s=10))
    assert sum(log.behind().values()) == 20 - len(first.lines)
