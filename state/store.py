"""What a store is: where records, timers, the outbox and the source's offsets are kept.

Two stores exist, `state.memory` and `state.redis_store`; `tests/contract/test_store_contract.py` holds both to this.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

Kind = Literal["known", "visitor", "contact", "account"]
KINDS: tuple[Kind, ...] = ("known", "visitor", "contact", "account")

Position = int
"""How far a partition has been read: a byte position or a Kafka offset."""


LEASE_MS = 5_000
"""How long a flow that says nothing keeps its namespace."""
ROLE_LEASE_MS = 30_000
"""The same for other roles; a call to a CRM may take so long."""
DELIVERY = "deliver"
"""The role of whoever writes to the sinks."""
MAINTENANCE = "maintenance"
"""The role before which all others give way: flows let go of the namespace, and come again when it is released."""

REBUILD = "rebuild"
"""The role of whoever folds the log into a new generation of the namespace; nobody is erased meanwhile."""
REBUILD_LEASE_MS = 120_000
"""Longer than the fold of a large batch may take, at whose end it says that it is at work."""


class Commit(msgspec.Struct, frozen=True):
    """What one shard of one kind has to say at the end of an epoch.

    `records`: id -> bytes. `timers`: id -> when to look again (ms), or None for never. `outbox`: id -> urgency;
    the smaller number goes first. The records of the ids in `fleeting` a server forgets by itself when they have not
    been written again for `lifetime_ms`; others stay.
    """

    kind: Kind
    shard: int
    records: Mapping[str, bytes]
    timers: Mapping[str, int | None] = {}
    outbox: Mapping[str, int] = {}
    fleeting: Collection[str] = ()
    lifetime_ms: int = 0


class Waiting(msgspec.Struct, frozen=True):
    """A subject in the outbox with the record as it is now. `token` names this state of it for `settle`."""

    record: bytes
    urgency: int
    token: bytes


class Checkpoint(msgspec.Struct, frozen=True, array_like=True):
    """A position below which everything is in the store, and when (ms) that was noted."""

    saved_at: int
    position: Position


class Activation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a model was put to use at `at` (ms): by whom, why, and the figures of the report it was decided on.

    `digest` names its file; empty: the file that each flow was started with. A rollback says which earlier entry (its
    place in the history, -1: before the first) it goes back to.
    """

    at: int
    who: str
    why: str
    digest: str
    model: str
    report: dict[str, float] = {}
    back_to: int | None = None


class Fenced(Exception):
    """Another flow has taken this namespace over; what this one still holds must not be written."""


class Replaced(Exception):
    """The store is not the one that was scored, but an empty one in its place; going on would lose what is missing."""


class Maintenance(Exception):
    """Somebody is at work on this namespace as a whole: let go of it, and come again when they are done."""


class Switched(Maintenance):
    """The namespace goes on in another generation: whoever connects anew finds it."""


class StoreUnavailable(Exception):
    """The store cannot be used; the message says why and what to do, and names no secret."""


class NotBegun(StoreUnavailable):
    """There is nothing in a namespace yet."""


class Held(StoreUnavailable):
    """Another flow holds this namespace. One `elsewhere` may have died: if so it holds it until its lease ends."""

    def __init__(self, message: str, *, elsewhere: bool) -> None:
        super().__init__(message)
        self.elsewhere = elsewhere


class Records(Protocol):
    """Records and timers, by kind and shard."""

    shards: int

    def read(self, kind: Kind, shard: int, ids: Sequence[str]) -> list[bytes | None]:
        """The stored bytes of each id, None where there is none."""

    def commit(self, commit: Commit) -> None:
        """Write a shard's changes as one step; all of it or nothing. Raises `Fenced`.

        Trouble may also show only in the next call, whichever that is; what is asked then sees the changes.
        """

    def due(self, kind: Kind, shard: int, now: int, most: int) -> list[bytes]:
        """The records whose timers are at or before `now`, the earliest first."""

    def next_due(self, kind: Kind, shard: int) -> int | None:
        """When the shard's earliest timer comes (ms)."""

    def scan(self, kind: Kind, shard: int | None = None) -> Iterator[bytes]:
        """Every record of a kind, or of one of its shards, in no order; one that is written meanwhile may be either."""


class Outbox(Protocol):
    """Who must be written, never what."""

    def waiting(self, kind: Kind, most: int) -> list[Waiting]:
        """The most urgent subjects, of all shards; they stay until they are settled. Marks without a record go."""

    def mark(self, kind: Kind, shard: int, marks: Mapping[str, int]) -> None:
        """Put subjects in (id -> urgency) without a change of their records."""

    def settle(self, kind: Kind, shard: int, settled: Mapping[str, bytes]) -> int:
        """Take ids out that have not changed since (id -> token); the number that went."""

    def depth(self, kind: Kind) -> int:
        """How many subjects wait."""

    def depths(self, kind: Kind, edges: Sequence[int]) -> list[int]:
        """How many wait below the first edge of urgency (ascending), from each to the next, and from the last on."""

    def told(self, sink: str, kind: Kind, shard: int, ids: Sequence[str]) -> list[bytes | None]:
        """What a sink was last told about each id."""

    def tell(self, sink: str, kind: Kind, shard: int, told: Mapping[str, bytes]) -> None:
        """Remember what a sink has been told."""


