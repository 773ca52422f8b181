"""The identity stages under stress: a log in partitions, epochs, commits that are cut off, restarts, rewinds."""

from collections.abc import Callable, Sequence
from random import Random

from config.model import About, Band, Model, Scorecard, Signal
from flows.inline import Inline
from flows.parts import Parts
from operators.evaluate import Scoring
from operators.identify_shard import Limits
from operators.route import messages
from operators.score_shard import ScoreShard
from operators.verdicts import is_verdict, verdict_parcels
from state.clock import LogClock
from state.codec import Decoder
from state.event import Event
from state.ids import is_visitor
from state.ledger import Keep
from state.links import CORRECTED, MARK, RETRACTED
from state.memory import MemoryStore
from state.messages import LinkFacts, ToSource
from state.parcel import Parcel
from state.retention import Retention
from state.shelf import Shelf
from state.store import Commit, Kind
from state.subject import Facts, Subject
from tests.property.naive_facts import Deed, Fact, Said, Share

KEEP = Keep(pricing=2, docs=3)
LIMITS = Limits(contacts_per_visitor=2, visitors_per_id=2)
CARD = Scorecard(rules=(), bands=(Band(name="low"),))
MODEL = Model(
    model=About(name="none", version="1", note="identity alone"),
    signals={name: Signal(words=name) for name in KEEP},
    contact=CARD,
    account=CARD,
)

SCORING = Scoring(MODEL, KEEP)

Subjects = dict[str, dict[str, Share]]


class CutStore(MemoryStore):
    """A store that loses some of an epoch's commits when `losing` is set: each number loses others."""

    def __init__(self, shards: int) -> None:
        super().__init__(shards)
        self.losing: int | None = None
        self.outcomes: set[bool] = set()

    def commit(self, commit: Commit) -> None:
        """Write, or not."""
        place = f"{self.losing} {commit.kind} {commit.shard}"
        passes = self.losing is None or Random(place).random() < 0.5
        self.outcomes.add(passes)
        if passes:
            super().commit(commit)


class Unscored(ScoreShard):
    """Subjects without scores: their facts are what counts here."""

    def _evaluate(self, subject: Subject, now: int, timers: dict[str, int | None], outbox: dict[str, int]) -> None:
        """Nothing to evaluate."""


class IdentityParts(Parts, frozen=True):
    """Stages as in production, without scores."""

    def score(self, kind: Kind) -> Callable[[int], ScoreShard]:
        """See `Parts`."""
        return lambda shard: Unscored(Shelf(self.store, kind, shard, Subject), self.scoring, self.retention, self.clock)


