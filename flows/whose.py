"""Which events are a subject's: those under its identifiers, while these were its."""

from collections.abc import Iterable

from flows.reading import Reading
from flows.retracted import identifiers_of
from operators.identify import END, owners
from operators.score_shard import employers
from state.event import Event
from state.ids import is_visitor
from state.subject import Subject
from state.touch import touch_at

Span = tuple[int, int]
"""From a time to before another, in ms."""
Spans = dict[str, list[Span]]
"""Identifier -> when what happened under it counts."""

ALWAYS: Span = (0, END)


def spans_of(reading: Reading, subject: Subject) -> Spans:
    """When each identifier's events count for a contact or an account, or would if nothing had been retracted."""
    if subject.id[0] != "d":
        ids = {*subject.told, *(source.id for source in identifiers_of(reading, subject.id))}
        return {id_: _owned(reading, id_, subject.id) for id_ in sorted(ids)} | {subject.id: [ALWAYS]}
    spans: Spans = {}
    for person in subject.told:
        contact = None if is_visitor(person) else reading.subject(person)
        if contact is None:
            spans[person] = [ALWAYS]
        else:
            with_account = _employed(contact, subject.id)
            for source, owned in spans_of(reading, contact).items():
                spans.setdefault(source, []).extend(_both(owned, with_account))
    return spans


def counts(event: Event, spans: Spans) -> str:
    """The identifier under which the event counts (its anonymous id, else the strongest known), `""` if it does not."""
    id_ = event.anonymous or event.email or event.crm or event.user
    at = touch_at(event.touch)
    return id_ if any(start <= at < end for start, end in spans.get(id_, ())) else ""


def _owned(reading: Reading, source: str, contact: str) -> list[Span]:
    found = reading.source(source) if is_visitor(source) else None
    if found is None:
        return [ALWAYS]
    tenures = owners(found, reading.limits.contacts_per_visitor)
    return [(tenure.start, tenure.end) for tenure in tenures if tenure.owner == contact]


def _employed(contact: Subject, account: str) -> list[Span]:
    return [(tenure.start, tenure.end) for tenure in employers(contact) if tenure.owner == account]


def _both(some: Iterable[Span], others: list[Span]) -> list[Span]:
    """Where spans overlap.

    >>> _both([(0, 10), (20, 30)], [(5, 25)])
    [(5, 10), (20, 25)]
    """
    overlaps = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return [(start, end) for start, end in overlaps if start < end]