class Run(Protocol):
    """The one flow that may write, its clock, and how far its sources are."""

    incarnation: str
    """Made up when the namespace was begun: one that was begun anew has another."""
    generation: int
    """Which of the namespace's generations this is: a rebuild makes another one, 0 is the first."""

    def open(self) -> None:
        """Take the namespace; raises `Held` while another flow holds it, `Maintenance`, and `Replaced`."""

    def join(self) -> None:
        """Be another process of the flow that holds the namespace."""

    def decide(self, question: str, answer: str) -> None:
        """Settle something for all processes of this flow."""

    def decided(self, question: str) -> str | None:
        """What was settled, None when nothing was yet."""

    def renew(self) -> None:
        """Say that this flow is alive, when an epoch has ended. Raises `Fenced`, and `Maintenance`."""

    def stay(self) -> None:
        """The same while one goes on."""

    def close(self) -> None:
        """Give the namespace back."""

    def hold(self, role: str) -> None:
        """Be the only one in a role besides scoring, or say that this one is alive. Raises `Held`.

        In any role but `MAINTENANCE` itself it raises `Maintenance` while another has that one.
        """

    def release(self, role: str) -> None:
        """Leave a role to the next."""

    def settle_in(self) -> None:
        """From now on there is something to lose: where a part of it is missing, `open` raises `Replaced`."""

    def start_over(self) -> None:
        """Forget all positions, so that logs are read from their beginning. Raises `Held` while a flow is at it."""

    def note(self, name: str, value: bytes) -> None:
        """Note how the flow was started, for those who read what it makes."""

    def noted(self, name: str) -> bytes | None:
        """What the last flow noted."""

    def save(self, positions: Mapping[str, Position], at: int) -> None:
        """Note that all below these positions is in the store. Raises `Fenced`, and `Maintenance` when it is noted."""

    def rewind(self, to: Mapping[str, Checkpoint]) -> None:
        """Put partitions back: what was noted beyond has to be read again. Raises `Fenced`."""

    def loses_ms(self) -> int:
        """For how long (ms) a server may take what is lost when another replaces it; 0 where none does."""

    def checkpoints(self) -> dict[str, list[Checkpoint]]:
        """The last few checkpoints of each partition, oldest first."""

    def advance_clock(self, now: int) -> int:
        """The log has come to `now`, for everyone who shares this store; the latest time that anybody came to."""

    def stop_clock(self) -> None:
        """The wall clock rules."""

    def clock(self) -> int | None:
        """The log's time if a time-lapse set one."""


class Tombstones(Protocol):
    """Who must not come in again."""

    def tombstone(self, id_: str) -> bytes:
        """What stands for an id that was erased; within this namespace only, and never the id itself."""

    def tombstones(self) -> frozenset[bytes]:
        """All of them."""


class Erasing(Tombstones, Protocol):
    """What it takes to forget somebody for good."""

    def forget(self, kind: Kind, shard: int, ids: Sequence[str]) -> int:
        """Delete records with their timers and their places in the outbox; the number of records. Raises `Fenced`."""

    def sinks(self) -> list[str]:
        """The names of the sinks whose memory holds something."""

    def untell(self, sink: str, kind: Kind, shard: int, ids: Sequence[str]) -> int:
        """Forget what a sink was told of these; of how many it was told something."""

    def bury(self, ids: Iterable[str]) -> None:
        """Set tombstones: nothing that names these ids may come in again."""


class Models(Protocol):
    """Which model counts, and which ones did."""

    def activate(self, activation: Activation, file: bytes) -> None:
        """Add to the history, and keep the model's file under its digest. The last entry counts."""

    def count_activations(self) -> int:
        """How long the history is: another number, another model."""

    def activations(self) -> list[Activation]:
        """The history, oldest first."""

    def model_files(self) -> dict[str, bytes]:
        """Digest -> file of every model that was ever activated."""

    def reviewed_under(self) -> str:
        """The digest of the model that everybody was looked at under, or will be by their timers; empty: not known."""

    def set_reviewed(self, digest: str) -> None:
        """Note that."""

    def review(self, at: int, per_s: int, but: str) -> int:
        """Set timers for every contact and account from `at` (ms) on, so many a second of that clock; how many.

        An earlier timer stays. The record `but` is left out. To be called while no shard is at work.
        """


class Store(Records, Outbox, Run, Erasing, Models, Protocol):
    """All of it."""