class AtOnce(Inline):
    """Facts for known ids come round at once. No decoder: making one would be most of a process's start."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._sources = {}
        self._subjects = {}


class RoundByLog(AtOnce):
    """As in the live flow: facts for known ids are written to a log, and come as input later."""

    def __init__(self, parts: Parts, written: list[LinkFacts]) -> None:
        super().__init__(parts)
        self._written = written

    def tell(self, heard: Sequence[ToSource], verdicts: Sequence[Parcel] = ()) -> None:
        """See `Inline`."""
        caused = self._identify("known", [message for message in heard if not is_visitor(message.to)], verdicts)
        facts = [message for message in caused if isinstance(message, LinkFacts)]
        self._written += [message for message in facts if not is_visitor(message.to)]
        visitors = [message for message in heard if is_visitor(message.to)]
        visitors += [message for message in facts if is_visitor(message.to)]
        told = [message for message in caused if not isinstance(message, LinkFacts)]
        caused = self._identify("visitor", visitors, verdicts)
        told += [message for message in caused if not isinstance(message, LinkFacts)]
        self._score(told, verdicts)


class Run:
    """One namespace's life: processes come and go, the store and the logs stay."""

    def __init__(self, log: Sequence[Sequence[Fact]], shards: int, by_log: bool) -> None:
        self.cuts = 0
        self._store = CutStore(shards)
        self._log = log
        self._written: list[LinkFacts] = []
        self._by_log = by_log
        self._stages: AtOnce
        self._saved = [[0] * (len(log) + 1)]
        self._start(0)

    def unread(self) -> list[int]:
        """The partitions with something to read."""
        return [partition for partition in range(len(self._positions)) if self._rest(partition)]

    def feed(self, partition: int, most: int) -> None:
        """Read up to so many facts, at once. The last partition is what the flow wrote itself."""
        batch = self._rest(partition)[:most]
        self._positions[partition] += len(batch)
        events = [event_of(fact) for fact in batch if not isinstance(fact, LinkFacts)]
        self._stages.tell(heard(batch), verdict_parcels(events, self._store.shards))

    def epoch(self) -> None:
        """All stages commit, and the positions are saved."""
        self._stages.commit()
        self._saved.append(self._positions[:])
        self._durable = len(self._written)

    def crash(self, losing: int, rewind: int, torn: bool) -> None:
        """At the end of an epoch only some shards commit, then the process dies, and another one starts.

        It reads on from the positions saved `rewind` epochs before the last complete one. With `torn`, what the
        last epoch wrote to the log of its own is lost.
        """
        self._store.losing, self._store.outcomes = losing, set()
        self._stages.commit()
        self.cuts += len(self._store.outcomes) == 2
        self._store.losing = None
        if torn:
            del self._written[self._durable :]
        self._start(rewind)

    def finish(self) -> None:
        """Read everything to its end, facts that come round included, and commit."""
        while unread := self.unread():
            for partition in unread:
                self.feed(partition, 1_000)
        self.epoch()

    def subjects(self) -> Subjects:
        """What the store's bytes say now."""
        decoder = Decoder(Subject)
        kinds: tuple[Kind, ...] = ("contact", "account")
        found = [decoder.decode(stored) for kind in kinds for stored in self._store.scan(kind)]
        return {
            subject.id: {source: share_of(facts) for source, facts in subject.sources.items()}
            for subject in found
            if subject.sources
        }

    def _rest(self, partition: int) -> Sequence[Fact | LinkFacts]:
        entries = self._log[partition] if partition < len(self._log) else self._written
        return entries[self._positions[partition] :]

    def _start(self, rewind: int) -> None:
        del self._saved[max(1, len(self._saved) - rewind) :]
        self._positions = self._saved[-1][:]
        self._durable = len(self._written)
        parts = IdentityParts(self._store, MODEL, SCORING, Retention(KEEP), LogClock(), LIMITS)
        self._stages = RoundByLog(parts, self._written) if self._by_log else AtOnce(parts)


def live(log: Sequence[Sequence[Fact]], number: int) -> Run:
    """One of very many ways to the end of a log: batches, epochs, crashes and rewinds as chance has it."""
    chance = Random(number)
    run = Run(log, shards=chance.choice([1, 1, 3, 32]), by_log=chance.random() < 0.5)
    for _ in range(40):
        if not (unread := run.unread()):
            break
        run.feed(chance.choice(unread), chance.choice([1, 1, 2, 9]))
        match chance.randrange(4):
            case 0 | 1:
                run.epoch()
            case 2:
                run.crash(chance.randrange(1_000), chance.choice([0, 0, 0, 1, 2]), chance.random() < 0.3)
    run.finish()
    return run


def heard(facts: Sequence[Fact | LinkFacts]) -> list[ToSource]:
    """What the stages are told of facts. Events come as batches of three: an id may hear of several at once."""
    events = [event_of(fact) for fact in facts if not isinstance(fact, LinkFacts)]
    told: list[ToSource] = [fact for fact in facts if isinstance(fact, LinkFacts)]
    for start in range(0, len(events), 3):
        told += messages(events[start : start + 3])
    return told


def event_of(fact: Fact) -> Event:
    """The event that decode would make of it."""
    if isinstance(fact, Deed):
        return did(fact)
    if isinstance(fact, Said):
        target = fact.target if fact.holds else MARK + fact.target
    else:
        target = MARK + RETRACTED if fact.counts else RETRACTED
    corrected = {CORRECTED: [fact.touch]} if is_verdict(fact.source) else {}
    return Event(fact.touch, said={fact.source: {target: [fact.touch]} | corrected})


def did(deed: Deed) -> Event:
    """An event of the site or the product."""
    traits = {name: (deed.touch >> 20, value) for name, value in deed.traits}
    return Event(
        deed.touch, deed.signals, deed.anonymous, deed.crm, deed.user, deed.email, deed.domain, traits or None,
        agent=deed.agent,
    )  # fmt: skip


def share_of(facts: Facts) -> Share:
    """Facts as the reference writes them."""
    ledger = facts.ledger
    return Share(
        {signal: set(touches) for signal, touches in ledger.touches.items()},
        set(ledger.tiles),
        ledger.last_at,
        dict(facts.traits),
        {domain: set(touches) for domain, touches in facts.groups.items()},
    )
