"""Decode: a batch of raw lines in; events, and dead letters with their original bytes, out.

Every line has exactly one outcome: used, ignored (blank) or dead. This is the one place that catches.
"""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Generic, TypeVar

import msgspec

from config.model import Model
from operators.normalise import account_name, email_address, usable
from operators.signals import Listeners
from state.batch import Batch
from state.event import Counts, DeadLetter, Event, Reason
from state.moment import milliseconds
from state.touch import make_touch
from state.traits import Traits, Value, set_trait

EARLIEST = 946_684_800_000
"""Year 2000: what claims to be older has a broken clock, not a history."""
AHEAD_MS = 86_400_000
"""How far ahead of the clock an event may be (a day: time zones and slow clocks)."""
LONGEST_TRAIT = 256
LARGEST_TRAIT = (1 << 63) - 1
"""The largest whole number that a record can hold."""

Properties = TypeVar("Properties")


class Wire(msgspec.Struct, Generic[Properties], rename="camel", gc=False):
    """The native form on the wire; unknown fields are passed over, the last of duplicate keys counts."""

    event: str
    timestamp: str | int | float
    message_id: str | int | None = None
    anonymous_id: str | int | None = None
    contact_id: str | int | None = None
    user_id: str | int | None = None
    email: str | None = None
    account_domain: str | None = None
    properties: Properties | None = None
    traits: dict[str, object] | None = None


class Unusable(ValueError):
    """Why a line cannot be used; its text names a field, never a value."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Decoder:
    """Turns lines into events under one model's signals."""

    def __init__(self, model: Model) -> None:
        self._listeners = Listeners(model)
        self._wire = msgspec.json.Decoder(Wire[self._listeners.properties])  # type: ignore[name-defined]  # made at run time

    def decode(self, batch: Batch, latest: int) -> tuple[list[Event], list[DeadLetter], Counts]:
        """Read a batch. Events past `latest` (ms), the end of plausible time, are dead letters."""
        events: list[Event] = []
        unusable: dict[int, Exception] = {}
        ignored = 0
        for index, line in enumerate(batch.lines):
            try:
                if index in batch.oversized:
                    raise Unusable("oversized", "the line is longer than the limit; it was cut there")
                if line and not line.isspace():
                    events.append(self.read(line, latest))
                else:
                    ignored += 1
            except (ValueError, RecursionError) as error:
                unusable[index] = error
        dead = _dead_letters(batch, unusable) if unusable else []
        return events, dead, Counts(len(batch.lines), len(events), ignored, len(dead))

    def read(self, line: bytes, latest: int) -> Event:
        """Read one line; raises `ValueError` or `RecursionError` when it cannot be used."""
        if not line.isascii():
            line.decode()
        wire = self._wire.decode(line)
        if not wire.event:
            raise Unusable("no_name", "`event` is empty")
        at = _time(wire.timestamp, latest)
        anonymous, crm, user, email = _ids(wire)
        if not (anonymous or email or user or crm):
            raise Unusable("no_identifier", "no usable anonymousId, contactId, userId or email")
        return Event(
            make_touch(at, str(wire.message_id).encode() if wire.message_id else line.strip()),
            self._listeners.signals(wire.event, wire.properties, lambda: _whole(line)),
            anonymous,
            crm,
            user,
            email,
            account_name(wire.account_domain) if wire.account_domain else "",
            _traits(wire.traits, at) if wire.traits else None,
        )


def _ids(wire: Wire[object]) -> tuple[str, str, str, str]:
    """Anonymous id, CRM id, user id and e-mail with their prefixes; `""` for what says nothing."""
    anonymous = usable(wire.anonymous_id)
    crm = usable(wire.contact_id) if wire.contact_id is not None else ""
    user = usable(wire.user_id) if wire.user_id is not None else ""
    email = email_address(wire.email) if wire.email else ""
    return (
        f"a:{anonymous}" if anonymous else "",
        f"c:{crm}" if crm else "",
        f"u:{user}" if user else "",
        f"e:{email}" if email else "",
    )


def _whole(line: bytes) -> dict[str, object]:
    """All of an event, for conditions on fields that are not ours."""
    return msgspec.json.decode(line, type=dict[str, object])


def _time(timestamp: str | float, latest: int) -> int:
    """ISO 8601 (without a zone: UTC), or epoch seconds or milliseconds, as ms."""
    try:
        at = milliseconds(timestamp)
    except (ValueError, OverflowError):
        raise Unusable("bad_time", "`timestamp` is neither ISO 8601 nor an epoch number") from None
    if not EARLIEST <= at <= latest:
        raise Unusable("bad_time", "`timestamp` lies before the year 2000 or more than a day ahead")
    return at


def _traits(values: dict[str, object], at: int) -> Traits | None:
    traits: Traits = {}
    for name, value in _leaves(values):
        set_trait(traits, name, at, value)
    return traits or None


def _leaves(values: Mapping[str, object], path: str = "") -> Iterable[tuple[str, Value]]:
    """The scalars of a nested object under their dotted paths; lists, and numbers too large to keep, say nothing."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}{name}.")
        elif isinstance(value, str):
            yield f"{path}{name}"[:LONGEST_TRAIT], value[:LONGEST_TRAIT]
        elif value is None or isinstance(value, float) or (isinstance(value, int) and abs(value) <= LARGEST_TRAIT):
            yield f"{path}{name}"[:LONGEST_TRAIT], value


def _dead_letters(batch: Batch, unusable: Mapping[int, Exception]) -> list[DeadLetter]:
    """The lines that raised, by index, with where they begin; found in one go, for a log may be all bad."""
    lengths = (batch.oversized.get(index, len(line)) + 1 for index, line in enumerate(batch.lines))
    starts = list(accumulate(lengths, initial=batch.starts))
    return [
        DeadLetter(batch.partition, starts[index], *_why(error), batch.lines[index])
        for index, error in unusable.items()
    ]


def _why(error: Exception) -> tuple[Reason, str]:
    if isinstance(error, Unusable):
        reason: Reason = error.reason
    else:
        reason = "not_utf8" if isinstance(error, UnicodeDecodeError) else "malformed"
    detail = str(error) if isinstance(error, Unusable | msgspec.DecodeError) else type(error).__name__
    return reason, detail
