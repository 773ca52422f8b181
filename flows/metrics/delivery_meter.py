"""What the deliver flow says of itself, from what it has counted anyway."""

from collections.abc import Sequence

from flows.delivery import Delivery
from flows.metrics.catalogue import ERRORS, PAUSED, PROGRESS_AT, QUOTA, RECORDS, RESERVED, TO_CRM
from flows.metrics.outbox import Depths
from flows.metrics.runs import this_run
from state.clock import wall_clock
from state.measures import Measures, Sample
from state.record import Sink, Watched
from state.store import Outbox


class DeliveryMeter:
    """The process that delivers: there is one at a time."""

    def __init__(self, delivery: Delivery, sinks: Sequence[Sink], outbox: Outbox) -> None:
        self._delivery = delivery
        self._watched = {sink.name: sink for sink in sinks if isinstance(sink, Watched)}
        self._depths = Depths(outbox)
        self._run = this_run()

    def measures(self) -> Measures:
        """All of it as of now."""
        delivery = self._delivery
        samples = [
            PROGRESS_AT.of(wall_clock() / 1000),
            PAUSED.of(int(bool(delivery.paused_for))),
            RESERVED.of(int(delivery.holds_back)),
            *(RECORDS.of(times, sink, outcome) for (sink, outcome), times in delivery.tally.items()),
            *(TO_CRM.of(ages, urgency.name.lower()) for urgency, ages in delivery.to_crm.items()),
            *(sample for name, sink in self._watched.items() for sample in _called(name, sink)),
        ]
        return Measures(self._run, 0, [*samples, *self._depths.samples()])


def _called(name: str, sink: Watched) -> list[Sample]:
    return [
        *(ERRORS.of(times, name, trouble) for trouble, times in sink.errors.items()),
        *(QUOTA.of(calls, name, window) for window, calls in sink.quota_left.items()),
    ]
