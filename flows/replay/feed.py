"""Reading a log for a replay: frames of messages for contacts and accounts, a step's last one with the step's end."""

from collections.abc import Generator, Iterable, Iterator, Sequence

import msgspec

from flows.replay.identifying import Identifying
from flows.replay.in_order import InOrder
from flows.replay.intake import Intake
from flows.replay.joint import Joint
from flows.replay.logs import logs_of
from flows.replay.outline import Log, Outline, Outlining
from flows.replay.plan import Plan
from operators.verdicts import verdicts_of
from state.event import Counts, Event
from state.links import Links
from state.messages import Replaced, ToSubject, Touched
from state.touch import last_touch, touch_at


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """What a batch of events causes; `end` is the end of a step (ms) that is complete with it, else 0.

    What is `touched` goes first: a source that was moved later in the batch is `replaced`, which says all of it.
    `moved` are the known ids that came to belong to another contact, `verdicts` those on many. `latest` is the time of
    the latest event (ms), `counts` are of all lines so far, of `lines` in all; 0 if that is not known. While a log is
    only looked through for the order of its events, `looked` says how far that is.
    """

    end: int
    touched: list[Touched]
    replaced: list[Replaced]
    events: int
    latest: int
    counts: Counts
    lines: int = 0
    moved: dict[str, str] = {}
    verdicts: dict[str, Links] = {}
    looked: int = 0


def frames(plan: Plan, joint: Joint) -> Iterator[Frame]:
    """The whole log. Raises `LogError`."""
    intake = Intake(joint.listening, plan)
    identifying = Identifying(joint.keep, plan.limits)
    logs = logs_of(plan)
    if plan.every:
        outlines = yield from _outlined(logs)
        return (yield from _in_steps(plan, outlines, intake, identifying))
    counts = Counts()
    for log in logs:
        for batch in log.batches():
            events, counted = intake.decode(batch)
            counts.add(counted)
            yield _frame(0, _known_by(events, plan.until), identifying, counts, _size(logs))
    return None


def _outlined(logs: Sequence[Log]) -> Generator[Frame, None, list[Outline]]:
    """The outlines of all logs, with a word on how far that is after each batch."""
    size, looked = _size(logs), 0
    outlinings = [Outlining(log) for log in logs]
    for outlining in outlinings:
        for batch in outlining.batches():
            looked += batch.position - batch.starts if size else len(batch.lines)
            yield Frame(0, [], [], 0, 0, Counts(), size, looked=looked)
    return [outlining.outline() for outlining in outlinings]


def _size(logs: Sequence[Log]) -> int:
    return sum(log.size for log in logs)


def _in_steps(plan: Plan, outlines: list[Outline], intake: Intake, identifying: Identifying) -> Iterator[Frame]:
    lines = sum(outline.lines for outline in outlines)
    reading = InOrder(outlines, intake.decode, plan.every)
    for end, events in reading.steps():
        if plan.until is not None and end - plan.every > plan.until:
            break
        yield _frame(end, _known_by(events, plan.until), identifying, reading.counts, lines)


def _known_by(events: list[Event], until: int | None) -> list[Event]:
    """The events that had happened by then."""
    if until is None:
        return events
    last = last_touch(until)
    return [event for event in events if event.touch <= last]


def _frame(end: int, events: list[Event], identifying: Identifying, counts: Counts, lines: int) -> Frame:
    latest = touch_at(max((event.touch for event in events), default=0))
    touched, replaced = _sorted(identifying.see(events))
    moved, verdicts = identifying.moved(), verdicts_of(events)
    return Frame(end, touched, replaced, len(events), latest, counts, lines, moved, verdicts)


def _sorted(told: Iterable[ToSubject]) -> tuple[list[Touched], list[Replaced]]:
    touched: list[Touched] = []
    replaced: list[Replaced] = []
    for message in told:
        if isinstance(message, Touched):
            touched.append(message)
        else:
            replaced.append(message)
    return touched, replaced
