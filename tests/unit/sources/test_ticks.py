"""The heartbeat that wakes the stages that wait for time to pass."""

import pytest

from sources.ticks import EVERY_MS, Heartbeat, TickPartition, Ticks
from state.clock import wall_clock
from state.parcel import Parcel


def woken(partition: TickPartition) -> list[tuple[str, int]]:
    return [(parcel.stage, parcel.shard) for parcel in partition.next_batch()]


def test_a_tick_wakes_every_shard_of_the_stages_with_timers() -> None:
    ticks = Ticks(2, Heartbeat()).build("ticks", 0, 1)
    assert woken(ticks) == [("contact", 0), ("contact", 1), ("account", 0), ("account", 1)]


def test_a_tick_says_nothing() -> None:
    parcels: list[Parcel] = Ticks(2, Heartbeat()).build("ticks", 0, 1).next_batch()
    assert [parcel.messages for parcel in parcels] == [[], [], [], []]


def test_each_worker_wakes_every_shard_since_the_others_logs_may_have_ended() -> None:
    ticks = Ticks(8, Heartbeat()).build("ticks", 1, 3)
    assert [shard for stage, shard in woken(ticks) if stage == "contact"] == list(range(8))


def test_the_next_tick_comes_well_within_an_epoch() -> None:
    ticks = Ticks(1, Heartbeat()).build("ticks", 0, 1)
    ticks.next_batch()
    assert ticks.next_awake().timestamp() * 1000 <= wall_clock() + EVERY_MS < wall_clock() + 500


def test_a_stopped_heart_ends_the_ticks() -> None:
    heartbeat = Heartbeat()
    ticks = Ticks(1, heartbeat).build("ticks", 0, 1)
    heartbeat.stopped = True
    ticks.next_batch()
    with pytest.raises(StopIteration):
        ticks.next_batch()


def test_a_tick_comes_once_also_where_there_is_nothing_to_read() -> None:
    heartbeat = Heartbeat()
    heartbeat.stopped = True
    assert woken(Ticks(1, heartbeat).build("ticks", 0, 1)) == [("contact", 0), ("account", 0)]
