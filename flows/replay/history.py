"""A past, step by step: from a log, or from a file of ledgers. Everybody is brought up to date with each step."""

from collections.abc import Callable, Iterator

from flows.exits import Problem
from flows.replay.feed import Frame
from flows.replay.joint import Joint
from flows.replay.ledgers_file import LedgersReader, LedgersWriter
from flows.replay.plan import Plan
from flows.replay.subjects import Everyone, Joining, Step
from state.event import Counts
from state.moment import iso

Told = Callable[[Frame], None]
"""Hears how far it is."""
Past = Iterator[tuple[Step, Counts]]


def of_log(plan: Plan, joint: Joint, everyone: Everyone, frames: Iterator[Frame], tell: Told) -> Past:
    """The steps of a log. Raises `LogError`, `Problem`."""
    joining = Joining(everyone, joint.keep, joint.scorings[0])
    latest, counts, events = 0, Counts(), 0
    for frame in frames:
        joining.hear(frame)
        latest, counts, events = max(latest, frame.latest), frame.counts, events + frame.events
        tell(frame)
        if frame.end:
            at = frame.end - 1 if plan.until is None else min(frame.end - 1, plan.until)
            yield everyone.step(at, events), counts
            everyone.pack()
            events = 0
    if not plan.every:
        yield everyone.step(latest if plan.until is None else plan.until, events), counts


def of_ledgers(reader: LedgersReader, until: int | None, everyone: Everyone) -> Past:
    """The steps that a file of ledgers holds, up to a moment (ms). Raises `Problem`."""
    begun = False
    for step, counts in reader.steps(everyone):
        if until is not None and step.at > until:
            break
        begun = True
        yield step, counts
    if not begun and until is not None:
        raise Problem(f"the ledgers begin after {iso(until)}: name a later moment with --as-of, or replay the log")


def saved(past: Past, writer: LedgersWriter) -> Past:
    """The same past, written down on the way."""
    with writer:
        for step, counts in past:
            writer.add(step, counts)
            yield step, counts
