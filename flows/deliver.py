"""The deliver flow: from the outbox to the sinks."""

from collections.abc import Callable
from datetime import UTC, datetime

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import DynamicSource, StatelessSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from flows.delivery import KINDS, Delivery, Task
from state.clock import wall_clock
from state.store import Waiting

POLL_MS = 100
"""How often an empty outbox is looked at."""


class OutboxPartition(StatelessSourcePartition[list[Waiting]]):
    """Claims what waits until told to stop."""

    def __init__(self, delivery: Delivery, stopping: Callable[[], bool]) -> None:
        self._delivery = delivery
        self._stopping = stopping
        self._idle = False

    def next_batch(self) -> list[list[Waiting]]:
        """One list for each kind that has something waiting."""
        if self._stopping():
            raise StopIteration
        found = [claimed for kind in KINDS if (claimed := self._delivery.claim(kind))]
        self._idle = not found
        return found

    def next_awake(self) -> datetime | None:
        """At once after a claim, else soon."""
        return datetime.fromtimestamp((wall_clock() + POLL_MS) / 1000, UTC) if self._idle else None


class Outbox(DynamicSource[list[Waiting]]):
    """The outbox, read by the first worker only."""

    def __init__(self, delivery: Delivery, stopping: Callable[[], bool]) -> None:
        self._delivery = delivery
        self._stopping = stopping

    def build(self, step_id: str, worker_index: int, worker_count: int) -> OutboxPartition:  # noqa: ARG002  Bytewax's signature
        """The first worker claims; others have nothing to do."""
        return OutboxPartition(self._delivery, self._stopping if worker_index == 0 else lambda: True)


class SinksPartition(StatelessSinkPartition[list[Task]]):
    """Writes and settles."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def write_batch(self, items: list[list[Task]]) -> None:
        """Each list is one claim."""
        for tasks in items:
            self._delivery.write(tasks)


class Sinks(DynamicSink[list[Task]]):
    """All sinks of a delivery."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def build(self, step_id: str, worker_index: int, worker_count: int) -> SinksPartition:  # noqa: ARG002  Bytewax's signature
        """Every worker writes through the same delivery."""
        return SinksPartition(self._delivery)


def deliver_flow(delivery: Delivery, stopping: Callable[[], bool]) -> Dataflow:
    """The whole flow."""
    flow = Dataflow("leadstream_deliver")
    waiting = op.input("outbox", flow, Outbox(delivery, stopping))
    planned = op.map("evaluate_now", waiting, delivery.plan)
    op.output("sinks", planned, Sinks(delivery))
    return flow
