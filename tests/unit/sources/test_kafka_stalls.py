"""When a partition counts as stalled."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import cast

import pytest
from confluent_kafka.admin import OffsetSpec

from sources import kafka_stalls
from sources.kafka_stalls import STALLED_MS, Stalls
from state.kafka_cluster import Cluster, Partition, Topic
from state.kafka_trouble import KafkaUnavailable

ONE, OTHER = (Partition(Topic("events", "id", 2), number) for number in (0, 1))


class Brokers:
    """They answer at once, or say that they cannot."""

    def __init__(self) -> None:
        self.ends = {ONE: 10, OTHER: 10}
        self.away = False

    def ask_offsets(self, partitions: Sequence[Partition], _: OffsetSpec) -> dict[Partition, "Future[int]"]:
        answers = {}
        for one in partitions:
            answers[one] = answer = Future[int]()
            answer.set_result(self.ends[one])
        return answers

    def offset_in(self, answer: "Future[int]") -> int:
        if self.away:
            raise KafkaUnavailable("no answer")
        return answer.result()


class Reader:
    """Asks as a reader does that has nothing left, at times that a test sets."""

    def __init__(self, brokers: Brokers) -> None:
        self.now = 0
        self.positions = {ONE: 10, OTHER: 10}
        self._stalls = Stalls(cast("Cluster", brokers))

    def later(self, ms: int = STALLED_MS) -> list[Partition]:
        """What has stalled after so much more time."""
        self.now += ms
        found = self._stalls.found(self.positions)
        self._stalls.found(self.positions)  # the brokers have answered
        return found


@pytest.fixture
def brokers() -> Brokers:
    return Brokers()


@pytest.fixture
def reader(brokers: Brokers, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """One that has been told how far its partitions reach."""
    monkeypatch.setattr(kafka_stalls, "wall_clock", lambda: made.now if made else 0)
    made: Reader | None = None
    made = Reader(brokers)
    made.later()
    return made


def test_who_is_at_the_end_has_not_stalled(reader: Reader) -> None:
    assert (reader.later(), reader.later()) == ([], [])


def test_who_stands_where_it_was_when_there_already_was_more_has_stalled(reader: Reader, brokers: Brokers) -> None:
    brokers.ends[ONE] = 11
    assert (reader.later(), reader.later()) == ([], [ONE])


def test_who_has_moved_has_not_stalled(reader: Reader, brokers: Brokers) -> None:
    brokers.ends[ONE] = 12
    reader.later()
    reader.positions[ONE] = 11
    assert reader.later() == []


def test_nobody_has_stalled_before_the_time(reader: Reader, brokers: Brokers) -> None:
    brokers.ends[ONE] = 11
    reader.later()
    assert reader.later(STALLED_MS - 1) == []


def test_who_has_stalled_is_found_once_for_the_same_end(reader: Reader, brokers: Brokers) -> None:
    brokers.ends[ONE] = 11
    found = [reader.later() for _ in range(4)]
    assert found == [[], [ONE], [], []]


def test_who_still_stands_there_when_there_is_even_more_is_found_again(reader: Reader, brokers: Brokers) -> None:
    brokers.ends[ONE] = 11
    reader.later()
    reader.later()
    brokers.ends[ONE] = 12
    assert (reader.later(), reader.later()) == ([], [ONE])


def test_without_an_answer_nobody_has_stalled(reader: Reader, brokers: Brokers) -> None:
    brokers.ends[ONE], brokers.away = 11, True
    assert (reader.later(), reader.later()) == ([], [])
