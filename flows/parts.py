"""What every stage of a flow is built from."""

from collections.abc import Callable

import msgspec

from config.model import Model
from operators.evaluate import Scoring
from operators.identify_shard import IdentifyShard, Limits
from operators.score_shard import ScoreShard
from state.clock import Clock
from state.codec import Record
from state.ledger import Keep
from state.measures import Probes
from state.retention import Retention
from state.shelf import Shelf
from state.store import Kind, Records
from state.subject import Source, Subject


class Parts(msgspec.Struct, frozen=True):
    """A model, a store and a clock, and the stages they make."""

    store: Records
    model: Model
    scoring: Scoring
    retention: Retention
    clock: Clock
    limits: Limits = Limits()
    trust_statements: bool = False
    probes: Probes = msgspec.field(default_factory=Probes)

    @property
    def live(self) -> bool:
        """Whether events come as they happen: only then their age says anything."""
        return not self.retention.finished

    def under(self, model: Model, scoring: Scoring, keep: Keep) -> "Parts":
        """The same under another model."""
        replace = msgspec.structs.replace
        return replace(self, model=model, scoring=scoring, retention=replace(self.retention, keep=keep))

    def identify(self, kind: Kind) -> Callable[[int], IdentifyShard]:
        """Makes the shards of known ids or of visitors."""
        return lambda shard: IdentifyShard(
            self._shelf(kind, shard, Source), self.retention, self.limits, self.probes.refusals
        )

    def score(self, kind: Kind) -> Callable[[int], ScoreShard]:
        """Makes the shards of contacts or of accounts."""
        waits = self.probes.to_outbox if self.live else None
        return lambda shard: ScoreShard(
            self._shelf(kind, shard, Subject), self.scoring, self.retention, self.clock, waits
        )

    def _shelf(self, kind: Kind, shard: int, record_type: type[Record]) -> Shelf[Record]:
        return Shelf(self.store, kind, shard, record_type, self.probes.lookups_of(kind))
