"""What visitors did that is nobody's, and that accounts hold since they named them: let go of in time.

Redis forgets visitors whom nobody is known for by itself. An account stays, and is written anew without what such
visitors did when that ends, touch by touch: so what it holds is a function of the facts and of the time, whatever was
in one batch. That goes for the part of a shared device, too, that belongs to nobody.
"""

from collections.abc import Mapping

from operators.identify import END, between
from state.ids import is_visitor
from state.shares import one_by_one, put_share
from state.subject import Facts, Subject
from state.touch import TILE_MS, touch_at


def visitors_since(told: Mapping[str, Facts]) -> int | None:
    """A moment no later than anything that visitors among the sources did or said (ms); None without visitors."""
    return min([begin_of(facts) for source, facts in told.items() if is_visitor(source)], default=None)


def begin_of(facts: Facts) -> int:
    """A moment no later than anything in facts (ms), 0 for none.

    The touches of signals that nobody looks at may be left out, unless tiles are: else the first tile goes before all.
    """
    found = [touch_at(known[0]) for known in facts.ledger.touches.values()]
    if facts.ledger.tiles:
        found.append(facts.ledger.tiles[0] * TILE_MS)
    if facts.traits:
        found += [at for at, _ in facts.traits.values()]
    return min(found, default=0)


def forget_visitors(account: Subject, before: int) -> bool:
    """Take out what visitors did before a moment (ms, the edge of a tile). True if there was any."""
    old = [
        (source, facts) for source, facts in one_by_one(account.told) if is_visitor(source) and begin_of(facts) < before
    ]
    changed = False
    for source, facts in old:
        left = between(facts, before, END)
        if left:
            changed |= put_share(account.told, source, left)
        else:
            del account.told[source]
            changed = True
    return changed
