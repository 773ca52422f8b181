"""Delivery is reconciliation: read who waits, evaluate now, tell each sink what it does not know yet."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from math import inf

import msgspec

from flows.reading import Reading, decode_subject
from operators.urgency import Urgency, outbox_score, urgency_of
from state.ids import is_visitor, shard_of
from state.measures import Histogram
from state.record import Later, Outcome, Record, Sink, Watched, Written
from state.store import DELIVERY, Kind, Store, Waiting
from state.subject import Subject

AT_ONCE = 100
"""Subjects of a kind that are written together; HubSpot takes as many in a call."""
KINDS: tuple[Kind, ...] = ("contact", "account")
AGAIN_MS = 2_000
"""How soon delivery looks again at whom it told what the flow has yet to see."""
FORGET_MS = 600_000
"""For how long it remembers whom: a run that ends when all are told has looked at them again by then."""


class Task(msgspec.Struct, frozen=True):
    """One subject on its way to the sinks: who, in which state, and what to say."""

    waiting: Waiting
    subject: Subject
    record: Record


OUTCOMES = ("written", "refused", "skipped", "later", "unchanged")


class Tally(Counter[tuple[str, str]]):
    """How many records were written, refused, skipped, put off or unchanged: (sink, outcome) -> number."""

    def of(self, outcome: str) -> int:
        """In all sinks."""
        return sum(number for (_, what), number in self.items() if what == outcome)


class Delivery:
    """Claims, evaluates, writes, settles. One at a time on a namespace: of two, one could write what is outdated."""

    def __init__(self, store: Store, reading: Reading, sinks: Sequence[Sink], wall: Callable[[], int]) -> None:
        self._store = store
        self._reading = reading
        self._sinks = sinks
        self._watched = [sink for sink in sinks if isinstance(sink, Watched)]
        self._wall = wall
        self._held: dict[bytes, float] = {}
        self._ahead: dict[bytes, int] = {}
        self._paused_until: dict[Kind, float] = {}
        self._log_time = False
        self.tally = Tally({(sink.name, outcome): 0 for sink in sinks for outcome in OUTCOMES})
        self.to_crm = {urgency: Histogram() for urgency in Urgency}
        """How old a subject's latest event was when a sink had taken what it changed; not in a time-lapse."""
        self.paused_for = ""
        self._held_back: set[Kind] = set()

    def go_on_from(self, before: "Delivery") -> None:
        """Take over what another one that has ended counted."""
        self.tally.update(before.tally)
        self.to_crm = before.to_crm

    def claim(self, kind: Kind) -> list[Waiting]:
        """The most urgent subjects that are not under way or held back; none while a sink asks for patience, and only
        changes of band while the calls that it has left are for these.
        """
        now = self._wall()
        if now < self._paused_until.get(kind, 0):
            return []
        self._held = {token: until for token, until in self._held.items() if until > now}
        waiting = self._store.waiting(kind, AT_ONCE + len(self._held))
        found = [item for item in waiting if item.token not in self._held][:AT_ONCE]
        claimed = [item for item in found if _is_pressing(item)] if self._is_reserved() else found
        self._held_back -= {kind}
        self._held_back |= {kind} if len(claimed) < len(found) else set()
        self._held |= {item.token: inf for item in claimed}
        return claimed

    def plan(self, claimed: Sequence[Waiting]) -> list[Task]:
        """Evaluate the claimed subjects, as of now by the namespace's clock."""
        subjects = [decode_subject(item.record) for item in claimed]
        log_time = self._store.clock()
        self._log_time = log_time is not None
        records = self._reading.records(subjects, log_time or self._wall())
        return [Task(*task) for task in zip(claimed, subjects, records, strict=True)]

    def write(self, tasks: Sequence[Task]) -> None:
        """Tell every sink, and settle what all of them have taken. Raises `SinkStopped`, and `Held` if replaced."""
        self._store.hold(DELIVERY)
        late: dict[str, Later] = {}
        for sink in self._sinks:
            late |= self._tell(sink, tasks)
        for task in tasks:
            self._held.pop(task.waiting.token, None)
        self._hold([task for task in tasks if task.subject.id in late], late)
        taken = [task for task in tasks if task.subject.id not in late]
        stands = [self._reading.is_where_it_stands(task.subject, task.record) for task in taken]
        self._look_again([task for task, seen in zip(taken, stands, strict=True) if not seen])
        self._settle([task for task, seen in zip(taken, stands, strict=True) if seen])
        self.paused_for = next((answer.reason for answer in late.values()), "")

    @property
    def is_done(self) -> bool:
        """Whether nobody waits to be told; some may wait for the flow to see what they were told."""
        depth = self.depth()
        if not depth or depth > len(self._ahead):
            return not depth
        return all(item.token in self._ahead for kind in KINDS for item in self._store.waiting(kind, depth))

    @property
    def holds_back(self) -> bool:
        """Whether somebody waits only because a sink's last calls are for changes of band."""
        return bool(self._held_back)

    def depth(self) -> int:
        """How many subjects wait."""
        return outbox_depth(self._store)

    def _is_reserved(self) -> bool:
        return any(sink.is_reserved for sink in self._watched)

    def _tell(self, sink: Sink, tasks: Sequence[Task]) -> dict[str, Later]:
        """Tell one sink what it does not know; the ids that it could not take now."""
        news = self._news(sink, tasks)
        self.tally[sink.name, "unchanged"] += len(tasks) - len(news)
        outcomes = sink.write([task.record for task in news]) if news else []
        self._count(sink, news, outcomes)
        answers = {task.subject.id: outcome for task, outcome in zip(news, outcomes, strict=True)}
        late = {id_: outcome for id_, outcome in answers.items() if isinstance(outcome, Later)}
        if late and len(late) == len(news):
            self._paused_until[news[0].record.kind] = self._wall() + 1000 * min(one.seconds for one in late.values())
        self._remember(sink, [task for task in news if task.subject.id not in late])
        return late

    def _count(self, sink: Sink, tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> None:
        now = self._wall()
        for task, outcome in zip(tasks, outcomes, strict=True):
            self.tally[sink.name, type(outcome).__name__.lower()] += 1
            if isinstance(outcome, Written) and task.subject.latest and not self._log_time:
                self.to_crm[urgency_of(task.waiting.urgency)].observe((now - task.subject.latest) / 1000)

    def _hold(self, tasks: Sequence[Task], late: dict[str, Later]) -> None:
        """Leave those alone for as long as their sinks asked for; others go on."""
        for task in tasks:
            self._held[task.waiting.token] = self._wall() + 1000 * late[task.subject.id].seconds

    def _look_again(self, tasks: Sequence[Task]) -> None:
        """Leave those marked who were told what the flow does not see: it marks who leaves what it last saw, so that
        settled they would stay wrong if they came back to that. Delivery may look at them before their timers come, or
        by a clock that is behind; soon the flow has seen it, and they agree.
        """
        now = self._wall()
        self._ahead = {token: at for token, at in self._ahead.items() if at > now - FORGET_MS}
        for task in tasks:
            self._held[task.waiting.token] = now + AGAIN_MS
            self._ahead[task.waiting.token] = now

    def _news(self, sink: Sink, tasks: Sequence[Task]) -> list[Task]:
        """The tasks whose record is not what the sink was last told."""
        fresh: list[Task] = []
        for (kind, shard), part in self._by_shard(tasks).items():
            told = self._store.told(sink.name, kind, shard, [task.subject.id for task in part])
            fresh += [task for task, known in zip(part, told, strict=True) if _is_news(task, known)]
        return fresh

    def _remember(self, sink: Sink, tasks: Sequence[Task]) -> None:
        for (kind, shard), part in self._by_shard(tasks).items():
            self._store.tell(sink.name, kind, shard, {task.subject.id: told_of(task.record) for task in part})

    def _settle(self, tasks: Sequence[Task]) -> None:
        """People first: cut off in between, the account still waits, and they are marked again."""
        for task in tasks:
            if task.record.kind == "account" and _is_pressing(task.waiting):
                self._mark_people(task.subject)
        for (kind, shard), part in self._by_shard(tasks).items():
            self._store.settle(kind, shard, {task.subject.id: task.waiting.token for task in part})

    def _mark_people(self, account: Subject) -> None:
        """Contacts show their account's score: when its band moves, theirs are looked at again, after all else."""
        by_shard: dict[int, dict[str, int]] = defaultdict(dict)
        for person in account.sources:
            if not is_visitor(person):
                by_shard[shard_of(person, self._store.shards)][person] = outbox_score(Urgency.DRIFTED, self._wall())
        for shard, marks in by_shard.items():
            self._store.mark("contact", shard, marks)

    def _by_shard(self, tasks: Sequence[Task]) -> dict[tuple[Kind, int], list[Task]]:
        parts: dict[tuple[Kind, int], list[Task]] = defaultdict(list)
        for task in tasks:
            parts[task.record.kind, shard_of(task.subject.id, self._store.shards)].append(task)
        return parts


def outbox_depth(store: Store) -> int:
    """How many subjects wait. Accounts are counted first, as one that is settled has marked its people before."""
    return store.depth("account") + store.depth("contact")


def _is_pressing(waiting: Waiting) -> bool:
    return urgency_of(waiting.urgency) <= Urgency.BAND_DOWN


def _is_news(task: Task, told: bytes | None) -> bool:
    """Whether the sink was told something else; of an id that never was anybody's it need not hear at all."""
    return told != told_of(task.record) and (told is not None or bool(task.subject.sources))


def told_of(record: Record) -> bytes:
    """What a sink's memory keeps of a record: 64 bits of all it says but when it was said."""
    said = msgspec.msgpack.encode(msgspec.structs.replace(record, scored_at=0))
    return blake2b(said, digest_size=8).digest()
