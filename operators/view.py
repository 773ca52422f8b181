"""The facts of a subject as of a moment: what of it had happened by then.

A fact counts from its own time on: a touch and a trait from when they happened, a tile from its start. So what is
seen of a subject changes only at the moments its facts name, and between two of them it is fixed.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection
from functools import lru_cache

import msgspec

from state.domains import REMEMBERED, email_domain, email_kind
from state.ids import bare, is_visitor
from state.ledger import KEEP_TILES, Ledger
from state.subject import Subject
from state.touch import HASH_BITS, TILE_MS, last_touch, tile_of
from state.traits import Traits, Value, set_trait


class Seen(msgspec.Struct, gc=False):
    """What was done, as of a moment; lists are shared with the subject's ledgers and never changed here.

    `ledgers` are of those who did anything, and `persons` says of each whether it is a person's or a visitor's.
    `touches` are the same by signal: a list for each who touched it. `until` is the latest activity known (ms); as of
    a moment inside an active half hour it is the end of that, and so may lie ahead. `later`: there is more to come.
    """

    ledgers: list[Ledger]
    persons: list[bool]
    touches: dict[str, list[list[int]]]
    until: int
    later: bool = False


def person_as_of(subject: Subject, now: int) -> Seen:
    """All sources of a contact as one: the join of their ledgers as of `now` (ms), before any touch is dropped."""
    seen = people_as_of(subject, now)
    if len(seen.ledgers) < 2:
        return seen
    touches = {
        signal: known[0] if len(known) == 1 else sorted({touch for one in known for touch in one})
        for signal, known in seen.touches.items()
    }
    tiles = sorted({tile for ledger in seen.ledgers for tile in ledger.tiles})[-KEEP_TILES:]
    alone = {signal: [known] for signal, known in touches.items()}
    return Seen([Ledger(touches, tiles, seen.until)], [True], alone, seen.until, seen.later)


def people_as_of(subject: Subject, now: int) -> Seen:
    """The sources of an account apart, as of `now` (ms)."""
    ledgers, persons, later = [], [], False
    for source, facts in subject.sources.items():
        ledger = facts.ledger
        if ledger.last_at > now:
            ledger, later = _as_of(ledger, now), True
        if ledger.last_at:
            ledgers.append(ledger)
            persons.append(not is_visitor(source))
    if len(ledgers) == 1:
        [ledger] = ledgers
        return Seen(
            ledgers, persons, {signal: [known] for signal, known in ledger.touches.items()}, ledger.last_at, later
        )
    touches: dict[str, list[list[int]]] = {}
    for ledger in ledgers:
        for signal, known in ledger.touches.items():
            if signal in touches:
                touches[signal].append(known)
            else:
                touches[signal] = [known]
    return Seen(ledgers, persons, touches, max([ledger.last_at for ledger in ledgers], default=0), later)


def _as_of(ledger: Ledger, now: int) -> Ledger:
    """What had happened by `now` of a ledger that goes on after it."""
    last = last_touch(now)
    touches = {
        signal: known if known[-1] <= last else known[: bisect_right(known, last)]
        for signal, known in ledger.touches.items()
        if known[0] <= last
    }
    tiles = ledger.tiles[: bisect_right(ledger.tiles, tile_of(now))]
    told = [known[-1] >> HASH_BITS for known in touches.values()]
    if tiles:
        told.append((tiles[-1] + 1) * TILE_MS - 1)
    return Ledger(touches, tiles, max(told, default=0))


class Profile:
    """A subject's attributes as of a moment, the join over its sources, with what its own id tells of it.

    The latter goes before what traits say, and has no age. `values` are all of them; `later`: there is more to come.
    """

    def __init__(self, subject: Subject, names: Collection[str], now: int) -> None:
        self._now = now
        self.said, self.later = _traits_as_of(subject, names, now)
        self._derived = _derived(subject.id, names)
        self.values: dict[str, Value] = {name: value for name, (_, value) in self.said.items()}
        self.values |= self._derived

    def since(self, ages: Collection[tuple[str, int]]) -> int:
        """Since when it is what it is (ms), where attributes are too old at these ages (ms); never too early."""
        said, now = self.said, self._now
        ends = [end for name, age in ages if name in said and (end := said[name][0] + age) <= now]
        return max([at for at, _ in said.values()] + ends, default=0)

    def younger_than(self, age: int) -> dict[str, Value]:
        """Attribute -> value, without the traits of this age (ms) or older."""
        oldest = self._now - age
        return {name: value for name, (at, value) in self.said.items() if at > oldest} | self._derived


def _derived(id_: str, names: Collection[str]) -> dict[str, Value]:
    """Those of the attributes that follow from an id."""
    kind = id_[0]
    if kind == "e":
        return _of_mailbox(id_[max(2, id_.rfind("@")) :], tuple(names))
    return {"domain": bare(id_)} if kind == "d" else {}


@lru_cache(REMEMBERED)
def _of_mailbox(at_domain: str, names: Collection[str]) -> dict[str, Value]:
    """Those that an address tells by its end, from the `@` on."""
    told: dict[str, Callable[[str], str]] = {"email_kind": email_kind, "email_domain": email_domain}
    return {name: of(at_domain) for name, of in told.items() if name in names}


def _traits_as_of(subject: Subject, names: Collection[str], now: int) -> tuple[Traits, bool]:
    """What was said last of each name by `now` (ms), and whether anything is said later."""
    joined: Traits = {}
    later = False
    for facts in subject.sources.values():
        traits = facts.traits
        if traits:
            for name in names:
                said = traits.get(name)
                if said is None:
                    continue
                known = joined.get(name)
                if said[0] > now:
                    later = True
                elif known is None or said[0] > known[0]:
                    joined[name] = said
                elif said[0] == known[0] and said is not known:
                    set_trait(joined, name, *said)
    return joined, later
