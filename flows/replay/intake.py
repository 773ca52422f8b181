"""What happens to a batch on its way into a replay: decode, leave out who was erased, and count."""

from config.model import Model
from flows.erased import Erased
from flows.replay.plan import Plan
from operators.decode import Decoder
from state.batch import Batch
from state.event import Counts, Event


class Intake:
    """Batches in; events, and the counts of their lines, out."""

    def __init__(self, listening: Model, plan: Plan) -> None:
        self._decoder = Decoder(listening, trust_statements=plan.trust_statements)
        self._latest = plan.latest
        self._erased = Erased(plan.erased) if plan.erased else None

    def decode(self, batch: Batch) -> tuple[list[Event], Counts]:
        """The events of a batch."""
        events, dead, counts = self._decoder.decode(batch, self._latest)
        if self._erased:
            events, _, counts = self._erased.drop(events, dead, counts)
        return events, counts
