"""Scores by definition: slow, plain, from the raw events, sharing no code with the engine.

A history is what happened to each source. `Naive` remembers of it what a ledger would, looks at it as of a moment, and
works out what each rule is worth there. Points are tenths, not yet rounded; times are ms.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from config.model import (
    AnyRule,
    Combo,
    Condition,
    Coverage,
    Exclusion,
    Fit,
    Frequency,
    Group,
    Inactivity,
    Model,
    People,
    Points,
    Returned,
    Scorecard,
    Weighed,
)
from state.traits import Value

HALF_HOUR = 1_800_000
FOREVER = 10**15


class Deed(NamedTuple):
    """One event: these signals, touched at once. The same `at` and `id` make the same touch."""

    at: int
    id: int
    signals: tuple[str, ...]


class Trait(NamedTuple):
    """One attribute, as said."""

    at: int
    name: str
    value: Value


class Source(NamedTuple):
    """Everything that ever happened under one identifier."""

    id: str
    deeds: tuple[Deed, ...]
    traits: tuple[Trait, ...] = ()


class Person(NamedTuple):
    """What can be seen of somebody at a moment: (time, id) by signal, active half hours, the latest activity."""

    touches: dict[str, list[tuple[int, int]]]
    half_hours: list[int]
    last: int
    is_contact: bool


class Naive:
    """One subject under one scorecard, by definition. `keep` is how many touches of a signal are remembered."""

    def __init__(self, model: Model, card: Scorecard, keep: Callable[[str], int], sources: Sequence[Source]) -> None:
        self.model = model
        self.card = card
        self.keep = keep
        self.sources = sources

    def people(self, now: int, apart: bool) -> list[Person]:
        """Who is seen at `now`: each source by itself, or all sources as one."""
        each = [self._seen(source, now) for source in self.sources]
        if apart:
            return each
        signals = {signal for person in each for signal in person.touches}
        touches = {s: sorted({t for person in each for t in person.touches.get(s, [])}) for s in signals}
        half_hours = sorted({h for person in each for h in person.half_hours})[-64:]
        kept = {signal: known[-self.keep(signal) :] for signal, known in touches.items()}
        return [Person(kept, half_hours, max([person.last for person in each], default=0), True)]

    def _seen(self, source: Source, now: int) -> Person:
        touches: dict[str, list[tuple[int, int]]] = {}
        for signal in {signal for deed in source.deeds for signal in deed.signals}:
            known = sorted({(deed.at, deed.id) for deed in source.deeds if signal in deed.signals})
            seen = [touch for touch in known[-self.keep(signal) :] if touch[0] <= now]
            if seen:
                touches[signal] = seen
        half_hours = sorted({deed.at // HALF_HOUR for deed in source.deeds})[-64:]
        begun = [half_hour for half_hour in half_hours if half_hour * HALF_HOUR <= now]
        last = max([deed.at for deed in source.deeds], default=0)
        if last > now:
            told = [known[-1][0] for known in touches.values()]
            told += [min((half_hour + 1) * HALF_HOUR - 1, now) for half_hour in begun]
            last = max(told, default=0)
        return Person(touches, begun, last, not source.id.startswith("a:"))

    def profile(self, now: int, max_age: int | None) -> dict[str, Value]:
        """Attribute -> what was said last, unless that is too old. A source remembers only its own last."""
        remembered = [trait for source in self.sources for trait in last_said(source.traits)]
        last = last_said([trait for trait in remembered if trait.at <= now])
        return {trait.name: trait.value for trait in last if now - trait.at < (max_age or FOREVER)}

    def worth(self, rule: AnyRule, now: int, apart: bool) -> float:
        """Tenths of a point of one rule, before rounding."""
        people = self.people(now, apart)
        match rule:
            case Inactivity():
                last = max([person.last for person in people], default=0)
                return rule.points * 10 if last and now - last >= rule.after else 0.0
            case Fit():
                return rule.points * 10 if self._fits(rule.where, rule.max_age, now) else 0.0
            case Points() | Returned() | Combo():
                parts = [self._decayed(rule, self.occurrences(rule, person), now) for person in people]
                return _bounded(fsum(_bounded(part, rule.share) for part in parts), rule.cap)
            case Frequency() | People() | Coverage():
                return _bounded(self._decayed(rule, self.since(rule, people), now), rule.cap)
            case _:
                return 0.0

    def occurrences(self, rule: Points | Returned | Combo, person: Person) -> list[int]:
        """When what the rule listens for happened to one person."""
        if isinstance(rule, Points):
            return [at for at, _ in person.touches.get(rule.signal, [])]
        visits = visits_of(person.half_hours)
        if isinstance(rule, Returned):
            gaps = [later[0] * HALF_HOUR - (visit[-1] + 1) * HALF_HOUR for visit, later in pairwise(visits)]
            return [v[0] * HALF_HOUR for v, gap in zip(visits[1:], gaps, strict=True) if gap <= rule.within]
        reached = [self._reached(rule, person, visit) for visit in visits]
        return [at for at in reached if at is not None]

    def _reached(self, rule: Combo, person: Person, visit: list[int]) -> int | None:
        """When the visit had the k-th distinct signal."""
        firsts = []
        for signal in self.model.signals_of(rule):
            inside = [at for at, _ in person.touches.get(signal, []) if at // HALF_HOUR in visit]
            firsts += [min(inside)] if inside else []
        return sorted(firsts)[rule.distinct - 1] if len(firsts) >= rule.distinct else None

    def since(self, rule: Frequency | People | Coverage, people: list[Person]) -> list[int]:
        """The latest moment from which on everything asked for has happened, if there is one."""
        moments = {at for person in people for known in person.touches.values() for at, _ in known}
        whole = [moment for moment in moments if self._met(rule, people, moment)]
        return [max(whole)] if whole else []

    def _met(self, rule: Frequency | People | Coverage, people: list[Person], start: int) -> bool:
        """Whether what is asked for happened from `start` on, counted naively."""
        signals = self.model.signals_of(rule)
        done = [
            (person, signal, touch)
            for person in range(len(people))
            for signal in signals
            for touch in people[person].touches.get(signal, [])
            if touch[0] >= start and (people[person].is_contact or isinstance(rule, Frequency))
        ]
        who = {person for person, _, _ in done}
        if isinstance(rule, Frequency):
            return len({touch for _, _, touch in done}) >= rule.at_least
        if isinstance(rule, People):
            return len(who) >= rule.at_least
        return len(who) >= rule.people and len({signal for _, signal, _ in done}) >= (rule.distinct or len(signals))

    def _decayed(self, rule: Weighed, occurrences: Iterable[int], now: int) -> float:
        young = sorted(at for at in occurrences if now - at < (rule.window or FOREVER))
        counted = young[-(rule.limit or FOREVER) :]
        return fsum(rule.points * 10 * decay(rule, now - at) for at in counted)

    def _fits(self, where: tuple[Condition, ...], max_age: int | None, now: int) -> bool:
        profile = self.profile(now, max_age)
        return all(_holds(condition, profile.get(condition.path)) for condition in where)

    def excluded(self, now: int, apart: bool) -> str:
        """The first exclusion that holds."""
        for rule in self.card.rules:
            if isinstance(rule, Exclusion):
                touches = [t for person in self.people(now, apart) for t in person.touches.get(rule.signal, [])]
                touched = any(now - at < (rule.window or FOREVER) for at, _ in touches)
                if touched or (rule.where and self._fits(rule.where, rule.max_age, now)):
                    return rule.name
        return ""

    def composed(self, tenths: dict[str, int], now: int, apart: bool) -> tuple[int, dict[Group, int]]:
        """The score that the rules' tenths come to, and what each group has a say of."""
        groups: dict[Group, int] = {}
        for rule in self.card.rules:
            group = group_of(rule, self.model)
            groups[group] = groups.get(group, 0) + tenths.get(rule.name, 0)
        capped = {group: round(_bounded(points, self.card.caps.get(group))) for group, points in groups.items()}
        total = min(max(sum(capped.values()), round(self.card.min * 10)), round(self.card.max * 10))
        return 0 if self.excluded(now, apart) else total, capped


