"""An id that too many visitors link to: the first ones are its own, the others are nobody's for it."""

from state.ids import is_visitor
from state.links import CLOSED
from state.subject import Source

REMEMBERED = 250
"""Followers past the limit that an id still tells what it knows: a crash may have cut off what they were told."""


def close(source: Source, most: int) -> int:
    """Note the touch (of the `most`th visitor) after which others come too late; -1 with room for more."""
    if len(source.followers) <= most:
        return -1
    firsts = _visits(source)
    if len(firsts) <= most:
        return -1
    source.links[CLOSED] = firsts[most - 1 : most]
    return firsts[most - 1]


def trim(source: Source, most: int) -> None:
    """Forget followers far past the limit; whom it forgets must have been told."""
    followers = source.followers
    if len(followers) <= most + REMEMBERED or len(firsts := _visits(source)) <= most + REMEMBERED:
        return
    last = firsts[most + REMEMBERED - 1]
    for id_ in [id_ for id_, touch in followers.items() if touch > last and is_visitor(id_)]:
        del followers[id_]


def _visits(source: Source) -> list[int]:
    return sorted([touch for id_, touch in source.followers.items() if is_visitor(id_)])
