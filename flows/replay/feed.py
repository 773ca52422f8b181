"""Reading a log for a replay: frames of messages for contacts and accounts, a step's last one with the step's end."""

from collections.abc import Iterable, Iterator

import msgspec

from flows.replay.identifying import Identifying
from flows.replay.in_order import InOrder
from flows.replay.joint import Joint
from flows.replay.outline import Outline, batches, outline_of
from flows.replay.plan import Plan
from operators.decode import Decoder
from operators.verdicts import verdicts_of
from sources.jsonl_files import find_logs
from state.event import Counts, Event
from state.links import Links
from state.messages import Replaced, ToSubject, Touched
from state.touch import last_touch, touch_at


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """What a batch of events causes; `end` is the end of a step (ms) that is complete with it, else 0.

    What is `touched` goes first: a source that was moved later in the batch is `replaced`, which says all of it.
    `moved` are the known ids that came to belong to another contact, `verdicts` those on many. `latest` is the time of
    the latest event (ms), `counts` are of all lines so far, of `lines` in all; 0 if that is not known.
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


def frames(plan: Plan, joint: Joint) -> Iterator[Frame]:
    """The whole log. Raises `LogError`."""
    decoder = Decoder(joint.listening, trust_statements=plan.trust_statements)
    identifying = Identifying(joint.keep, plan.limits)
    logs = find_logs(plan.log)
    if plan.every:
        outlines = []
        for log in logs:
            outlines.append(outline_of(log))
            yield _empty(sum(outline.lines for outline in outlines))
        return (yield from _in_steps(plan, outlines, decoder, identifying))
    counts = Counts()
    for log in logs:
        for batch in batches(log):
            events, _, counted = decoder.decode(batch, plan.latest)
            counts.add(counted)
            yield _frame(0, _known_by(events, plan.until), identifying, counts, 0)
    return None


def _in_steps(plan: Plan, outlines: list[Outline], decoder: Decoder, identifying: Identifying) -> Iterator[Frame]:
    lines = sum(outline.lines for outline in outlines)
    reading = InOrder(outlines, decoder, plan.latest, plan.every)
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


def _empty(lines: int) -> Frame:
    return Frame(0, [], [], 0, 0, Counts(), lines)
