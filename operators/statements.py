"""Statements: events that say something about identifiers themselves, whom they belong to and whether they count.

Their names are reserved. They carry no identifiers where other events have them, but name one as `properties.source`
and, for links, one as `properties.target`, written as `email:ADDRESS`, `crm:ID`, `user:ID` or `visitor:ID`. Whether
something counts can also be said of a whole company, `domain:NAME`, and of what a kind of user agent did,
`agent:KIND` (`chrome-88-windows`).
"""

from collections.abc import Callable

import msgspec

from operators.agents import agent_kind, is_kind
from operators.normalise import account_name, typed_id
from operators.unusable import Unusable
from operators.verdicts import agent_id
from state.links import CORRECTED, MARK, RETRACTED

LINK, UNLINK = "leadstream:link", "leadstream:unlink"
RETRACT, RESTORE = "leadstream:retract", "leadstream:restore"
FILE = "leadstream-statements.jsonl"
TOPIC = "leadstream-statements"
"""Logs and topics of these names are written by us; into others a site may let anybody write."""
NAMES = frozenset((LINK, UNLINK, RETRACT, RESTORE))
VERDICTS = frozenset((RETRACT, RESTORE))


class _Properties(msgspec.Struct):
    source: str
    target: str | None = None


class _Wire(msgspec.Struct):
    properties: _Properties


def may_state(partition: str) -> bool:
    """Whether a log is one that only we write.

    >>> may_state("june/leadstream-statements.jsonl#0a1b2c3d"), may_state("events.jsonl#0a1b2c3d")
    (True, False)
    >>> may_state("kafka:leadstream-statements[0]#EbxqULff"), may_state("kafka:events[0]#EbxqULff")
    (True, False)
    """
    return partition.rpartition("/")[2].startswith(FILE) or partition.startswith(f"kafka:{TOPIC}[")


Said = dict[str, dict[str, list[int]]]
"""Source -> its links, as in `state.links`."""

_wire = msgspec.json.Decoder(_Wire)


def read_statement(name: str, line: bytes, touch: int) -> Said:
    """What a line with a reserved name says; raises `ValueError` when it cannot be used.

    >>> read_statement(LINK, b'{"properties": {"source": "visitor:anon_1", "target": "email:Ann@Acme.com"}}', 5)
    {'a:anon_1': {'e:ann@acme.com': [5], '!~': [5]}}
    >>> read_statement(UNLINK, b'{"properties": {"source": "visitor:anon_1", "target": "email:ann@acme.com"}}', 7)
    {'a:anon_1': {'!e:ann@acme.com': [7], '!~': [7]}}
    """
    said = _wire.decode(line).properties
    source = many_id(said.source) if name in VERDICTS else ""
    source = source or _id("source", said.source)
    return {source: {_TARGETS[name](source, said.target): [touch], CORRECTED: [touch]}}


def many_id(value: str) -> str:
    """What stands for many, `""` if it is none.

    A user agent as it was sent stands for its kind.

    >>> many_id("domain:www.Acme.com"), many_id("domain:gmail.com"), many_id("email:ann@acme.com")
    ('d:acme.com', '', '')
    >>> many_id("agent:pricewatch-2"), many_id("agent:Mozilla/5.0 (compatible; PriceWatch/2.1)"), many_id("agent:curl")
    ('g:pricewatch-2', 'g:pricewatch-2', '')
    """
    kind, _, rest = value.partition(":")
    match kind:
        case "domain":
            domain = account_name(rest)
            return f"d:{domain}" if domain else ""
        case "agent":
            agent = rest if is_kind(rest) else agent_kind(rest)
            return agent_id(agent) if agent else ""
        case _:
            return ""


def _link(source: str, target: str | None) -> str:
    """To whom; no target is nobody, from then on."""
    return _other(source, target) if target is not None else ""


def _unlink(source: str, target: str | None) -> str:
    """From whom it never came."""
    if target is None:
        raise Unusable("no_identifier", f"`properties.target` is missing; from now on nobody's is a {LINK} without it")
    return MARK + _other(source, target)


def _other(source: str, target: str) -> str:
    id_ = _id("target", target)
    if id_ == source or id_[0] == "a":
        raise Unusable("no_identifier", "`properties.target` must be another id than the source, and no visitor")
    return id_


def _id(field: str, value: str) -> str:
    id_ = typed_id(value)
    if not id_:
        forms = "email:ADDRESS, crm:ID, user:ID or visitor:ID (in verdicts domain:NAME or agent:KIND, too)"
        raise Unusable("no_identifier", f"`properties.{field}` must be {forms}")
    return id_


_TARGETS: dict[str, Callable[[str, str | None], str]] = {
    LINK: _link,
    UNLINK: _unlink,
    RETRACT: lambda source, target: RETRACTED,  # noqa: ARG005  a verdict has no target
    RESTORE: lambda source, target: MARK + RETRACTED,  # noqa: ARG005
}
