"""Links: the fact that a source is, or belongs to, an id, with the touches that said so."""

from bisect import bisect_left, insort

KEEP_TIMES = 32

Links = dict[str, list[int]]
"""Target -> touches, ascending: the first and the most recent 32. The target `""` is nobody: it unlinks.

A target that begins with `!` takes back what was said of the rest of it up to its latest touch (`!e:ann@acme.com`). To
`RETRACTED` leads a source of which nothing counts, a bot or an insider; that can be taken back like any link.
"""

MARK = "!"
RETRACTED = "!*"
CORRECTED = "!~"
"""Under it a source keeps the touches of all statements that somebody made about it."""
CLOSED = "!<"
"""Under it an id keeps the touch after which visitors came too late to be among its first; the smallest counts."""


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
    copied = {}
    for target, touches in links.items():  # mostly none or one; a comprehension costs more
        copied[target] = touches[:]
    return copied


def is_marked(links: Links) -> bool:
    """Whether something of these was taken back or retracted, or will be when it comes late."""
    for target in links:  # noqa: SIM110  on the path of every event; a generator costs more than the links it looks at
        if target[:1] == MARK:
            return True
    return False


def holding(links: Links) -> Links:
    """The links that were not taken back, without what took them back. Unchanged where there is no such thing.

    >>> holding({"e:ann@acme.com": [5, 9], "!e:ann@acme.com": [7], "u:1": [6], "!u:1": [8]})
    {'e:ann@acme.com': [9]}
    """
    if not is_marked(links):
        return links
    said = {target: touches for target, touches in links.items() if target[:1] != MARK}
    left = {
        target: [touch for touch in touches if touch > _taken_back(links, target)] for target, touches in said.items()
    }
    return {target: touches for target, touches in left.items() if touches}


def is_retracted(links: Links) -> bool:
    """Whether nothing of this source counts: the latest verdict says so, and no one as late takes it back.

    >>> is_retracted({"!*": [5]}), is_retracted({"!*": [5], "!!*": [5]}), is_retracted({"!*": [5, 7], "!!*": [6]})
    (True, False, True)
    """
    return RETRACTED in links and links[RETRACTED][-1] > _taken_back(links, RETRACTED)


def _taken_back(links: Links, target: str) -> int:
    """The touch up to which links to a target do not hold."""
    return links[MARK + target][-1] if MARK + target in links else -1


def newest(links: Links) -> str | None:
    """The target of the newest link that holds; of those of one touch the larger target. None without any."""
    links = holding(links)
    if len(links) < 2:
        return next(iter(links), None)
    return max((touches[-1], target) for target, touches in links.items())[1]


def may_matter(links: Links, target: str, touch: int) -> bool:
    """Whether the event of `touch` can be the one that made `target` matter.

    With a single target only its first touch can. Consequences of a link are sent again whenever such an event
    comes again, so that a replay repairs what a crash cut off, and a tracker that repeats itself costs nothing.
    """
    return len(links) > 1 or links[target][0] == touch
