"""From what a person types to the subject they mean."""

from collections import Counter
from collections.abc import Iterator

from flows.exits import NotFound
from flows.reading import Reading
from operators.identify import NOBODY, owners
from operators.normalise import KINDS, account_name, email_address, usable
from state.ids import bare
from state.subject import Source, Subject

EXPLICIT = KINDS | {"account": "d", "domain": "d"}


def find(reading: Reading, key: str) -> Subject:
    """The contact or account of a key: its own, or the one that a CRM id, user id or visitor belongs to.

    Raises `NotFound` that says what was looked for, or why a visitor is nobody's.
    """
    ids = list(candidates(key))
    for id_ in ids:
        if id_[0] != "a" and (subject := reading.subject(id_)) is not None and subject.told:
            return subject
    sources = [source for id_ in ids if id_[0] != "d" and (source := reading.source(id_)) is not None]
    for source in sources:
        owner = owners(source, reading.limits.contacts_per_visitor)[-1].owner
        if owner != NOBODY and (subject := reading.subject(owner)) is not None:
            return subject
    if sources:
        raise NotFound(_unowned(sources[0]))
    for id_ in ids:
        if id_ in reading.verdicts().retracted:
            raise NotFound(
                f"the company {bare(id_)} was retracted: `leadstream retract {bare(id_)} --undo` takes it back"
            )
    raise NotFound(f"nothing is known under {key!r}; try an e-mail, a company's domain, or user:ID, crm:ID, visitor:ID")


def candidates(key: str) -> Iterator[str]:
    """The ids that a key can mean, the likeliest first; none if it is what a shell passed on that is no Unicode.

    >>> list(candidates("Ann@Acme.com")), list(candidates("user:42"))
    (['e:ann@acme.com'], ['u:42'])
    >>> list(candidates("acme.com"))
    ['d:acme.com', 'c:acme.com', 'u:acme.com', 'a:acme.com']
    """
    if not _is_text(key):
        return
    kind, colon, rest = key.partition(":")
    if colon and kind in EXPLICIT and usable(rest):
        yield f"{EXPLICIT[kind]}:{email_address(rest) if kind == 'email' else usable(rest)}"
        return
    if "@" in key:
        yield f"e:{email_address(key)}"
        return
    if domain := account_name(key):
        yield f"d:{domain}"
    yield from (f"{prefix}:{usable(key)}" for prefix in "cua")


def touches_of(source: Source) -> dict[str, int]:
    """How many touches a source has of each signal, whatever agents they were by."""
    touches: Counter[str] = Counter()
    for ledger in (source.facts.ledger, *source.agents.values()):
        touches.update({signal: len(known) for signal, known in ledger.touches.items()})
    return dict(sorted(touches.items()))


def _is_text(key: str) -> bool:
    """Whether a key that a shell passed on is Unicode; every id is."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unowned(source: Source) -> str:
    seen = ", ".join(f"{signal} {count}" for signal, count in touches_of(source).items()) or "no signals yet"
    return f"{bare(source.id)!r} is a visitor that nobody is known for ({seen}), so there is no score to show"
