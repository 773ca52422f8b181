"""A seeded generator of site traffic: a seed and a start give the same bytes, and a short log is the head
of a long one.

    python -m benchmarks.traffic --events 1000000 --seed 7 --out build/traffic.jsonl
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import islice
from pathlib import Path
from random import Random
from typing import Annotated

import msgspec
import typer

from benchmarks.catalogue import ANONYMOUS, EVENT_NAMES, IDENTIFYING, KNOWN, PRODUCT_USER, PROPERTIES, Mix
from benchmarks.native import NativeEvent
from benchmarks.visitors import Person, Population, Visitor

START = datetime(2026, 5, 1, tzinfo=UTC)
SESSION_EVERY_MS = 13_000.0
EVENT_EVERY_MS = 60_000.0
MORE_EVENTS = 5.0  # mean length of a session after its first event, before rounding down
LOG_MS_PER_EVENT = 2_320  # mean time between two events of the whole log
IDENTIFIES = 0.12  # of an unknown visitor's sessions; a fifth of the visitors in the end
SHARED_DEVICE = 0.005  # of a known visitor's sessions: somebody else says who they are
SAYS_USER_ID = 0.3
DUPLICATED = 0.01
LATE = 0.01
OVERTAKEN = 0.04
HOUR_MS = 3_600_000.0
NO_TRAITS = msgspec.Raw(b"{}")


@dataclass(slots=True)
class Session:
    """A visit under way: events left, and how many of them are left when the visitor says who they are."""

    visitor: Visitor
    left: int
    identify_at: int


Pending = tuple[float, int, Session | bytes | None]


class Traffic:
    """An endless log. What waits (running sessions, late and repeated lines) is all that is held."""

    def __init__(self, seed: int, start: datetime = START) -> None:
        self._random = Random(seed)
        self._population = Population(self._random)
        self._start = start
        self._pushed = 0
        self._pending: list[Pending] = []
        self._encode = msgspec.json.Encoder().encode
        self._push(0.0, None)

    def __iter__(self) -> Iterator[bytes]:
        """Lines, each ending in a newline, in the order in which they reach the log."""
        while True:
            at, _, due = heappop(self._pending)
            if due is None:
                self._open_session(at)
            elif isinstance(due, bytes):
                yield due
            else:
                line = self._next_line(at, due)
                if self._arrives_now(at, line):
                    yield line

    def _push(self, at: float, due: Session | bytes | None) -> None:
        self._pushed += 1
        heappush(self._pending, (at, self._pushed, due))

    def _open_session(self, at: float) -> None:
        random = self._random
        visitor = self._population.visit()
        length = 1 + int(random.expovariate(1 / MORE_EVENTS))
        chance = IDENTIFIES if visitor.person is None else SHARED_DEVICE
        identify_at = 1 + int(random.random() * length) if random.random() < chance else 0
        self._push(at, Session(visitor, length, identify_at))
        self._push(at + random.expovariate(1 / SESSION_EVERY_MS), None)

    def _next_line(self, at: float, session: Session) -> bytes:
        if session.left == session.identify_at:
            event = self._identifying(session.visitor)
        else:
            event = self._usual(session.visitor)
        event.timestamp = self._start + timedelta(milliseconds=int(at))
        session.left -= 1
        if session.left:
            self._push(at + self._random.expovariate(1 / EVENT_EVERY_MS), session)
        return self._encode(event) + b"\n"

    def _arrives_now(self, at: float, line: bytes) -> bool:
        """Whether the line reaches the log at once; queues its repetition and its late arrival."""
        random = self._random
        if random.random() < DUPLICATED:
            self._push(at + random.uniform(1_000, 120_000), line)
        roll = random.random()
        if roll < LATE:
            self._push(at + random.uniform(1, 12) * HOUR_MS, line)
        elif roll < LATE + OVERTAKEN:
            self._push(at + random.uniform(1_000, 180_000), line)
        return roll >= LATE + OVERTAKEN

    def _identifying(self, visitor: Visitor) -> NativeEvent:
        person = self._population.identify(visitor)
        event = self._event(IDENTIFYING, visitor)
        event.email = person.email
        event.account_domain = person.domain
        event.traits = person.traits
        self._start_trial(event, person)
        return event

    def _usual(self, visitor: Visitor) -> NativeEvent:
        person = visitor.person
        if person is None:
            return self._event(ANONYMOUS, visitor)
        event = self._event(KNOWN if person.user_id is None else PRODUCT_USER, visitor)
        self._name(event, person)
        return event

    def _event(self, mix: Mix, visitor: Visitor) -> NativeEvent:
        random = self._random
        kind = random.choices(mix[0], cum_weights=mix[1])[0]
        choices = PROPERTIES[kind]
        return NativeEvent(
            event=EVENT_NAMES[kind],
            timestamp=0,
            message_id=f"{random.getrandbits(96):024x}",
            anonymous_id=visitor.anonymous_id,
            account_domain=visitor.domain if visitor.domain_known else None,
            properties=choices[int(random.random() * len(choices))],
            traits=NO_TRAITS,
        )

    def _name(self, event: NativeEvent, person: Person) -> None:
        """Put in the identifiers that the system behind such an event knows."""
        match event.event:
            case "email_opened":
                event.anonymous_id, event.contact_id, event.email = None, person.contact_id, person.email
            case "email_clicked":
                event.contact_id = person.contact_id
            case "form_submitted" | "demo_requested" | "trial_started":
                event.email = person.email
                self._start_trial(event, person)
            case "feature_used" | "signed_in":
                event.user_id = person.user_id
            case _:
                if self._random.random() < SAYS_USER_ID:
                    event.user_id = person.user_id

    def _start_trial(self, event: NativeEvent, person: Person) -> None:
        if event.event == "trial_started":
            person.user_id = person.user_id or f"user-{self._random.getrandbits(48):012x}"
            event.user_id = person.user_id


def write(path: Path, events: int, seed: int, start: datetime = START) -> None:
    """Write a log of that many lines, creating its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb", buffering=1 << 20) as log:
        log.writelines(islice(Traffic(seed, start), events))


def recent_start(events: int, now: datetime) -> datetime:
    """A start from which a log of that many events ends shortly before `now`.

    >>> recent_start(1_000_000, datetime(2026, 6, 1, tzinfo=UTC)).date().isoformat()
    '2026-05-02'
    """
    return now - timedelta(milliseconds=1.1 * events * LOG_MS_PER_EVENT)


def main(
    events: Annotated[int, typer.Option(min=1, help="Lines to write.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("build/traffic.jsonl"),
) -> None:
    """Write a log of synthetic site traffic as JSON lines."""
    write(out, events, seed)
    typer.echo(f"{events:,} events in {out} ({out.stat().st_size / events:.0f} bytes each)")


if __name__ == "__main__":
    typer.run(main)
