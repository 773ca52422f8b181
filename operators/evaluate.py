"""Evaluate: the score of a subject, a pure function of its facts, the model and the time."""

from config.model import Model
from operators.bands import Bounds, Room, first_outside
from operators.card import Card
from operators.explain import strongest
from operators.forgetting import visitors_since
from operators.look import look_at
from operators.receipt import receipt
from operators.rules import FIT
from operators.stretch import Stretch, Weighed, by_group
from operators.timeline import HORIZON, Timeline
from operators.urgency import urgency
from state.ledger import Keep
from state.score import BandChange, Glance, Line, Score
from state.subject import Standing, Subject
from state.touch import HASH_BITS

DAY = 86_400_000
MINUTE = 60_000


class Scoring:
    """A model, compiled once. `keep` says how many touches of each signal the ledgers hold."""

    def __init__(self, model: Model, keep: Keep) -> None:
        self.contact = Card(model, model.contact, keep, apart=False)
        self.account = Card(model, model.account, keep, apart=True)

    def timeline(self, subject: Subject) -> Timeline:
        """The subject's score through time, under the scorecard for its kind."""
        return Timeline(self.account if subject.id[:2] == "d:" else self.contact, subject)


def evaluate(scoring: Scoring, subject: Subject, now: int) -> Score:
    """The score at `now` (ms): what had happened by then counts, and nothing else.

    Only `next_change` also looks at facts that are dated later.
    """
    timeline = scoring.timeline(subject)
    stretch = timeline.stretch(now)
    weighed = stretch.weigh(now)
    total = stretch.total(weighed)
    band = timeline.band(stretch, now, total)
    lines = receipt(stretch, weighed, now)
    capped = stretch.card.capped(by_group(weighed))
    intent_at, intent = _last_intent(stretch)
    return Score(
        at=now,
        total=total / 10,
        behaviour=(sum(capped) - capped[FIT]) / 10,
        fit=capped[FIT] / 10,
        band=stretch.card.bands.names[band],
        lines=lines,
        reasons=_reasons(stretch, weighed, lines, band),
        last_intent=intent,
        last_intent_at=intent_at,
        next_change=_next_change(timeline, stretch, now, band),
        excluded=stretch.excluded.rule if stretch.excluded else "",
    )


def glance(scoring: Scoring, subject: Subject, now: int, drift: int, before: Standing | None = None) -> Glance:
    """Score, band and top reason at `now` (ms), as `evaluate` has them, and when to look again.

    `wake` is None if there is nothing to wait for within ten years. It is never later than the first moment at which
    the band changes or the score is more than `drift` (tenths) away from what it is now, or from what it was `before`
    if the change since then is not worth telling; and now and then earlier: a bound is cheaper than the exact moment.
    """
    timeline = scoring.timeline(subject)
    recent = timeline.recent()
    stretch = timeline.glimpse(recent, now)
    since = visitors_since(recent.sources) if timeline.card.apart else None
    look = look_at(stretch, now)
    total = look.total
    band = timeline.band(stretch, now, total)
    reason = stretch.excluded.rule if stretch.excluded else look.rule(band == 0)
    least, below = timeline.card.bands.room(band)
    known = before.score if before and urgency(before, Standing(total, band, reason)) is None else total
    room = Room(max(least, known - drift), min(below, known + drift + 1))
    wake = _wake(timeline, stretch, now, room, look.calm_until(room))
    return Glance(total, band, reason, wake, stretch.seen.until, since)


def _wake(timeline: Timeline, stretch: Stretch, now: int, room: Room, calm: float) -> int | None:
    """When to look again: when calm ends or facts change, but closer if calm ends at once."""
    change = timeline.next_change(stretch, now)
    if change is not None and change > now + HORIZON:
        change = None
    last = now + HORIZON if change is None else change - 1
    if calm > last:
        return change
    if calm > now + MINUTE:
        return int(calm)
    left = _may_leave(stretch.bounds, now, last, room)
    return change if left is None else left


def _may_leave(bounds: Bounds, now: int, last: int, room: Room) -> int | None:
    """A moment in now + 1..last until which the score is sure to stay in `room`; None when it stays throughout.

    Looks at ever longer steps, and only within the first one closely.
    """
    start, step = now, DAY
    while start < last:
        end = min(start + step, last)
        if not room.holds(*bounds(start, end)):
            return start if start > now else _may_leave_soon(bounds, now, end, room)
        start, step = end, 2 * step
    return None


def _may_leave_soon(bounds: Bounds, now: int, end: int, room: Room) -> int:
    """The same to the minute, and where that is no later than `now`, exactly."""
    start = now
    while end - start > MINUTE:
        middle = (start + end) // 2
        if room.holds(*bounds(start, middle)):
            start = middle
        else:
            end = middle
    if start > now:
        return start
    found = first_outside(bounds, now + 1, end, room)
    return end if found is None else found


def _next_change(timeline: Timeline, stretch: Stretch, now: int, band: int) -> BandChange | None:
    bands = timeline.card.bands
    at = timeline.next_outside(stretch, now, bands.room(band))
    if at is None:
        return None
    then = timeline.stretch(at)
    return BandChange(at, bands.names[timeline.band(then, at, then.score(at))])


def _reasons(stretch: Stretch, weighed: Weighed, lines: tuple[Line, ...], band: int) -> tuple[str, ...]:
    if stretch.excluded:
        return (stretch.excluded.words,)
    words = {line.rule: line.words for line in lines}
    return tuple(words[term.rule] for term in strongest(weighed, band == 0))


def _last_intent(stretch: Stretch) -> tuple[int | None, str]:
    """When the latest touch of high intent was, and its words."""
    latest = [
        (touches[-1], words)
        for signal, words in stretch.card.intents.items()
        for touches in stretch.seen.touches.get(signal, ())
    ]
    if not latest:
        return None, ""
    touch, words = max(latest)
    return touch >> HASH_BITS, words
