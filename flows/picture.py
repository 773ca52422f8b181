"""A picture of a contact's identifiers: who is linked to whom, since when, and what came of it."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from flows.correct import written
from flows.find import touches_of
from flows.reading import Reading
from operators.identify import NOBODY, is_refused, owners
from operators.score_shard import companies_of
from operators.verdicts import agent_id
from state.ids import IdType, bare, id_type, is_visitor
from state.links import MARK, holding, is_retracted
from state.moment import iso
from state.subject import Source, Subject
from state.touch import touch_at

State = Literal["holds", "taken back", "too many"]


class Linked(msgspec.Struct, frozen=True):
    """What was said of an identifier: whom it belongs to (`""`: nobody), when first and last, and whether it holds.

    `too many`: the other identifier had its fill of visitors before. `touches` are those of the events that said so, as
    text: JSON's readers round numbers so large.
    """

    to: str
    since: str
    last: str
    state: State
    touches: list[str] = []


class Identifier(msgspec.Struct, frozen=True):
    """One identifier of a contact. `owner` has what happens under it now; `counts` unless it was retracted.

    `agents` are the kinds of user agents that it showed (`*`: more than are told apart).
    """

    id: str
    type: IdType
    owner: str
    counts: bool
    shared: bool
    touches: int
    last_at: str | None
    agents: list[str]
    links: list[Linked]


class Picture(msgspec.Struct, frozen=True):
    """A contact, and all identifiers that are linked with it. `said`: touch -> its event, where the log was given.

    `retracted` are the verdicts on many that take something of it away: on its company, on kinds of user agents.
    """

    key: str
    identifiers: list[Identifier]
    said: dict[str, str] = {}
    retracted: list[str] = []


def picture(reading: Reading, subject: Subject) -> Picture:
    """The identifiers of a contact, known ids first."""
    found = sorted(_sources(reading, subject), key=lambda source: (is_visitor(source.id), source.id))
    judged = companies_of(subject).union(*(map(agent_id, source.agents) for source in found))
    retracted = sorted(map(written, judged & reading.verdicts().retracted))
    return Picture(bare(subject.id), [_identifier(reading, source) for source in found], retracted=retracted)


def _sources(reading: Reading, subject: Subject) -> Iterator[Source]:
    """Every source that leads to the contact or is led to by one of its known ids, directly or not."""
    waiting, seen = [subject.id, *subject.sources], set[str]()
    while waiting:
        id_ = waiting.pop()
        if id_ in seen or not id_ or id_[0] == MARK:
            continue
        seen.add(id_)
        source = reading.source(id_)
        if source is not None:
            yield source
            waiting += [] if is_visitor(id_) else [*source.followers, *source.links]


def _identifier(reading: Reading, source: Source) -> Identifier:
    last_at = max(ledger.last_at for ledger in (source.facts.ledger, *source.agents.values()))
    tenures = owners(source, reading.limits.contacts_per_visitor)
    return Identifier(
        id=bare(source.id),
        type=id_type(source.id),
        owner=bare(tenures[-1].owner),
        counts=not is_retracted(source.links),
        shared=tenures[-1].owner == NOBODY and len({tenure.owner for tenure in tenures}) > 1,
        touches=sum(touches_of(source).values()),
        last_at=iso(last_at) if last_at else None,
        agents=sorted(source.agents),
        links=sorted(_links(source), key=lambda link: link.since),
    )


def _links(source: Source) -> Iterator[Linked]:
    held = holding(source.links)
    for target, touches in source.links.items():
        if target[:1] != MARK:
            since, last = iso(touch_at(touches[0])), iso(touch_at(touches[-1]))
            state: State = "holds" if target in held else "taken back"
            if state == "holds" and is_visitor(source.id) and is_refused(source, target):
                state = "too many"
            yield Linked(bare(target) if target else "", since, last, state, [*map(str, touches)])
