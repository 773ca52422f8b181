"""The facts of a subject as of a moment: what of it had happened by then.

A fact counts from its own time on: a touch and a trait from when they happened, a tile from its start. So what is
seen of a subject changes only at the moments its facts name, and between two of them it is fixed.
"""

from collections.abc import Callable, Collection

import msgspec

from state.domains import email_domain, email_kind
from state.ids import bare, is_visitor
from state.ledger import KEEP_TILES, Ledger
from state.subject import Subject
from state.touch import TILE_MS
from state.traits import Traits, Value, set_trait


class Part(msgspec.Struct, gc=False):
    """What one person did, as of a moment; the lists are shared with the ledgers and never changed here.

    `until` is the latest activity known (ms). As of a moment inside an active half hour it is the end of that, as
    in `Ledger.between`, and so may lie ahead.
    """

    touches: dict[str, list[int]]
    tiles: list[int]
    until: int
    person: bool


def person_as_of(subject: Subject, now: int) -> Part:
    """All sources of a contact as one: the join of their ledgers as of `now` (ms), before any touch is dropped."""
    parts = people_as_of(subject, now)
    if len(parts) == 1:
        return parts[0]
    touches: dict[str, list[int]] = {}
    for part in parts:
        for signal, more in part.touches.items():
            known = touches.get(signal)
            touches[signal] = more if known is None else sorted({*known, *more})
    tiles = sorted({tile for part in parts for tile in part.tiles})[-KEEP_TILES:]
    return Part(touches, tiles, max((part.until for part in parts), default=0), True)


def people_as_of(subject: Subject, now: int) -> list[Part]:
    """The sources of an account apart, as of `now` (ms)."""
    return [_as_of(facts.ledger, now, not is_visitor(source)) for source, facts in subject.sources.items()]


def _as_of(ledger: Ledger, now: int, person: bool) -> Part:
    if ledger.last_at <= now:
        return Part(ledger.touches, ledger.tiles, ledger.last_at, person)
    seen = ledger.between(0, now + 1)
    until = max(seen.last_at, (seen.tiles[-1] + 1) * TILE_MS - 1) if seen.tiles else seen.last_at
    return Part(seen.touches, seen.tiles, until, person)


class Profile:
    """A subject's attributes as of a moment, the join over its sources, with what its own id tells of it.

    The latter goes before what traits say, and has no age.
    """

    def __init__(self, subject: Subject, names: Collection[str], now: int) -> None:
        self._now = now
        self._by_age: dict[int, dict[str, Value]] = {}
        self._traits = _traits_as_of(subject, names, now)
        told = DERIVED.get(subject.id[:2], {})
        self._derived: dict[str, Value] = {name: of(bare(subject.id)) for name, of in told.items() if name in names}

    def younger_than(self, age: int) -> dict[str, Value]:
        """Attribute -> value, without the traits of this age (ms) or older."""
        values = self._by_age.get(age)
        if values is None:
            oldest = self._now - age
            values = {name: value for name, (at, value) in self._traits.items() if at > oldest} | self._derived
            self._by_age[age] = values
        return values


DERIVED: dict[str, dict[str, Callable[[str], str]]] = {
    "e:": {"email_kind": email_kind, "email_domain": email_domain},
    "d:": {"domain": str},
}
"""Kind of id -> attributes, each with how it follows from the bare id."""


def _traits_as_of(subject: Subject, names: Collection[str], now: int) -> Traits:
    joined: Traits = {}
    for facts in subject.sources.values():
        traits = facts.traits
        if traits:
            for name in names:
                known = traits.get(name)
                if known is not None and known[0] <= now:
                    _join(joined, name, known)
    return joined


def _join(joined: Traits, name: str, said: tuple[int, Value]) -> None:
    known = joined.get(name)
    if known is None or said[0] > known[0]:
        joined[name] = said
    elif said[0] == known[0]:
        set_trait(joined, name, *said)
