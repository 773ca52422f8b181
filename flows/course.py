"""What Bytewax forgets of a run when its group breaks: what went wrong first in this process."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from bytewax.outputs import DynamicSink, StatelessSinkPartition

from operators.stage import Make, ShardStage
from state.parcel import Message
from state.telling import Failed, telling

Item = TypeVar("Item")


class Course:
    """Watches the outputs and the stages of one run of a flow; its source tells by itself."""

    def __init__(self, at_work: Callable[[], None] = lambda: None) -> None:
        """`at_work` is called again and again while a stage has something to do."""
        self.trouble: Exception | None = None
        self._at_work = at_work

    def failed(self, error: Exception) -> None:
        """Something of ours raised; what comes after it is a consequence."""
        self.trouble = self.trouble or error

    def output(self, sink: DynamicSink[Item]) -> DynamicSink[Item]:
        """The same sink, watched."""
        return _WatchedSink(sink, self.failed)

    def stage(self, make: Make) -> Make:
        """The same stages, watched."""
        return lambda shard: _WatchedStage(make(shard), self.failed, self._at_work)


class _WatchedSink(DynamicSink[Item], Generic[Item]):
    def __init__(self, sink: DynamicSink[Item], failed: Failed) -> None:
        self._sink = sink
        self._failed = failed

    def build(self, step_id: str, worker_index: int, worker_count: int) -> "_WatchedPartition[Item]":
        """The partition of the sink behind it."""
        with telling(self._failed):
            return _WatchedPartition(self._sink.build(step_id, worker_index, worker_count), self._failed)


class _WatchedPartition(StatelessSinkPartition[Item], Generic[Item]):
    def __init__(self, partition: StatelessSinkPartition[Item], failed: Failed) -> None:
        self._partition = partition
        self._failed = failed

    def write_batch(self, items: list[Item]) -> None:
        """Hand on."""
        with telling(self._failed):
            self._partition.write_batch(items)

    def close(self) -> None:
        """Hand on."""
        self._partition.close()


class _WatchedStage:
    def __init__(self, stage: ShardStage, failed: Failed, at_work: Callable[[], None]) -> None:
        self._stage = stage
        self._failed = failed
        self._at_work = at_work

    def handle(self, messages: Sequence[Any]) -> Sequence[Message]:
        """See `ShardStage`."""
        with telling(self._failed):
            self._at_work()
            return self._stage.handle(messages)

    def wake(self) -> None:
        """See `ShardStage`."""
        with telling(self._failed):
            self._stage.wake()

    def commit(self) -> None:
        """See `ShardStage`."""
        with telling(self._failed):
            self._at_work()
            self._stage.commit()
