"""The score flow without an engine: the same stages, called in order, over any store. For replays and tests."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from flows.erased import Erased
from flows.parts import Parts
from operators.decode import Decoder
from operators.identify_shard import IdentifyShard
from operators.route import messages
from operators.score_shard import ScoreShard
from operators.verdicts import verdict_parcels
from state.batch import Batch
from state.event import Counts, DeadLetter, Event
from state.ids import is_visitor, shard_of
from state.messages import LinkFacts, ToSource, ToSubject
from state.parcel import Parcel
from state.store import Kind

Message = TypeVar("Message", ToSource, ToSubject)


class Inline:
    """Feeds batches through decode, identify and score in this process. Facts written back come round at once."""

    def __init__(self, parts: Parts, erased: Erased | None = None) -> None:
        """Who was `erased` does not come in again."""
        self._parts = parts
        self._erased = erased
        self._decoder = Decoder(parts.model, trust_statements=parts.trust_statements)
        self._sources: dict[tuple[Kind, int], IdentifyShard] = {}
        self._subjects: dict[tuple[Kind, int], ScoreShard] = {}
        self.counts = Counts()
        self.dead: list[DeadLetter] = []

    def feed(self, batch: Batch, latest: int) -> None:
        """Take one batch of lines through all stages; `commit` writes what waits. Events past `latest` are dead."""
        events, dead, counts = self._decoder.decode(batch, latest)
        if self._erased:
            events, dead, counts = self._erased.drop(events, dead, counts)
        self.counts.add(counts)
        self.dead += dead
        self.see(events)

    def see(self, events: Iterable[Event]) -> None:
        """Take decoded events through all stages; `commit` writes what waits."""
        events = list(events)
        self.tell(messages(events), verdict_parcels(events, self._parts.store.shards))

    def tell(self, heard: Sequence[ToSource], verdicts: Sequence[Parcel] = ()) -> None:
        """Take messages for sources through all stages, known ids first, until none is left; and verdicts on many."""
        visitors: list[ToSource] = [message for message in heard if is_visitor(message.to)]
        waiting: list[ToSource] = [message for message in heard if not is_visitor(message.to)]
        told: list[ToSubject] = []
        first = verdicts
        while waiting or first:
            caused = self._identify("known", waiting, first)
            first = ()
            facts = [message for message in caused if isinstance(message, LinkFacts)]
            waiting = [message for message in facts if not is_visitor(message.to)]
            visitors += [message for message in facts if is_visitor(message.to)]
            told += [message for message in caused if not isinstance(message, LinkFacts)]
        caused = self._identify("visitor", visitors, verdicts)
        told += [message for message in caused if not isinstance(message, LinkFacts)]
        self._score(told, verdicts)

    def commit(self) -> None:
        """End an epoch: every stage writes what changed."""
        for identify in self._sources.values():
            identify.commit()
        for score in self._subjects.values():
            score.wake()
            score.commit()

    def _identify(
        self, kind: Kind, heard: Sequence[ToSource], verdicts: Sequence[Parcel]
    ) -> list[ToSubject | LinkFacts]:
        caused: list[ToSubject | LinkFacts] = []
        for shard, part in self._heard(kind, heard, verdicts).items():
            stage = self._sources.get((kind, shard))
            if stage is None:
                stage = self._sources[kind, shard] = self._parts.identify(kind)(shard)
            caused += stage.handle(part)
        return caused

    def _score(self, told: Sequence[ToSubject], verdicts: Sequence[Parcel]) -> None:
        contacts: list[ToSubject] = [message for message in told if message.to[0] != "d"]
        accounts: list[ToSubject] = [message for message in told if message.to[0] == "d"]
        for shard, part in self._heard("contact", contacts, verdicts).items():
            accounts += self._subject_stage("contact", shard).handle(part)
        for shard, part in self._heard("account", accounts, verdicts).items():
            self._subject_stage("account", shard).handle(part)

    def _subject_stage(self, kind: Kind, shard: int) -> ScoreShard:
        stage = self._subjects.get((kind, shard))
        if stage is None:
            stage = self._subjects[kind, shard] = self._parts.score(kind)(shard)
        return stage

    def _heard(
        self, kind: Kind, told: Sequence[Message], verdicts: Sequence[Parcel]
    ) -> dict[int, list[Message | LinkFacts]]:
        """What each shard of a stage hears."""
        parts: dict[int, list[Message | LinkFacts]] = defaultdict(list)
        for message in told:
            parts[shard_of(message.to, self._parts.store.shards)].append(message)
        for parcel in verdicts:
            if parcel.stage == kind:
                parts[parcel.shard] += [message for message in parcel.messages if isinstance(message, LinkFacts)]
        return parts
