"""What the naive reference is told: events, and what somebody said of identifiers. Nothing of the engine is in it."""

from collections.abc import Callable
from typing import NamedTuple

Value = str | float | int | bool | None
Times = dict[str, set[int]]


class Deed(NamedTuple):
    """An event: its touch (time in the upper bits), its signals, whom and what it names, and what it says of them."""

    touch: int
    signals: tuple[str, ...] = ()
    anonymous: str = ""
    email: str = ""
    crm: str = ""
    user: str = ""
    domain: str = ""
    traits: tuple[tuple[str, Value], ...] = ()
    agent: str = ""


class Said(NamedTuple):
    """Somebody said that `source` is, or belongs to, `target`; `""` is nobody.

    Or, if it does not `hold`, that it never was: whatever said so up to then was wrong.
    """

    touch: int
    source: str
    target: str
    holds: bool = True


class Verdict(NamedTuple):
    """Somebody judged that what happened under `source` does not count (a bot, an insider), or does after all.

    The source can also be a company, `d:` and its domain, or what a kind of user agent did, `g:` and the kind.
    """

    touch: int
    source: str
    counts: bool


Fact = Deed | Said | Verdict


class Share(NamedTuple):
    """What is known of some activity."""

    touches: dict[str, set[int]]
    tiles: set[int]
    last_at: int
    traits: dict[str, tuple[int, Value]]
    groups: Times


class Bounds(NamedTuple):
    """How much is remembered, how many contacts one visitor may have, how many visitors one id, and how many kinds of
    agents of one source are told apart.
    """

    touches: Callable[[str], int]
    tiles: int
    times: int
    traits: int
    contacts: int
    visitors: int
    agents: int
