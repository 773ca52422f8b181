"""From what a person wants put right to the statements that say so."""

from collections.abc import Iterator

from flows.exits import NotFound, Problem
from flows.find import candidates, find
from flows.reading import Reading
from flows.statement_log import Statement, statement
from operators.normalise import typed_id
from operators.statements import LINK, RESTORE, RETRACT, UNLINK
from state.ids import bare, is_visitor
from state.links import holding, is_retracted
from state.subject import Source

WRITTEN = {"e": "email", "c": "crm", "u": "user", "a": "visitor"}


def written(id_: str) -> str:
    """An id as people and statements write it.

    >>> written("e:ann@acme.com")
    'email:ann@acme.com'
    """
    return f"{WRITTEN[id_[0]]}:{bare(id_)}"


def unlinks_of(reading: Reading, key: str, at: int, note: str) -> list[Statement]:
    """An identifier belongs to nobody, and never did: takes back every link of it that holds."""
    source = source_of(reading, key)
    targets = [target for target in holding(source.links) if target]
    if not targets:
        raise NotFound(f"{written(source.id)} is linked to nobody, so there is nothing to take back")
    return [statement(UNLINK, at, written(source.id), written(target), note) for target in targets]


def leave_of(reading: Reading, key: str, at: int, note: str) -> list[Statement]:
    """An identifier belongs to nobody from now on; what happened under it before stays where it is."""
    return [statement(LINK, at, written(source_of(reading, key).id), note=note)]


def merge_of(reading: Reading, one: str, other: str, at: int, note: str) -> list[Statement]:
    """One known id is the same person as another, whose contact it joins."""
    source, target = known_id(reading, one), known_id(reading, other)
    if source == target:
        raise Problem(f"{one} and {other} are the same id already")
    return [statement(LINK, at, written(source), written(target), note)]


def split_of(reading: Reading, one: str, other: str, at: int, note: str) -> list[Statement]:
    """One known id never was the same person as another it is linked to."""
    source, target = source_of(reading, one), known_id(reading, other)
    if target not in holding(source.links):
        linked = ", ".join(written(to) for to in holding(source.links) if to) or "nobody"
        raise Problem(f"{written(source.id)} is not linked to {written(target)}, but to {linked}")
    return [statement(UNLINK, at, written(source.id), written(target), note)]


def verdict_of(reading: Reading, keys: list[str], at: int, note: str, *, counts: bool) -> list[Statement]:
    """Nothing that happened under these counts (or does after all): identifiers, contacts with all of theirs, accounts
    with all of their people's.
    """
    sources = dict.fromkeys(source for key in keys for source in _meant(reading, key))
    judged = [id_ for id_ in sources if (source := reading.source(id_)) and is_retracted(source.links) == counts]
    if not judged:
        raise NotFound("all of these count already" if counts else "none of these counts anyway")
    return [statement(RESTORE if counts else RETRACT, at, written(id_), note=note) for id_ in judged]


def source_of(reading: Reading, key: str) -> Source:
    """The identifier of a key, as it is in the store. Raises `NotFound`."""
    found = (reading.source(id_) for id_ in candidates(key) if id_[0] != "d")
    source = next((source for source in found if source is not None), None)
    if source is None:
        raise NotFound(f"no identifier {key!r} is known; write it as email:…, crm:…, user:… or visitor:…")
    return source


def known_id(reading: Reading, key: str) -> str:
    """A known id; one that never was seen has to say its kind. Raises `Problem`."""
    typed = typed_id(key) or (next(candidates(key), "") if "@" in key else "")
    id_ = typed or source_of(reading, key).id
    if is_visitor(id_):
        raise Problem(f"{key} is a visitor: only an e-mail, a CRM id or a user id can be another person's")
    return id_


def _meant(reading: Reading, key: str) -> Iterator[str]:
    """The sources that a key means."""
    if typed_id(key):
        yield source_of(reading, key).id
        return
    subject = find(reading, key)
    for id_ in subject.sources:
        contact = reading.subject(id_) if subject.id[0] == "d" and not is_visitor(id_) else None
        yield from contact.sources if contact else [id_]
