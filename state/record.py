"""What a sink is told about a subject, and what it answers."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

import msgspec

Kind = Literal["contact", "account"]
KeyType = Literal["email", "crm", "user", "domain"]
Name = tuple[Kind, KeyType, str]

_NAMED_BY: dict[str, tuple[Kind, KeyType]] = {
    "e": ("contact", "email"),
    "c": ("contact", "crm"),
    "u": ("contact", "user"),
    "d": ("account", "domain"),
}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One subject as the CRM shall show it: a score evaluated at `scored_at`, never a delta.

    Times are Unix milliseconds UTC. Scores have one decimal. `key` is bare (`ann@acme.com`, a CRM contact
    id, a product user id, or an account's domain) and `key_type` says which of them it is. `corrected_at` is when
    somebody last put right who it is (a merge, an unlink, a verdict).
    """

    kind: Kind
    key: str
    key_type: KeyType
    score: float
    band: str
    behaviour: float
    fit: float
    reasons: tuple[str, ...]
    why: str
    last_intent: str = ""
    last_intent_at: int | None = None
    high_until: int | None = None
    account_score: float | None = None
    corrected_at: int | None = None
    scored_at: int
    model: str


class Written(msgspec.Struct, frozen=True):
    """The sink holds the record now."""


class Refused(msgspec.Struct, frozen=True):
    """The sink will never take this record as it is; `reason` names no personal data."""

    reason: str


class Skipped(msgspec.Struct, frozen=True):
    """The record has no place in this sink (no such company there, no usable key)."""

    reason: str


class Later(msgspec.Struct, frozen=True):
    """The sink cannot take the record now; ask again after `seconds`."""

    seconds: float
    reason: str


Outcome = Written | Refused | Skipped | Later


class Erased(msgspec.Struct, frozen=True):
    """The sink holds nothing of the subject any more; a CRM that does not tell whether it did says this too."""


class NotThere(msgspec.Struct, frozen=True):
    """The sink held nothing of the subject."""


Erasure = Erased | NotThere | Refused | Later


def name_of(id_: str) -> Name | None:
    """The kind, key type and key of an id's records; nothing for a visitor, of whom there are none.

    >>> name_of("e:ann@acme.com"), name_of("a:anon_1")
    (('contact', 'email', 'ann@acme.com'), None)
    """
    named_by = _NAMED_BY.get(id_[:1])
    return (*named_by, id_[2:]) if named_by else None


class SinkStopped(Exception):
    """The sink needs a person: a revoked token, a missing permission. The message says what to do."""


@runtime_checkable
class Watched(Protocol):
    """A sink that calls others, whose troubles those who run it want to see."""

    @property
    def errors(self) -> Mapping[str, int]:
        """Calls that were no success, by kind of trouble; all kinds there are, few."""

    @property
    def quota_left(self) -> Mapping[str, int]:
        """Calls that are still allowed, by window of time, as far as they were told."""

    @property
    def is_reserved(self) -> bool:
        """Whether the calls that are left are for what cannot wait: changes of band."""


class Sink(Protocol):
    """Anything that can be told about subjects.

    Writing the same record twice leaves the sink as writing it once does. A record is complete: a later one
    replaces an earlier one. Within one call a subject is named at most once.
    """

    name: str

    def write(self, records: Sequence[Record]) -> list[Outcome]:
        """Tell the sink; the answer has one outcome per record, in order. Raises `SinkStopped`."""

    def erase(self, ids: Sequence[str]) -> list[Erasure]:
        """Leave nothing of these subjects, named as in `state.ids` (`e:ann@acme.com`); others stay.

        One outcome per id, in order. Erasing again is no error, and neither is erasing who was never there. No
        reason and no log names anybody. Raises `SinkStopped`.
        """

    def close(self) -> None:
        """Release connections; the sink is not used afterwards."""
