"""Signals that give the outcome away: they follow from it, or are it; no lead that can still convert shows them."""

from collections.abc import Iterator

from config.model import Exclusion, Model
from flows.exits import Problem
from flows.replay.panel import Panel
from flows.replay.subjects import Everyone
from state.touch import touch_at

DAY_MS = 86_400_000
FEWEST = 10
"""Converted leads that must have a signal for it to be judged."""
NEARLY_ALL = 0.9


def require_no_leaks(model: Model, panel: Panel, everyone: Everyone) -> None:
    """Raise `Problem` that names every signal of a contact's rule that leaks; everyone is as of the end of the log."""
    leaks = [text for signal in _weighed(model) if (text := _leak(_times(signal, panel, everyone), signal))]
    if leaks:
        raise Problem(
            f"{'; '.join(leaks)}. Take the rules on such signals out of the model that is fitted: no lead that can "
            "still convert will ever show them"
        )


def _weighed(model: Model) -> list[str]:
    rules = [rule for rule in model.contact.rules if not isinstance(rule, Exclusion)]
    return list(dict.fromkeys(signal for rule in rules for signal in model.signals_of(rule)))


def _times(signal: str, panel: Panel, everyone: Everyone) -> list[tuple[int, int | None]]:
    """For each lead with the signal, when it first had it, and when it converted."""
    found = []
    for lead, converted in panel.outcomes.items():
        first = min(_firsts(signal, panel.subject_of.get(lead, lead), everyone), default=None)
        if first is not None:
            found.append((first, converted))
    return found


def _firsts(signal: str, id_: str, everyone: Everyone) -> Iterator[int]:
    subject = everyone.find(id_)
    for facts in subject.sources.values() if subject else ():
        if touches := facts.ledger.touches.get(signal):
            yield touch_at(touches[0])


def _leak(times: list[tuple[int, int | None]], signal: str) -> str:
    """How a signal gives the outcome away, in words; nothing when it does not."""
    converted = [(first, at) for first, at in times if at is not None]
    if len(converted) < FEWEST:
        return ""
    after = sum(first > at for first, at in converted) / len(converted)
    if after >= NEARLY_ALL:
        return f"signal {signal!r} comes after the outcome ({after:.0%} of the converted leads that show it at all)"
    near = sum(abs(first - at) <= DAY_MS for first, at in converted) / len(times)
    if near >= NEARLY_ALL:
        return f"signal {signal!r} is the outcome itself ({near:.0%} of all who show it converted within a day of it)"
    return ""
