"""From what a person wants put right to the statements that say so."""

from collections.abc import Iterator

from flows.exits import NotFound, Problem
from flows.find import candidates
from flows.reading import Reading
from flows.retracted import SOURCES, accounts_of, identifiers_of
from flows.statement_log import Statement, statement
from operators.identify import owners
from operators.normalise import KINDS, typed_id
from operators.statements import LINK, RESTORE, RETRACT, UNLINK
from state.ids import bare, is_visitor
from state.links import holding, is_retracted
from state.subject import Source
from state.touch import touch_at

WRITTEN = {prefix: kind for kind, prefix in KINDS.items()}


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
    at = _after(source, at)
    return [statement(UNLINK, at, written(source.id), written(target), note) for target in targets]


def leave_of(reading: Reading, key: str, at: int, note: str) -> list[Statement]:
    """An identifier belongs to nobody from now on; what happened under it before stays where it is."""
    source = source_of(reading, key)
    return [statement(LINK, _after(source, at), written(source.id), note=note)]


def merge_of(reading: Reading, one: str, other: str, at: int, note: str) -> list[Statement]:
    """One known id is the same person as another, whose contact it joins."""
    source, target = known_id(reading, one), known_id(reading, other)
    if source.id == target.id:
        raise Problem(f"{one} and {other} are the same id already")
    contact = contact_of(reading, source)
    if contact == contact_of(reading, target):
        raise Problem(f"{one} and {other} are one contact already: {bare(contact)}")
    return [statement(LINK, _after(source, at), written(source.id), written(target.id), note)]


def split_of(reading: Reading, one: str, other: str, at: int, note: str) -> list[Statement]:
    """One known id never was the same person as another it is linked to."""
    source, target = source_of(reading, one), known_id(reading, other).id
    if target not in holding(source.links):
        linked = ", ".join(written(to) for to in holding(source.links) if to) or "nobody"
        raise Problem(f"{written(source.id)} is not linked to {written(target)}, but to {linked}")
    return [statement(UNLINK, _after(source, at), written(source.id), written(target), note)]


def verdict_of(reading: Reading, keys: list[str], at: int, note: str, *, counts: bool) -> list[Statement]:
    """Nothing that happened under these counts (or does after all): identifiers, contacts with all of theirs, accounts
    with all of their people's.
    """
    meant = {source.id: source for key in keys for source in _meant(reading, key)}
    judged = [source for source in meant.values() if is_retracted(source.links) == counts]
    if not judged:
        raise NotFound("all of these count already" if counts else "none of these counts anyway")
    name = RESTORE if counts else RETRACT
    return [statement(name, _after(source, at), written(source.id), note=note) for source in judged]


def source_of(reading: Reading, key: str) -> Source:
    """The identifier of a key, as it is in the store. Raises `NotFound`."""
    ids = [id_ for id_ in candidates(key) if id_[0] != "d"]
    source = next((source for id_ in ids if (source := reading.source(id_)) is not None), None)
    if source is None:
        raise NotFound(f"no identifier {key!r} is known; write it as email:…, crm:…, user:… or visitor:…")
    return source


def known_id(reading: Reading, key: str) -> Source:
    """A known id; one that never was seen has to say its kind. Raises `Problem`."""
    typed = typed_id(key)
    source = (reading.source(typed) or Source(typed)) if typed else source_of(reading, key)
    if is_visitor(source.id):
        raise Problem(f"{key} is a visitor: only an e-mail, a CRM id or a user id can be another person's")
    return source


def contact_of(reading: Reading, source: Source) -> str:
    """Whose a source is now."""
    return owners(source, reading.limits.contacts_per_visitor)[-1].owner


def _after(source: Source, at: int) -> int:
    """`at`, or later if a tracker's clock was ahead: what is put right has to come after all that was said before."""
    return max([at, *(touch_at(touches[-1]) + 1 for touches in source.links.values())])


def _meant(reading: Reading, key: str) -> Iterator[Source]:
    """The sources that a key means: a company's people, a contact's identifiers; one that says its kind, and a visitor,
    stand for themselves.

    They are found by what is known of identifiers, for a contact that was retracted has none left.
    """
    domain = next((bare(id_) for id_ in candidates(key) if id_[0] == "d"), "")
    of_company = list(_of_company(reading, domain)) if domain and not typed_id(key) else []
    if of_company:
        yield from of_company
        return
    source = source_of(reading, key)
    if typed_id(key) or is_visitor(source.id):
        yield source
    else:
        yield from identifiers_of(reading, contact_of(reading, source))


def _of_company(reading: Reading, domain: str) -> Iterator[Source]:
    """All sources of its people; the retracted ones are no longer among what it stands on."""
    account = reading.subject(f"d:{domain}")
    for id_ in account.sources if account else ():
        visitor = reading.source(id_) if is_visitor(id_) else None
        yield from [visitor] if visitor else identifiers_of(reading, id_)
    for kind in SOURCES:
        retracted = (source for source in reading.sources(kind) if is_retracted(source.links))
        yield from (source for source in retracted if domain in accounts_of(reading, source))
