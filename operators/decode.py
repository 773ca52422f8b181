"""Decode: a batch of raw lines in; events, and dead letters with their original bytes, out.

Every line has exactly one outcome: used, ignored (blank) or dead. This is the one place that catches.
"""

from collections.abc import Mapping
from itertools import accumulate
from typing import Generic, TypeVar
from zlib import crc32

import msgspec

from config.model import Model
from operators.agents import Crawler, agent_kind, is_crawler
from operators.normalise import account_name, email_id, opaque_id
from operators.signals import Listeners
from operators.statements import FILE, NAMES, may_state, read_statement
from operators.unusable import Unusable
from state.batch import Batch
from state.event import Counts, DeadLetter, Event, Reason
from state.moment import milliseconds
from state.touch import HASH_BITS, HASH_MASK
from state.traits import Traits, set_trait

EARLIEST = 946_684_800_000
"""Year 2000: what claims to be older has a broken clock, not a history."""
AHEAD_MS = 86_400_000
"""How far ahead of the clock an event may be (a day: time zones and slow clocks)."""
LONGEST_TRAIT = 256
LARGEST_TRAIT = (1 << 63) - 1
"""The largest whole number that a record can hold."""

Properties = TypeVar("Properties")


class Context(msgspec.Struct, rename="camel", gc=False):
    """Where common trackers put the user agent."""

    user_agent: str = ""


_context = msgspec.json.Decoder(Context)


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
    user_agent: object = None
    context: msgspec.Raw = msgspec.Raw()
    properties: Properties | None = None
    traits: dict[str, object] | None = None


class Decoder:
    """Turns lines into events under one model's signals."""

    def __init__(self, model: Model, *, trust_statements: bool = False) -> None:
        """`trust_statements`: events may say whom ids belong to in any log, not only in ours."""
        self._trusting = trust_statements
        self._may_state = True
        listeners = Listeners(model)
        self._listeners = listeners.by_event
        self._wire = msgspec.json.Decoder(Wire[listeners.properties])  # type: ignore[name-defined]  # made at run time

    def decode(self, batch: Batch, latest: int) -> tuple[list[Event], list[DeadLetter], Counts]:
        """Read a batch. Events past `latest` (ms), the end of plausible time, are dead letters."""
        events: list[Event] = []
        unusable: dict[int, Exception] = {}
        ignored = crawlers = 0
        self._may_state = self._trusting or may_state(batch.partition)
        oversized, read = batch.oversized, self.read
        for index, line in enumerate(batch.lines):
            try:
                if oversized and index in oversized:
                    raise Unusable("oversized", "the line is longer than the limit; it was cut there")
                events.append(read(line, latest))
            except Crawler:
                crawlers += 1
            except (ValueError, RecursionError) as error:
                if index in oversized or line.strip():
                    unusable[index] = error
                else:
                    ignored += 1
        dead = _dead_letters(batch, unusable) if unusable else []
        return events, dead, Counts(len(batch.lines), len(events), ignored + crawlers, len(dead), crawlers)

    def read(self, line: bytes, latest: int) -> Event:
        """Read a line; raises `ValueError` or `RecursionError` if it cannot be used, `Crawler` if no person did it."""
        if not line.isascii():
            line.decode()
        wire = self._wire.decode(line)
        name = wire.event
        if not name:
            raise Unusable("no_name", "`event` is empty")
        try:
            at = milliseconds(wire.timestamp)
        except (ValueError, OverflowError):
            raise Unusable("bad_time", "`timestamp` is neither ISO 8601 nor an epoch number") from None
        if not EARLIEST <= at <= latest:
            raise Unusable("bad_time", "`timestamp` lies before the year 2000 or more than a day ahead")
        agent = _kind_of_agent(wire) if wire.user_agent or wire.context else ""
        message = wire.message_id
        identity = message.encode() if type(message) is str else str(message or "").encode()
        touch = at << HASH_BITS | crc32(identity or _bare(line)) & HASH_MASK  # make_touch, without the call
        listener = self._listeners.get(name)
        if listener is None and name in NAMES:
            return self._statement(name, line, touch)
        anonymous = opaque_id("a:", wire.anonymous_id) if wire.anonymous_id is not None else ""
        crm = opaque_id("c:", wire.contact_id) if wire.contact_id is not None else ""
        user = opaque_id("u:", wire.user_id) if wire.user_id is not None else ""
        email = email_id(wire.email) if wire.email else ""
        if not (anonymous or email or user or crm):
            raise Unusable("no_identifier", "no usable anonymousId, contactId, userId or email")
        return Event(
            touch,
            listener.signals(wire.properties, line) if listener else (),
            anonymous,
            crm,
            user,
            email,
            account_name(wire.account_domain) if wire.account_domain else "",
            _traits(wire.traits, at) if wire.traits else None,
            None,
            agent,
        )

    def _statement(self, name: str, line: bytes, touch: int) -> Event:
        if not self._may_state:
            raise Unusable("not_trusted", f"`event`: only {FILE} may say whom ids belong to (--trust-statements)")
        return Event(touch, said=read_statement(name, line, touch))


def _kind_of_agent(wire: Wire[object]) -> str:
    """What kind of user agent sent the event; raises `Crawler`."""
    agent = _agent(wire)
    if agent and is_crawler(agent):
        raise Crawler
    return agent_kind(agent)


def _agent(wire: Wire[object]) -> str:
    """The user agent, `""` without one; what stands there in another form is none of ours."""
    if isinstance(wire.user_agent, str):
        return wire.user_agent
    try:
        return _context.decode(wire.context).user_agent if wire.context else ""
    except msgspec.ValidationError:
        return ""


def _traits(values: Mapping[str, object], at: int) -> Traits | None:
    traits: Traits = {}
    _set_leaves(traits, at, values)
    return traits or None


def _set_leaves(traits: Traits, at: int, values: Mapping[str, object], path: str = "") -> None:
    """The scalars of a nested object under their dotted paths; lists, and numbers too large to keep, say nothing."""
    for name, value in values.items():
        if isinstance(value, dict):
            _set_leaves(traits, at, value, f"{path}{name}.")
        elif isinstance(value, str):
            set_trait(traits, f"{path}{name}"[:LONGEST_TRAIT], at, value[:LONGEST_TRAIT])
        elif value is None or isinstance(value, float) or (isinstance(value, int) and abs(value) <= LARGEST_TRAIT):
            set_trait(traits, f"{path}{name}"[:LONGEST_TRAIT], at, value)


def _dead_letters(batch: Batch, unusable: Mapping[int, Exception]) -> list[DeadLetter]:
    """The lines that raised, by index, with where they begin; found in one go, for a log may be all bad."""
    lengths = (batch.oversized.get(index, len(line)) + 1 for index, line in enumerate(batch.lines))
    starts = batch.offsets or list(accumulate(lengths, initial=batch.starts))
    return [
        DeadLetter(batch.partition, starts[index], *_why(error), batch.lines[index])
        for index, error in unusable.items()
    ]


def _bare(line: bytes) -> bytes:
    """What an event without a message id is known by: a Kafka message may have newlines, which archives make spaces."""
    return line.replace(b"\n", b" ").strip()


def _why(error: Exception) -> tuple[Reason, str]:
    match error:
        case Unusable():
            return error.reason, str(error)
        case UnicodeDecodeError():
            return "not_utf8", "the line is not UTF-8"
        case RecursionError():
            return "malformed", "the line is nested too deep"
        case msgspec.DecodeError():
            return "malformed", str(error)
        case _:
            return "malformed", "the line holds a value that cannot be read"
