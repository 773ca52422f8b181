"""Where to begin in a Kafka partition: never a silent jump over events."""

import msgspec

from sources.log_error import LogChanged, LogError
from state.rewind import Reached


class RetentionGap(LogError):
    """Events were deleted from Kafka before they were read."""


class Span(msgspec.Struct, frozen=True):
    """The offsets that a partition has: from `earliest` up to `latest`, which comes next."""

    earliest: int
    latest: int


def begin(name: str, span: Span, reached: Reached | None, asked: int | None = None) -> int:
    """The offset to begin at: where earlier runs came to, else what was `asked` for, else the earliest.

    What was asked for also says where to go on when retention has deleted what would have come next.
    Raises `RetentionGap`, and `LogChanged` for a partition that ends before what was already read of it.

    >>> begin("events[0]", Span(10, 90), None), begin("events[0]", Span(10, 90), None, asked=40)
    (10, 40)
    >>> begin("events[0]", Span(10, 90), Reached(at=60, newest=70), asked=40)
    60
    """
    if reached is None or not reached.newest:
        return span.earliest if asked is None else asked
    if reached.newest > span.latest:
        raise LogChanged(cut_short(name, reached.newest, span.latest))
    if reached.newest >= span.earliest:
        return max(reached.at, span.earliest)
    if asked is None:
        raise RetentionGap(deleted(name, reached.newest, span.earliest))
    return max(asked, span.earliest)


def require_kept(name: str, span: Span, at: int) -> None:
    """Raises `RetentionGap` when a reader that stands `at` an offset, with nothing read beyond, cannot go on there.

    >>> require_kept("events[0]", Span(10, 90), 10)
    """
    if at < span.earliest:
        raise RetentionGap(deleted(name, at, span.earliest))


def require_all(name: str, span: Span, fixed: Span, at: int) -> None:
    """Raises `LogError` when not all of what was `fixed` before is there any more, from offset `at` on."""
    if span.latest < fixed.latest:
        raise LogChanged(cut_short(name, fixed.latest, span.latest))
    if at < min(span.earliest, fixed.latest):
        raise RetentionGap(deleted_meanwhile(name, at, span.earliest))


def deleted(name: str, newest: int, earliest: int) -> str:
    """The sentence for events that retention took before they were read."""
    return (
        f"{name}: the topic's retention has deleted the offsets {newest} to {earliest - 1} before they were read. "
        "If you have an archive, score that first; then start with --from and a date to go on with what is left"
    )


def deleted_meanwhile(name: str, at: int, earliest: int) -> str:
    """The sentence for events that retention took out of a range that is being read."""
    return (
        f"{name}: the topic's retention deleted the offsets {at} to {earliest - 1} while the range was read. "
        "Begin later with --from, keep events for longer, or archive the topic and read the archive"
    )


def cut_short(name: str, newest: int, latest: int) -> str:
    """The sentence for a partition that has less than was read of it."""
    return (
        f"{name} ends at offset {latest}, but was already read up to {newest}: it lost events, or was made anew. "
        "Restore it, or write to a topic of another name; an event read twice counts once"
    )
