"""What sinks know goes over to a rebuilt generation: they hear of whoever is worth a write, and of nobody else."""

from collections.abc import Callable, Sequence
from hashlib import sha1

import msgspec

from flows.delivery import KINDS
from operators.urgency import Urgency, outbox_score, urgency
from state.clock import wall_clock
from state.codec import Decoder, encode
from state.redis_store import RedisStore
from state.store import Commit, Kind
from state.subject import Subject

AT_ONCE = 1_000
_subjects = Decoder(Subject)


class Part(msgspec.Struct, frozen=True):
    """Some subjects of one shard."""

    kind: Kind
    shard: int
    subjects: Sequence[Subject]


def prepare(live: RedisStore, fresh: RedisStore, at_work: Callable[[], None]) -> None:
    """What takes time, while the live generation goes on; the other one is open, and nobody is at work on it."""
    live.copy_told(fresh.generation)
    for kind in KINDS:
        for shard in range(fresh.shards):
            records = list(fresh.scan(kind, shard))
            for start in range(0, len(records), AT_ONCE):
                at_work()
                subjects = [_subjects.decode(record) for record in records[start : start + AT_ONCE]]
                rank(live, fresh, Part(kind, shard, [one for one in subjects if one.standing]))
    _take_in_strays(live, fresh, at_work)


def hand_over(live: RedisStore, fresh: RedisStore) -> None:
    """What has changed since, now that nobody delivers: whoever was written meanwhile is looked at again."""
    live.mark_retold(fresh.generation, outbox_score(Urgency.DRIFTED, wall_clock()))
    live.copy_told(fresh.generation)
    live.add_outbox(fresh.generation)


def rank(live: RedisStore, fresh: RedisStore, part: Part) -> None:
    """A fold ranks everybody as if sinks knew nobody. Instead, what was last worth telling is what the new scores are
    held against, as it is when a model is activated without a rebuild.
    """
    stored = live.read(part.kind, part.shard, [subject.id for subject in part.subjects])
    records: dict[str, bytes] = {}
    marks: dict[str, int] = {}
    for subject, known in zip(part.subjects, stored, strict=True):
        before, now = (_subjects.decode(known).standing if known else None), subject.standing
        assert now is not None
        pressing = urgency(before, now)
        if pressing is None:
            subject.standing = before
        else:
            marks[subject.id] = outbox_score(pressing, wall_clock())
        records[subject.id] = encode(subject)
    fresh.commit(Commit(part.kind, part.shard, records))
    tokens = {id_: sha1(record, usedforsecurity=False).hexdigest().encode() for id_, record in records.items()}
    fresh.settle(part.kind, part.shard, tokens)
    fresh.mark(part.kind, part.shard, marks)


def _take_in_strays(live: RedisStore, fresh: RedisStore, at_work: Callable[[], None]) -> None:
    """A contact that was merged into another may never have been one in the new generation. A sink that still has to
    hear that nothing is left of it would not, unless it goes over as well.
    """
    for stray in live.strays(fresh.generation):
        at_work()
        if not _subjects.decode(stray.record).told:
            fresh.take_in(stray, outbox_score(Urgency.DRIFTED, wall_clock()))
