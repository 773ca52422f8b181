"""Checking a model: what its types cannot say. And how many touches it needs to remember."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import ceil
from typing import Literal

from config.model import (
    DEFAULT_KEEP,
    LARGEST_KEEP,
    AnyRule,
    Band,
    Combo,
    Coverage,
    Exclusion,
    Frequency,
    Model,
    People,
    Points,
    Scorecard,
    Signal,
)
from config.rule_checks import condition_mistakes, event_path_mistakes, rule_mistakes
from config.spots import Spot, quoted

Kind = Literal["contact", "account"]


RESERVED = "leadstream:"


def mistakes(model: Model) -> Iterator[str]:
    """Everything in a model that cannot be meant, each with its place and a remedy."""
    for key in ("name", "version", "note"):
        if not getattr(model.model, key).strip():
            yield Spot("model").says(f"{key} is empty; {_ABOUT[key]}")
    yield from _signals(model)
    yield from _card(model, "contact")
    yield from _card(model, "account")


def needed_keep(model: Model) -> dict[str, int]:
    """Signal -> how many of its most recent touches to keep: its own `keep`, else 20 or what its rules need."""
    needs = _needs(model)
    return {
        name: signal.keep or max(DEFAULT_KEEP, *(need for need, _ in needs[name]), 0)
        for name, signal in model.signals.items()
    }


def need(rule: AnyRule) -> int:
    """How many touches of a signal (on an account: of one person's) a rule must see to come to all it can.

    A points rule without a limit counts whatever is kept, so `keep` is its limit; with a cap it needs as many
    as reach the cap at full worth.

    >>> need(Points(name="p", signal="s", points=10, limit=5)), need(Points(name="p", signal="s", points=2, cap=50))
    (5, 25)
    """
    match rule:
        case Points():
            return rule.limit or _to_reach_cap(rule)
        case Frequency():
            return rule.at_least
        case Combo():
            return rule.limit or 1
        case Exclusion() | People() | Coverage():
            return 1
        case _:
            return 0


def _to_reach_cap(rule: Points) -> int:
    if rule.cap is None or rule.points == 0:
        return 1
    return ceil(min(rule.cap / abs(rule.points), LARGEST_KEEP + 1))


_ABOUT = {
    "name": "say whose model this is",
    "version": "change it with every change of the file",
    "note": "say why this version exists",
}


def _rules(model: Model) -> Iterator[tuple[Spot, AnyRule]]:
    for kind, card in (("contact", model.contact), ("account", model.account)):
        for index, rule in enumerate(card.rules):
            yield (Spot(kind) / "rules").item(index, rule.name), rule


def _needs(model: Model) -> dict[str, list[tuple[int, Spot]]]:
    """Signal -> for each rule that looks at it: how many touches it needs, and where it stands."""
    needs: dict[str, list[tuple[int, Spot]]] = {name: [] for name in model.signals}
    for spot, rule in _rules(model):
        for name in model.signals_of(rule):
            if name in needs:
                needs[name].append((need(rule), spot))
    return needs


def _signals(model: Model) -> Iterator[str]:
    needs = _needs(model)
    for name, signal in model.signals.items():
        spot = Spot("signals") / name
        for problem in (*unusable_name(name, "a signal's name"), *_words(signal), *_keep(signal, needs[name])):
            yield spot.says(problem)
        yield from _patterns(signal, spot)
        if not needs[name]:
            yield spot.says("no rule uses this signal; remove it or give it a rule")


def _words(signal: Signal) -> Iterator[str]:
    if not signal.words.strip():
        yield 'words is empty; say what the person did, such as words = "viewed pricing"'


def _patterns(signal: Signal, spot: Spot) -> Iterator[str]:
    """Problems of the patterns: the signal's own, then those under `also`."""
    spots = [spot, *((spot / "also").item(index) for index in range(len(signal.also)))]
    for at, pattern in zip(spots, signal.patterns(spot.path), strict=True):
        if not pattern.event.strip():
            yield at.says("event is empty; name the event that the site sends")
        if pattern.event.startswith(RESERVED):
            reserved = f"names that begin with {RESERVED!r} say whom ids belong to"
            yield at.says(f"event {pattern.event!r}: {reserved}; name an event of the site")
        for index, condition in enumerate(pattern.where):
            for problem in (*condition_mistakes(condition), *event_path_mistakes(condition.path)):
                yield (at / "where").item(index).says(problem)


def _keep(signal: Signal, needs: list[tuple[int, Spot]]) -> Iterator[str]:
    if signal.keep is None:
        return
    if not 0 < signal.keep <= LARGEST_KEEP:
        yield f"keep must be 1 to {LARGEST_KEEP}, not {signal.keep}"
        return
    for touches, spot in needs:
        if signal.keep < touches <= LARGEST_KEEP:
            yield f"keep = {signal.keep}, but {spot} needs {touches} touches; raise keep or make the rule count fewer"


def _card(model: Model, kind: Kind) -> Iterator[str]:
    card = model.contact if kind == "contact" else model.account
    names = Counter(rule.name for rule in card.rules)
    for index, rule in enumerate(card.rules):
        spot = (Spot(kind) / "rules").item(index, rule.name)
        yield from (spot.says(problem) for problem in unusable_name(rule.name, "a rule's name"))
        if rule.name == "clamp" or rule.name.startswith("cap: "):
            yield spot.says("receipts have lines of that name already; choose another")
        if names[rule.name] > 1:
            yield spot.says(f"the name stands {names[rule.name]} times; receipts need one name per rule")
        if need(rule) > LARGEST_KEEP:
            yield spot.says(f"counts {need(rule)} touches; at most {LARGEST_KEEP} are kept of a signal")
        yield from rule_mistakes(model, kind, rule, spot)
    yield from _range(card, Spot(kind))
    yield from _bands(card, Spot(kind) / "bands")


def _range(card: Scorecard, spot: Spot) -> Iterator[str]:
    if not card.min <= 0 < card.max:
        yield spot.says(f"min = {card.min:g} and max = {card.max:g}; 0 must lie between them, max above it")
    for group, cap in card.caps.items():
        if cap <= 0:
            yield (spot / "caps").says(f"{group} must be above 0, not {cap:g}; to switch a group off, remove its rules")


def _bands(card: Scorecard, spot: Spot) -> Iterator[str]:
    if not card.bands:
        yield spot.says('no bands; add at least the lowest, such as bands = [{ name = "low" }]')
        return
    names = Counter(band.name for band in card.bands)
    for index, band in enumerate(card.bands):
        at = spot.item(index, band.name)
        yield from (at.says(problem) for problem in unusable_name(band.name, "a band's name"))
        if names[band.name] > 1:
            yield at.says("another band has this name; give each its own")
    lowest = card.bands[0]
    if lowest.enter or lowest.leave:
        yield spot.item(0, lowest.name).says("the lowest band is the first and has neither enter nor leave")
    for index, (below, band) in enumerate(pairwise(card.bands), 1):
        for problem in _step(below, band, card.max):
            yield spot.item(index, band.name).says(problem)


def _step(below: Band, band: Band, highest: float) -> Iterator[str]:
    """Problems of a band above another. `leave` left out is 0, which would never let anybody out."""
    if not below.enter < band.enter <= highest:
        yield f"enter = {band.enter:g} must be above {below.enter:g} (the band below) and at most {highest:g} (max)"
    elif not below.enter < band.leave <= band.enter:
        yield (
            f"leave = {band.leave:g} must be above {below.enter:g} (where the band below begins) and at most "
            f"enter = {band.enter:g}; somewhat below enter keeps a score near it from flapping"
        )


def unusable_name(name: str, whose: str) -> Iterator[str]:
    """A name stands in receipts, reports and JSON: one line, no space around it, not too long."""
    if not name or name != name.strip() or not name.isprintable() or len(name) > 60:
        yield f"{whose} is 1 to 60 characters on one line without space around them, not {quoted(name)}"
