"""Which ids a piece of text names: a line of a log, usable or not, or the value of a trait."""

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from operators.normalise import email_id, opaque_id, typed_id
from state.ids import bare

LONG = 8
"""An id of so many characters is looked for in any text; a shorter one only where something says that it is an id."""

_FIELDS = {"anonymousId": "a:", "contactId": "c:", "userId": "u:"}
_FIELD = re.compile(r'"(anonymousId|contactId|userId)"\s*:\s*(?:"([^"]*)|([^\s",}\]]+))')
_STATED = re.compile(r'"(?:source|target)"\s*:\s*"([^"]*)')
_ADDRESS = re.compile(r"[\w.!#$%&*+/?^`|~-]+@[\w.-]+")
_WORD = re.compile(r"""[^\s"'<>,;:\\()\[\]{}=]+""")


class Named(msgspec.Struct, rename="camel"):
    """The identifiers of a line that is JSON, whatever they are."""

    anonymous_id: object = None
    contact_id: object = None
    user_id: object = None
    email: object = None


_named = msgspec.json.Decoder(Named)


def ids_in(line: bytes) -> set[str]:
    r"""Every id that a line names in a field of its own, and every e-mail address in it; the line may be broken.

    >>> sorted(ids_in(b'{"userId": 42, "note": "for <Ann@acme.com>", "anonymousId": "anon_1'))
    ['a:anon_1', 'e:ann@acme.com', 'u:42']
    >>> "e:ann@acme.com" in ids_in(b'{"email": "\\u0061nn@acme.com"}')
    True
    """
    text = line.decode(errors="replace")
    found = {opaque_id(_FIELDS[field], quoted or plain) for field, quoted, plain in _FIELD.findall(text)}
    found |= {email_id(address) for address in _ADDRESS.findall(text)}
    found |= set(map(typed_id, _STATED.findall(text)))
    return (found | set(_fields(line))) - {""}


def _fields(line: bytes) -> Iterator[str]:
    try:
        named = _named.decode(line)
    except (ValueError, RecursionError):
        return
    for prefix, value in (("a:", named.anonymous_id), ("c:", named.contact_id), ("u:", named.user_id)):
        if isinstance(value, str | int):
            yield opaque_id(prefix, value)
    if isinstance(named.email, str):
        yield email_id(named.email)


def spelled(ids: Iterable[str]) -> frozenset[str]:
    """How ids are spelled in text of other people, as far as nothing else is spelled so."""
    return frozenset(bare(id_).lower() for id_ in ids if len(bare(id_)) >= LONG or id_[0] == "e")


def says(text: str, spellings: frozenset[str]) -> bool:
    """Whether one of the words of a text is one of these.

    >>> says("Reports to <Ann@Acme.com>.", frozenset(["ann@acme.com"]))
    True
    >>> says("joann@acme.com", frozenset(["ann@acme.com"]))
    False
    """
    return any(word.strip(".!?") in spellings for word in _WORD.findall(text.lower()))


def names_any(is_erased: Callable[[str], bool], spellings: frozenset[str]) -> Callable[[bytes], bool]:
    """A test of lines: whether one names an erased id, or spells one out."""

    def names(line: bytes) -> bool:
        return any(map(is_erased, ids_in(line))) or says(line.decode(errors="replace"), spellings)

    return names
