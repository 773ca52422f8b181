"""Whom the limits on identity make nobody's, noticed when it becomes known: for those who watch, never a fact."""

from itertools import islice

import msgspec

from operators.identify import admitted, is_refused, resolve
from state.ids import is_visitor
from state.measures import Refusals
from state.subject import Source


def count_new_links(refused: Refusals, visitor: Source, known: int, most: int) -> None:
    """Count what a visitor's links mean, but for the first `known` of them, that were there before.

    `most` is how many contacts a visitor may have.
    """
    if visitor.known:
        fresh = islice(visitor.links, known, None)
        refused.id_full += sum(target in visitor.known and is_refused(visitor, target) for target in fresh)
    if len(visitor.links) > most:
        before = msgspec.structs.replace(visitor, links=dict(islice(visitor.links.items(), known)))
        refused.shared_device += _is_shared(visitor, most) and not _is_shared(before, most)


def refusals(source: Source) -> int:
    """How many ids a visitor came to when they had as many visitors as they may have."""
    known = source.known
    if not known or not is_visitor(source.id):
        return 0
    return sum(target in known and is_refused(source, target) for target in source.links)


def _is_shared(visitor: Source, most: int) -> bool:
    return len({resolve(target, visitor.known) for target in admitted(visitor) if target}) > most
