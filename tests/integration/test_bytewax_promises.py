"""What our recovery stands on in the pinned Bytewax: when it takes snapshots, and in what order.

None of this is documented. If one of these fails after an upgrade, positions are saved before their events are in the
store, or never.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import bytewax.operators as op
import pytest
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.operators import StatefulBatchLogic
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import TestingSink, TestingSource

from flows.engine import run_flow
from state.clock import wall_clock

EPOCH_MS = 20
SLOW_MS = 3
"""What a batch takes, so that there are several batches in an epoch, and several epochs."""

Diary = list[str]


class Source(FixedPartitionedSource[tuple[str, int], None]):
    """Numbers, one a batch, under two keys in turn; writes into the diary what it is asked for."""

    def __init__(self, diary: Diary, count: int) -> None:
        self._diary = diary
        self._count = count

    def list_parts(self) -> list[str]:
        return ["all"]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> "Partition":
        return Partition(self._diary, self._count)


class Partition(StatefulSourcePartition[tuple[str, int], None]):
    def __init__(self, diary: Diary, count: int) -> None:
        self._diary = diary
        self._left = list(range(count))

    def next_batch(self) -> list[tuple[str, int]]:
        if not self._left:
            raise StopIteration
        number = self._left.pop(0)
        self._diary.append(f"batch {number}")
        spend(SLOW_MS)
        return [("ab"[number % 2], number)]

    def snapshot(self) -> None:
        self._diary.append("source snapshot")


class Logic(StatefulBatchLogic[int, int, None]):
    """A stage: notes its batches and its snapshots, hands the numbers on."""

    def __init__(self, diary: Diary, name: str) -> None:
        self._diary = diary
        self._name = name

    def on_batch(self, values: list[int]) -> tuple[Iterable[int], bool]:
        self._diary += [f"{self._name} takes {value}" for value in values]
        return values, False

    def snapshot(self) -> None:
        self._diary.append(f"{self._name} snapshot")


def spend(milliseconds: int) -> None:
    """Be busy."""
    until = wall_clock() + milliseconds
    while wall_clock() < until:
        pass


def stage(diary: Diary, name: str, up: Any) -> Any:
    """A keyed stage; each key notes under its own name."""
    out = op.stateful_batch(name, up, lambda _: Logic(diary, name))
    return op.key_on(
        f"{name}_again", op.map(f"{name}_values", out, lambda item: item[1]), lambda value: "ab"[value % 2]
    )


def diary_of(count: int = 60) -> Diary:
    """Two stages, one after the other, over some epochs."""
    diary: Diary = []
    flow = Dataflow("promises")
    first = stage(diary, "first", op.input("in", flow, Source(diary, count)))
    second = stage(diary, "second", first)
    op.output("out", second, TestingSink([]))
    run_flow(flow, EPOCH_MS)
    return diary


def epochs(diary: Diary) -> list[Diary]:
    """The diary, cut where the source's snapshot closes an epoch: each part ends with one."""
    parts: list[Diary] = [[]]
    for entry in diary:
        parts[-1].append(entry)
        if entry == "source snapshot":
            parts.append([])
    return parts


def given(diary: Diary) -> list[int]:
    return [int(entry.split()[-1]) for entry in diary if entry.startswith("batch")]


def taken(diary: Diary, name: str) -> list[int]:
    return [int(entry.split()[-1]) for entry in diary if entry.startswith(f"{name} takes")]


def test_there_are_several_epochs_to_look_at() -> None:
    assert diary_of().count("source snapshot") >= 3


def test_the_batch_after_a_snapshot_comes_after_every_stage_has_taken_all_before_it() -> None:
    diary = diary_of()
    for place, entry in enumerate(diary):
        if entry == "source snapshot":
            later = [number for number in range(place + 1, len(diary)) if diary[number].startswith("batch")]
            until = diary[: later[0]] if later else diary
            wanted = given(diary[:place])
            assert sorted(taken(until, "first")) == sorted(taken(until, "second")) == wanted


def test_the_batch_after_a_snapshot_comes_after_the_snapshot_of_every_stage_that_was_awake() -> None:
    unsaved: dict[str, int] = {"first": 0, "second": 0}
    sealed = False
    for entry in diary_of():
        name = entry.split()[0]
        if entry == "source snapshot":
            sealed = True
        elif name == "batch":
            assert not sealed or set(unsaved.values()) == {0}
            sealed = False
        else:
            unsaved[name] = 0 if entry.endswith("snapshot") else unsaved[name] + 1


def test_the_end_of_input_takes_a_last_snapshot_of_every_stage() -> None:
    diary = diary_of()
    last = max(number for number, entry in enumerate(diary) if " takes " in entry)
    assert {"first snapshot", "second snapshot"} <= set(diary[last:])


class Wakes(FixedPartitionedSource[tuple[str, int], None]):
    """A message for key `a`, one for `b` three epochs later, and another three epochs of nothing."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary

    def list_parts(self) -> list[str]:
        return ["all"]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> "WakePartition":
        return WakePartition(self._diary)


class WakePartition(StatefulSourcePartition[tuple[str, int], None]):
    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._closed = 0
        self._next = wall_clock()
        self._plan = {0: "a", 3: "b"}

    def next_batch(self) -> list[tuple[str, int]]:
        if self._closed == 6:
            raise StopIteration
        self._next = wall_clock() + SLOW_MS
        key = self._plan.pop(self._closed, None)
        return [(key, 0)] if key else []

    def next_awake(self) -> datetime:
        return datetime.fromtimestamp(self._next / 1000, UTC)

    def snapshot(self) -> None:
        self._closed += 1
        self._diary.append("source snapshot")


def test_a_key_is_saved_at_the_end_of_an_epoch_in_which_it_was_awake_and_of_the_last_and_of_no_other() -> None:
    diary: Diary = []
    flow = Dataflow("awake")
    names = iter("ab")
    out = op.stateful_batch("stage", op.input("in", flow, Wakes(diary)), lambda _: Logic(diary, next(names)))
    op.output("out", out, TestingSink([]))
    run_flow(flow, EPOCH_MS)
    assert [entry for entry in diary if entry != "source snapshot"] == [
        "a takes 0",
        "a snapshot",
        "b takes 0",
        "b snapshot",
        "a snapshot",
        "b snapshot",
    ]


class Failing(DynamicSink[tuple[str, int]]):
    def build(self, step_id: str, worker_index: int, worker_count: int) -> "FailingPartition":
        return FailingPartition()


class FailingPartition(StatelessSinkPartition[tuple[str, int]]):
    def write_batch(self, items: list[tuple[str, int]]) -> None:
        raise Trouble("no room")


class Trouble(Exception):
    """Ours."""


def test_what_a_sink_raises_comes_out_as_it_was() -> None:
    flow = Dataflow("failing")
    op.output("out", op.input("in", flow, TestingSource([("a", 1)])), Failing())
    with pytest.raises(Trouble, match="no room"):
        run_flow(flow, EPOCH_MS)


def test_a_batch_that_fails_is_not_followed_by_another() -> None:
    diary: Diary = []
    flow = Dataflow("stops")
    op.output("out", op.input("in", flow, Source(diary, 50)), Failing())
    with pytest.raises(Trouble):
        run_flow(flow, EPOCH_MS)
    assert "source snapshot" not in diary


def test_an_epoch_lasts_as_long_as_it_was_told() -> None:
    began = wall_clock()
    snapshots = diary_of().count("source snapshot")
    took = timedelta(milliseconds=wall_clock() - began)
    assert snapshots <= took / timedelta(milliseconds=EPOCH_MS) + 2
