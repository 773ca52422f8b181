"""Ids: who a source or a subject is, as one string with its kind in front.

`e:ann@acme.com` e-mail, `c:151` CRM contact id, `u:42` product user id, `a:anon_1` anonymous id (a visitor),
`d:acme.com` the domain of an account, `g:chrome-120-windows` a kind of user agent.
"""

from typing import Literal
from zlib import crc32

IdType = Literal["email", "crm", "user", "anonymous", "domain", "agent"]

TYPES: dict[str, IdType] = {"e": "email", "c": "crm", "u": "user", "a": "anonymous", "d": "domain", "g": "agent"}
PREFIXES: dict[IdType, str] = {name: prefix for prefix, name in TYPES.items()}


def id_type(id_: str) -> IdType:
    """What kind of id this is.

    >>> id_type("e:ann@acme.com")
    'email'
    """
    return TYPES[id_[0]]


def bare(id_: str) -> str:
    """The id as the outside knows it.

    >>> bare("e:ann@acme.com")
    'ann@acme.com'
    """
    return id_[2:]


def is_visitor(id_: str) -> bool:
    """Whether this is an anonymous id."""
    return id_[:2] == "a:"


def shard_of(id_: str, shards: int) -> int:
    """The shard an id is routed to; the same in every process and on every machine."""
    return crc32(id_.encode()) % shards
