"""Wording: what rules say to a salesperson."""

from collections.abc import Sequence

from config.model import AnyRule, Frequency, Model, Points

UNITS = {"week": 604_800_000, "day": 86_400_000, "hour": 3_600_000, "minute": 60_000, "second": 1_000}


def words_for(rule: AnyRule, model: Model) -> str:
    """A rule's own words. One about a signal can do without, and then says the signal's; others must have some."""
    if rule.words or not isinstance(rule, Points | Frequency):
        return rule.words
    words = model.signals[rule.signal].words
    if isinstance(rule, Points):
        return words
    within = f" within {span_in_words(rule.window)}" if rule.window else ""
    return f"{words} {often(rule.at_least)}{within}"


def counted(words: str, times: int, people: int) -> str:
    """The words for what so many people did so many times in all.

    >>> counted("viewed pricing", 1, 1), counted("viewed pricing", 2, 1)
    ('viewed pricing', 'viewed pricing twice')
    >>> counted("viewed pricing", 5, 5), counted("viewed pricing", 12, 5)
    ('5 people viewed pricing', '5 people viewed pricing 12 times')
    """
    said = f"{words} {often(times)}" if times > max(people, 1) else words
    return f"{people} people {said}" if people > 1 else said


def often(times: int) -> str:
    """How many times, as one says it.

    >>> often(1), often(2), often(3)
    ('once', 'twice', '3 times')
    """
    return {1: "once", 2: "twice"}.get(times, f"{times} times")


def span_in_words(span: int) -> str:
    """A length of time (ms, whole seconds) in its largest whole unit.

    >>> span_in_words(604_800_000), span_in_words(36_000_000), span_in_words(3_600_000)
    ('a week', '10 hours', 'an hour')
    """
    unit, size = next((unit, size) for unit, size in UNITS.items() if span % size == 0)
    if span > size:
        return f"{span // size} {unit}s"
    return f"an {unit}" if unit == "hour" else f"a {unit}"


def listed(parts: Sequence[str]) -> str:
    """Parts of a sentence in a row.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