def last_said(traits: Iterable[Trait]) -> list[Trait]:
    """The last of each name."""
    ranked = sorted(traits, key=lambda trait: (trait.at, type(trait.value).__name__, repr(trait.value)))
    return list({trait.name: trait for trait in ranked}.values())


def visits_of(half_hours: Sequence[int]) -> list[list[int]]:
    """Runs of neighbouring half hours."""
    visits: list[list[int]] = []
    for half_hour in half_hours:
        if visits and half_hour == visits[-1][-1] + 1:
            visits[-1].append(half_hour)
        else:
            visits.append([half_hour])
    return visits


def decay(rule: Weighed, age: int) -> float:
    """What is left of one occurrence."""
    if rule.half_life:
        return float(2.0 ** (-age / rule.half_life))
    if rule.linear:
        return max(0.0, 1 - age / rule.linear)
    return 1.0 if age < (rule.cliff or FOREVER) else 0.0


def group_of(rule: AnyRule, model: Model) -> Group:
    """Where a rule's points count: its own group, else its signal's, else evaluation."""
    if isinstance(rule, Fit):
        return "fit"
    own: Group | None = getattr(rule, "group", None)
    return own or (model.signals[rule.signal].group if isinstance(rule, Points | Frequency) else "evaluation")


def _holds(condition: Condition, value: Value) -> bool:
    """The two tests that the worlds use."""
    return (value is not None) == condition.exists if condition.exists is not None else value == condition.eq


def _bounded(amount: float, bound: float | None) -> float:
    limit = FOREVER if bound is None else bound * 10
    return max(-limit, min(limit, amount))
