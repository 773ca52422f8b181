"""What visitors whom nobody is known for did for an account, let go of in time.

Redis forgets such visitors by itself. An account stays, and is written anew without what they did when that ends: so
what it holds is a function of the facts and of the time, whatever was in one batch. Visitors of contacts are known.
"""

from operators.identify import END, between
from operators.view import Seen
from state.ids import is_visitor
from state.ledger import Ledger
from state.shares import put_share
from state.subject import Subject
from state.touch import TILE_MS, first_touch, touch_at


def visitors_since(seen: Seen) -> int | None:
    """A moment no later than anything that the visitors in what is seen did (ms); None without visitors."""
    return min(
        [begin_of(ledger) for ledger, person in zip(seen.ledgers, seen.persons, strict=True) if not person],
        default=None,
    )


def withheld_since(account: Subject) -> int | None:
    """The same of what is withheld."""
    told = account.withheld.items()
    return min([begin_of(facts.ledger) for source, facts in told if is_visitor(source) and facts.ledger], default=None)


def begin_of(ledger: Ledger) -> int:
    """A moment no later than anything in a ledger (ms)."""
    firsts = [known[0] for known in ledger.touches.values()]
    if ledger.tiles:
        firsts.append(first_touch(ledger.tiles[0] * TILE_MS))
    return touch_at(min(firsts))


def forget_visitors(account: Subject, before: int) -> bool:
    """Take out what visitors did before a moment (ms, the edge of a tile). True if there was any."""
    told, changed = account.told, False
    for source in [source for source in told if is_visitor(source)]:
        left = between(told[source], before, END)
        if left:
            changed |= put_share(told, source, left)
        else:
            del told[source]
            changed = True
    return changed
