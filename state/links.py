"""Links: the fact that a source is, or belongs to, an id, with the touches that said so."""

from bisect import bisect_left, insort

KEEP_TIMES = 32

Links = dict[str, list[int]]
"""Target -> touches, ascending: the first and the most recent 32. The target `""` is nobody: it unlinks."""


def add_link(links: Links, target: str, touch: int) -> bool:
    """Join one link fact. True if that changed anything."""
    known = links.get(target)
    if known is None:
        links[target] = [touch]
        return True
    if touch > known[-1]:
        known.append(touch)
    elif known[(at := bisect_left(known, touch))] == touch or (at == 1 and len(known) > KEEP_TIMES):
        return False
    else:
        insort(known, touch)
    if len(known) > KEEP_TIMES + 1:
        del known[1]
    return True


def join_links(links: Links, other: Links) -> bool:
    """Join the link facts of another copy into this one. True if that changed anything."""
    changed = False
    for target, touches in other.items():
        if target not in links:
            links[target] = touches[:]
            changed = True
            continue
        for touch in touches:
            changed |= add_link(links, target, touch)
    return changed


def links_between(links: Links, start: int, end: int) -> Links:
    """The link facts with `start <= at < end`, in ms."""
    parts = {target: [t for t in touches if start <= t >> 20 < end] for target, touches in links.items()}
    return {target: part for target, part in parts.items() if part}


def copy_links(links: Links) -> Links:
    """Independent links with the same facts."""
    return {target: touches[:] for target, touches in links.items()}


def newest(links: Links) -> str | None:
    """The target of the newest link; among links of the same touch the larger target. None without links."""
    if len(links) < 2:
        return next(iter(links), None)
    return max((touches[-1], target) for target, touches in links.items())[1]


def may_matter(links: Links, target: str, touch: int) -> bool:
    """Whether the event of `touch` can be the one that made `target` matter.

    With a single target only its first touch can. Consequences of a link are sent again whenever such an event
    comes again, so that a replay repairs what a crash cut off, and a tracker that repeats itself costs nothing.
    """
    return len(links) > 1 or links[target][0] == touch
