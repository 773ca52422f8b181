"""From what a person wants put right to the statements that say so."""

from collections.abc import Iterator, Sequence

from flows.exits import NotFound, Problem
from flows.find import candidates
from flows.reading import Reading
from flows.retracted import identifiers_of
from flows.statement_log import Statement, statement
from operators.identify import owners
from operators.normalise import KINDS, typed_id
from operators.statements import LINK, RESTORE, RETRACT, UNLINK, many_id
from state.ids import bare, is_visitor
from state.links import Links, holding, is_retracted, newest
from state.subject import Source
from state.touch import touch_at

WRITTEN = {"d": "domain", "g": "agent"} | {prefix: kind for kind, prefix in KINDS.items()}


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
    at = _after(source.links, at)
    return [statement(UNLINK, at, written(source.id), written(target), note) for target in targets]


def leave_of(reading: Reading, key: str, at: int, note: str) -> list[Statement]:
    """An identifier belongs to nobody from now on; what happened under it before stays where it is."""
    source = source_of(reading, key)
    if newest(source.links) == "":
        raise NotFound(f"{written(source.id)} is nobody's already: nothing was written")
    return [statement(LINK, _after(source.links, at), written(source.id), note=note)]


def merge_of(reading: Reading, one: str, other: str, at: int, note: str) -> list[Statement]:
    """One known id is the same person as another, whose contact it joins."""
    source, target = known_id(reading, one), known_id(reading, other)
    if source.id == target.id:
        raise Problem(f"{one} and {other} are the same id already")
    contact = contact_of(reading, source)
    if contact == contact_of(reading, target):
        raise Problem(f"{one} and {other} are one contact already: {bare(contact)}; nothing was written")
    return [statement(LINK, _after(source.links, at), written(source.id), written(target.id), note)]


def split_of(reading: Reading, one: str, other: str, at: int, note: str) -> list[Statement]:
    """One known id never was the same person as another it is linked to."""
    source, target = source_of(reading, one), known_id(reading, other).id
    if target not in holding(source.links):
        linked = ", ".join(written(to) for to in holding(source.links) if to) or "nobody"
        raise Problem(f"{written(source.id)} is not linked to {written(target)}, but to {linked}")
    return [statement(UNLINK, _after(source.links, at), written(source.id), written(target), note)]


def verdict_of(reading: Reading, keys: list[str], at: int, note: str, *, counts: bool) -> list[Statement]:
    """Nothing that happened under these counts (or does after all): identifiers, contacts with all of theirs, companies
    with everybody of them, known or not.
    """
    meant = {id_: links for key in keys for id_, links in _meant(reading, key)}
    judged = {id_: links for id_, links in meant.items() if is_retracted(links) == counts}
    if not judged:
        holds = "all of these count" if counts else "none of these counts"
        raise NotFound(f"{holds} already: nothing was written")
    name = RESTORE if counts else RETRACT
    return [statement(name, _after(links, at), written(id_), note=note) for id_, links in judged.items()]


def source_of(reading: Reading, key: str) -> Source:
    """The identifier of a key, as it is in the store. Raises `NotFound`."""
    ids = [id_ for id_ in candidates(key) if id_[0] != "d"]
    source = next((source for id_ in ids if (source := reading.source(id_)) is not None), None)
    if source is None:
        hint = "; a mail provider's domain is no company" if "." in key and "@" not in key else ""
        raise NotFound(f"no identifier {key!r} is known; write it as email:…, crm:…, user:… or visitor:…{hint}")
    return source


def known_id(reading: Reading, key: str) -> Source:
    """A known id; one that never was seen has to say its kind. Raises `Problem`."""
    typed = typed_id(key)
    if typed and reading.is_erased(typed):
        raise Problem(f"{key} was erased: what names it is not read, so nobody can be merged with it")
    source = (reading.source(typed) or Source(typed)) if typed else source_of(reading, key)
    if is_visitor(source.id):
        raise Problem(f"{key} is a visitor: only an e-mail, a CRM id or a user id can be another person's")
    return source


def never_seen(reading: Reading, said: Sequence[Statement]) -> list[str]:
    """The identifiers in statements that nothing is known of, as people write them."""
    named = {id_ for one in said for field in ("source", "target") if (id_ := typed_id(one.properties.get(field, "")))}
    return sorted(written(id_) for id_ in named if reading.source(id_) is None)


def contact_of(reading: Reading, source: Source) -> str:
    """Whose a source is now."""
    return owners(source, reading.limits.contacts_per_visitor)[-1].owner


def _after(links: Links, at: int) -> int:
    """`at`, or later if a tracker's clock was ahead: what is put right has to come after all that was said before."""
    return max([at, *(touch_at(touches[-1]) + 1 for touches in links.values())])


def _meant(reading: Reading, key: str) -> Iterator[tuple[str, Links]]:
    """The ids that a key means, and what was said of them: a company, a contact's identifiers; an identifier that says
    its kind, and a visitor, stand for themselves.

    A contact's are found by what is known of identifiers, for one that was retracted has none left.
    """
    many = _many(reading, key)
    if many:
        yield many, reading.verdicts().links.get(many, {})
        return
    source = source_of(reading, key)
    alone = typed_id(key) or is_visitor(source.id)
    for one in [source] if alone else identifiers_of(reading, contact_of(reading, source)):
        yield one.id, one.links


def _many(reading: Reading, key: str) -> str:
    """What stands for many; an identifier that looks like a domain is not meant unless it says so."""
    ids = list(candidates(key))
    if many := many_id(key):
        return many
    if key.startswith("agent:"):
        raise Problem(f"{key} is no kind of user agent: write it as agent:chrome-88-windows, as `identity show` does")
    if not ids or ids[0][0] != "d" or any(reading.source(id_) for id_ in ids[1:]):
        return ""
    return many_id(f"domain:{bare(ids[0])}")
