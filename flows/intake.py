"""What happens to a batch on its way in: decode, count, route."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from flows.erased import Erased
from operators.decode import AHEAD_MS, Decoder
from operators.route import Heard, hear
from operators.verdicts import verdict_parcels
from sources.log_error import LogError
from sources.log_source import WRITTEN, Item
from state.batch import Batch, BundleEnd
from state.clock import Clock, wall_clock
from state.event import Counts, DeadLetter, Event, Reason
from state.ids import TYPES
from state.messages import LinkFacts
from state.parcel import Parcel, parcels
from state.touch import touch_at

IDS = 50_000
"""Of how many identifiers a bundle may say something: one of more goes on in parts, since its events take memory."""


class Intake:
    """Batches in; parcels for the first stages, and dead letters, out."""

    def __init__(self, decoder: Decoder, shards: int, clock: Clock) -> None:
        self._decoder = decoder
        self._facts = msgspec.json.Decoder(LinkFacts)
        self._shards = shards
        self._clock = clock
        self._heard: Heard = {}
        self._latest = 0
        self.counts = Counts()
        self.dead: Counter[Reason] = Counter()
        self.reached: dict[str, int] = {}
        """Up to when (ms) each partition has been read, by its events' own times."""
        self.erased: Erased | None = None
        """Who must not come in again."""

    def listen_with(self, decoder: Decoder) -> None:
        """From now on, for the signals of another model."""
        self._decoder = decoder

    def decode(self, items: Iterable[Item]) -> Iterable[Parcel | DeadLetter]:
        """Every line of every batch, as what it causes once its bundle ends; ticks go on to their stages at once."""
        for item in items:
            if isinstance(item, Parcel):
                yield item
            elif isinstance(item, BundleEnd):
                yield from self._end_bundle()
            elif item.partition.startswith(WRITTEN):
                yield from self._written(item)
            else:
                yield from self._events(item)
                if len(self._heard) > IDS:
                    yield from self._end_bundle()

    def _end_bundle(self) -> list[Parcel]:
        heard, self._heard = self._heard, {}
        self._clock.reach(self._latest)
        return parcels(heard.values(), self._shards)

    def _events(self, batch: Batch) -> list[Parcel | DeadLetter]:
        events, dead, counts = self._decoder.decode(batch, wall_clock() + AHEAD_MS)
        if self.erased:
            events, dead, counts = self.erased.drop(events, dead, counts)
        self.counts.add(counts)
        self.dead.update(letter.reason for letter in dead)
        latest = _latest(events)
        self.reached[batch.partition] = max(latest, self.reached.get(batch.partition, 0))
        self._latest = max(latest, self._latest)
        hear(events, self._heard)
        return [*verdict_parcels(events, self._shards), *dead]

    def _written(self, batch: Batch) -> list[Parcel]:
        """Facts that the flow wrote itself; the first line of their log says what it is, and those blank are erased."""
        lines = [line for line in batch.lines if not line.startswith(b'{"leadstream"') and line.strip()]
        try:
            facts = [self._fact(line) for line in lines]
        except (ValueError, RecursionError):
            where = batch.partition.removeprefix(WRITTEN).partition("#")[0]
            raise LogError(f"{where} holds what no score flow wrote: name another --identity-topic or --data") from None
        if self.erased:
            facts = [left for one in facts if (left := self.erased.facts(one)) is not None]
        return parcels(facts, self._shards, first=True)

    def _fact(self, line: bytes) -> LinkFacts:
        facts = self._facts.decode(line)
        if facts.to[:1] not in TYPES:
            raise ValueError("it is for no id")
        return facts


def _latest(events: list[Event]) -> int:
    return touch_at(max([event.touch for event in events], default=0))
