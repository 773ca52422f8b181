"""Whom does it count for? Pure functions of a source's own facts; see ARCHITECTURE.md, "Identity"."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from state.ids import is_visitor
from state.ledger import Ledger
from state.links import CLOSED, CORRECTED, MARK, Links, holding, links_between, newest
from state.subject import Facts, Source
from state.touch import touch_at
from state.traits import traits_between

NOBODY = ""
END = 1 << 44
"""Past the last millisecond a touch can carry."""


class Tenure(msgspec.Struct, frozen=True, gc=False):
    """`owner` has what happened in `start <= at < end`, in ms."""

    start: int
    end: int
    owner: str


def resolve(id_: str, links_of: Mapping[str, Links]) -> str:
    """Follow the newest link until an id that has none; a cycle ends at the target of its newest link.

    An id whose newest link is to nobody stands for itself.

    >>> resolve("u:1", {"u:1": {"c:9": [5]}, "c:9": {"e:a@b.io": [7]}})
    'e:a@b.io'
    >>> resolve("e:old@b.io", {"e:old@b.io": {"e:new@b.io": [5]}, "e:new@b.io": {"e:old@b.io": [9]}})
    'e:old@b.io'
    """
    if not links_of.get(id_):
        return id_
    path = [id_]
    while (links := links_of.get(path[-1])) and (target := newest(links)):
        if target in path:
            cycle = path[path.index(target) :]
            return max((links_of[at][to][-1], to) for at, to in zip(cycle, [*cycle[1:], target], strict=True))[1]
        path.append(target)
    return path[-1]


def tenures(links: Links, owner_of: Callable[[str], str], most: int) -> list[Tenure]:
    """Who owned what happened, by time: the owner of the last link at or before it.

    What came before the first link belongs to the first owner. Once more than `most` owners are known it is
    nobody's from then on: a shared device.
    """
    turns = _turns(links, owner_of, most)
    starts = [0, *(start for start, _ in turns[1:])]
    ends = [*starts[1:], END]
    return [
        Tenure(start, end, owner) for start, end, (_, owner) in zip(starts, ends, turns, strict=True) if start < end
    ]


def _turns(links: Links, owner_of: Callable[[str], str], most: int) -> list[tuple[int, str]]:
    """(at, owner) of every link that changes the owner, in order of time."""
    turns: list[tuple[int, str]] = []
    seen: set[str] = set()
    for touch, target in sorted((touch, target) for target, touches in links.items() for touch in touches):
        owner = owner_of(target) if target else NOBODY
        seen.add(owner)
        if len(seen - {NOBODY}) > most:
            return [*turns, (touch_at(touch), NOBODY)]
        if not turns or owner != turns[-1][1]:
            turns.append((touch_at(touch), owner))
    return turns


def split(facts: Facts, owned: list[Tenure], keep: Mapping[str, int]) -> dict[str, Facts]:
    """What each owner gets, `NOBODY` included: the facts themselves if all is one's; who gets nothing is left out."""
    if len(owned) == 1:
        return {owned[0].owner: facts} if facts else {}
    parts: dict[str, Facts] = {}
    for tenure in owned:
        part = between(facts, tenure.start, tenure.end)
        if part and (known := parts.setdefault(tenure.owner, part)) is not part:
            known.join(part, keep)
    return parts


def between(facts: Facts, start: int, end: int) -> Facts:
    """What of facts lies in `start <= at < end` (ms)."""
    ledger: Ledger = facts.ledger.between(start, end)
    return Facts(ledger, traits_between(facts.traits, start, end), links_between(facts.groups, start, end))


def owners(source: Source, most: int) -> list[Tenure]:
    """Which contacts own what a source did: a visitor by the times of its links, a known id as a whole."""
    if not is_visitor(source.id):
        if not source.links:
            return [Tenure(0, END, source.id)]
        return [Tenure(0, END, resolve(source.id, {**source.known, source.id: source.links}))]
    sole = sole_owner(source)
    if sole is not None:
        return [Tenure(0, END, sole)]
    return tenures(admitted(source), lambda target: resolve(target, source.known), most)


def admitted(source: Source) -> Links:
    """A visitor's links that hold, without those to ids that had their fill of visitors before it came."""
    links, known = holding(source.links), source.known
    for target in links:
        if target in known and CLOSED in known[target]:
            return {to: at for to, at in links.items() if not is_refused(source, to)}
    return links


def is_refused(source: Source, target: str) -> bool:
    """Whether a visitor first came to an id when that had as many visitors as it may have."""
    closed = source.known.get(target, {}).get(CLOSED)
    return closed is not None and source.links[target][0] > closed[0]


def sole_owner(source: Source) -> str | None:
    """The one contact that owns all a visitor did, `NOBODY` if it has no links; None when it has several."""
    links = admitted(source)
    if len(links) < 2:
        return resolve(target, source.known) if (target := next(iter(links), NOBODY)) else NOBODY
    found = {resolve(target, source.known) if target else NOBODY for target in links}
    return found.pop() if len(found) == 1 else None


def named(source: Source) -> Iterator[str]:
    """Every id that may ever have been an owner of this source by the facts it holds."""
    ids = set() if is_visitor(source.id) else {source.id}
    waiting = list(source.links)
    while waiting:
        id_ = waiting.pop()
        if id_ and id_ not in ids and id_[0] != MARK:
            ids.add(id_)
            waiting.extend(source.known.get(id_, ()))
    return iter(sorted(ids))


def corrected(source: Source) -> int:
    """The touch of the latest statement about this source, or about an id that it leads to; 0 if there is none."""
    latest = source.links[CORRECTED][-1] if CORRECTED in source.links else 0
    for links in source.known.values():
        if CORRECTED in links:
            latest = max(latest, links[CORRECTED][-1])
    return latest


def leads_back(source: Source) -> bool:
    """Whether ids that this source leads to lead to it: in such a cycle the time of every link counts."""
    for links in source.known.values():  # noqa: SIM110  mostly none, and on the path of every link
        if source.id in links:
            return True
    return False


def account_tenures(groups: Links, default: str | None) -> list[Tenure]:
    """Which accounts own what a person did: those they named, by time; else the default, else none."""
    if len(groups) == 1:
        default = next(iter(groups))
    elif groups:
        return tenures(groups, lambda domain: f"d:{domain}", len(groups))
    return [Tenure(0, END, f"d:{default}" if default else NOBODY)]
