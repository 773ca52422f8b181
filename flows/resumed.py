"""What a flow says when it goes on where an earlier run was."""

from collections.abc import Mapping

from flows.notices import Notice
from flows.sizes import size_in_words


def resumed(known: int, behind: Mapping[str, int]) -> Notice:
    """That it goes on in so many partitions; `behind` are the bytes that are left of each log, empty where that is not
    told in bytes, or not known by one process.

    >>> resumed(3, {"a": 0, "b": 200, "c": 0, "d": 1_300_000}).text
    'goes on where it was: 1.3 MB in 2 of 4 logs to go through'
    >>> resumed(1, {"a": 0}).text, resumed(5, {}).text
    ('goes on where it was: nothing new in 1 log', 'goes on where it was in 5 partitions')
    """
    facts = {"partitions": known}
    if not behind:
        return Notice("resumed", f"goes on where it was in {_count(known, 'partition')}", facts)
    left = sum(behind.values())
    logs = _count(len(behind), "log")
    busy = sum(size > 0 for size in behind.values())
    what = f"{size_in_words(left)} in {busy} of {logs} to go through" if left else f"nothing new in {logs}"
    return Notice("resumed", f"goes on where it was: {what}", {**facts, "left_bytes": left})


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
