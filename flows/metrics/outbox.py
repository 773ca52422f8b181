"""How many subjects wait to be written, looked at from time to time: a look costs a round trip to the store."""

import time

from flows.metrics.catalogue import PRIORITIES, SUBJECTS, WAITING
from operators.urgency import EDGES
from state.measures import Sample
from state.store import Kind, Outbox

LOOK_S = 5.0


class Depths:
    """The outbox's depth by kind and priority, as of the last look."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._looked = -LOOK_S
        self._samples: list[Sample] = []

    def samples(self) -> list[Sample]:
        """Looks again if the last look is too long ago. Raises what the store raises."""
        now = time.monotonic()
        if now - self._looked >= LOOK_S:
            self._looked = now
            self._samples = [sample for kind in SUBJECTS for sample in self._of(kind)]
        return self._samples

    def _of(self, kind: Kind) -> list[Sample]:
        depths = self._outbox.depths(kind, EDGES)
        return [WAITING.of(depth, kind, priority) for priority, depth in zip(PRIORITIES, depths, strict=True)]
