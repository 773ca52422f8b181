"""What `show --json` and `top --json` print."""

import msgspec

from state.ids import IdType, bare, id_type
from state.moment import iso
from state.record import Kind
from state.score import Score
from state.subject import Facts, Subject
from state.touch import touch_at


class Change(msgspec.Struct, frozen=True):
    """The next change of band if nothing happens."""

    at: str
    band: str


class ReceiptLine(msgspec.Struct, frozen=True):
    """What a rule contributed, with the times of the touches behind it."""

    rule: str
    points: float
    group: str
    touches: list[str]
    words: str


class Contributor(msgspec.Struct, frozen=True):
    """A source: how many touches of each signal it contributes, and when it was last active."""

    id: str
    type: IdType
    touches: dict[str, int]
    last_at: str | None


class RawEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event of the log that is the subject's; `discounted` says why it does not count, if so."""

    at: str
    event: str
    source: str
    signals: tuple[str, ...]
    line: str
    discounted: str = ""


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A subject's score and all that is behind it. Points have one decimal; times are ISO 8601.

    `withheld` are touches that do not count since the subject's company was retracted; `retracted` are identifiers of
    which nothing counts.
    """

    key: str
    key_type: IdType
    kind: Kind
    at: str
    score: float
    band: str
    behaviour: float
    fit: float
    excluded: str
    reasons: tuple[str, ...]
    last_intent: str
    last_intent_at: str | None
    lines: list[ReceiptLine]
    sources: list[Contributor]
    next_change: Change | None
    events: list[RawEvent] = []
    withheld: int = 0
    retracted: list[str] = []


class Listed(msgspec.Struct, frozen=True):
    """An entry of the call list."""

    key: str
    score: float
    band: str
    kind: Kind
    reasons: tuple[str, ...]
    last_intent: str
    last_intent_at: str | None


def shown(subject: Subject, score: Score, now: int) -> Receipt:
    """A subject and its score, as the outside reads them."""
    change = score.next_change
    return Receipt(
        key=bare(subject.id),
        key_type=id_type(subject.id),
        kind=kind_of(subject),
        at=iso(now),
        score=score.total,
        band=score.band,
        behaviour=score.behaviour,
        fit=score.fit,
        excluded=score.excluded,
        reasons=score.reasons,
        last_intent=score.last_intent,
        last_intent_at=_iso(score.last_intent_at),
        lines=[
            ReceiptLine(line.rule, line.points, line.group, [iso(touch_at(t)) for t in line.touches], line.words)
            for line in score.lines
        ],
        sources=[_contributor(source, facts, now) for source, facts in sorted(subject.sources.items())],
        next_change=Change(iso(change.at), change.band) if change else None,
        withheld=sum(len(known) for facts in subject.withheld.values() for known in facts.ledger.touches.values()),
    )


def listed(subject: Subject, score: Score) -> Listed:
    """One entry of the call list."""
    return Listed(
        bare(subject.id),
        score.total,
        score.band,
        kind_of(subject),
        score.reasons,
        score.last_intent,
        _iso(score.last_intent_at),
    )


def kind_of(subject: Subject) -> Kind:
    """Contact or account."""
    return "account" if subject.id[0] == "d" else "contact"


def _contributor(source: str, facts: Facts, now: int) -> Contributor:
    """What a source had contributed by then."""
    ledger = facts.ledger.between(0, now + 1)
    touches = {signal: len(known) for signal, known in sorted(ledger.touches.items())}
    return Contributor(bare(source), id_type(source), touches, _iso(ledger.last_at or None))


def _iso(at: int | None) -> str | None:
    return None if at is None else iso(at)
