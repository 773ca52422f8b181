"""A model in plain words: what each signal listens for and what each rule is worth."""

from collections.abc import Iterator

import msgspec

from config.checking import needed_keep
from config.model import (
    AnyRule,
    Band,
    Combo,
    Condition,
    Coverage,
    Exclusion,
    Fit,
    Frequency,
    Inactivity,
    Model,
    Pattern,
    People,
    Points,
    Returned,
    Scorecard,
    Span,
    Weighed,
)
from config.spots import shown

UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}

TESTS = {
    "eq": "is {}",
    "ne": "is not {}",
    "in_": "is one of {}",
    "gt": "is above {}",
    "gte": "is at least {}",
    "lt": "is below {}",
    "lte": "is at most {}",
    "contains": "contains {}",
    "prefix": "begins with {}",
}


class Row(msgspec.Struct, frozen=True):
    """A name, what it is worth (`+10`, empty where nothing is), and a sentence without its full stop."""

    name: str
    worth: str
    text: str


class Section(msgspec.Struct, frozen=True):
    """Rows under a title."""

    title: str
    rows: tuple[Row, ...]


def describe(model: Model) -> list[Section]:
    """All that a model says, in the order of its file."""
    about = model.model
    keep = needed_keep(model)
    return [
        Section(f"{about.name} {about.version}", (Row("why", "", about.note),)),
        Section("Signals", tuple(signal_row(model, name, keep[name]) for name in model.signals)),
        Section("People: rules", tuple(rule_row(model, rule, "contact") for rule in model.contact.rules)),
        Section("People: limits and bands", tuple(frame_rows(model.contact))),
        Section("Companies: rules", tuple(rule_row(model, rule, "account") for rule in model.account.rules)),
        Section("Companies: limits and bands", tuple(frame_rows(model.account))),
    ]


def summary(model: Model) -> str:
    """A model in one line, for whoever has checked it."""
    about, keep = model.model, needed_keep(model)
    return (
        f"{about.name} {about.version}: {len(model.signals)} signals, {len(model.contact.rules)} rules for people, "
        f"{len(model.account.rules)} for companies, at most {sum(keep.values())} touches kept of each identifier"
    )


def in_words(span: int) -> str:
    """A length of time in ms.

    >>> in_words(1_209_600_000), in_words(3_600_000)
    ('14 days', '1 hour')
    """
    text = str(Span(span))
    return _count(int(text[:-1]), UNITS[text[-1]])


def signal_row(model: Model, name: str, keep: int) -> Row:
    """A signal: what it listens for, in which group it is, how many touches of it are kept."""
    signal = model.signals[name]
    patterns = ", or ".join(pattern_text(pattern) for pattern in signal.patterns(name))
    intent = ", high intent" if signal.intent == "high" else ""
    return Row(name, "", f'"{signal.words}": {patterns} ({signal.group}{intent}, {keep} kept)')


def pattern_text(pattern: Pattern) -> str:
    """The events that fit a pattern."""
    return f"{pattern.event} where {conditions_text(pattern.where)}" if pattern.where else pattern.event


def conditions_text(where: tuple[Condition, ...]) -> str:
    """Conditions, joined by "and"."""
    return " and ".join(f"{condition.path} {test}" for condition in where for test in _tests(condition))


def _tests(condition: Condition) -> Iterator[str]:
    for key, words in TESTS.items():
        value = getattr(condition, key)
        if isinstance(value, tuple):
            yield words.format(", ".join(map(shown, value)))
        elif value is not None and value is not msgspec.UNSET:
            yield words.format(f"{value:g}" if isinstance(value, float) else shown(value))
    if condition.exists is not None:
        yield "is known" if condition.exists else "is not known"


def rule_row(model: Model, rule: AnyRule, kind: str) -> Row:
    """A rule of a scorecard (`contact` or `account`): what it is worth, and for what."""
    text = _what(model, rule)
    if isinstance(rule, Exclusion):
        return Row(rule.name, "0 in all", text)
    if isinstance(rule, Weighed):
        text += "".join(_weighing(rule, kind))
    return Row(rule.name, f"{rule.points:+g}", f"{text} [{model.group_of(rule)}]")


def _what(model: Model, rule: AnyRule) -> str:
    """What a rule looks for."""
    match rule:
        case Points() | Frequency():
            return _of_one_signal(model, rule)
        case Combo() | People() | Coverage():
            return _of_signals(model, rule)
        case Returned():
            return f"each visit that began within {in_words(rule.within)} of the one before"
        case Inactivity():
            return f"once {in_words(rule.after)} have passed without activity"
        case Exclusion() if rule.signal:
            return f"whoever {_said(model, rule.signal)}{_window(rule)}"
        case _:
            return f"if {conditions_text(rule.where)}{_max_age(rule)}"


def _of_one_signal(model: Model, rule: Points | Frequency) -> str:
    said = _said(model, rule.signal)
    if isinstance(rule, Points):
        return f"each time someone {said}"
    return f"once someone {said} {_count(rule.at_least, 'time')}"


def _of_signals(model: Model, rule: Combo | People | Coverage) -> str:
    named = model.signals_of(rule)
    signals = f"{', '.join(named)}{'' if rule.signals else ' (all of high intent)'}"
    match rule:
        case Combo():
            return f"each visit with {rule.distinct} of {signals}"
        case People():
            return f"once {_count(rule.at_least, 'person')} did any of {signals}"
        case Coverage():
            distinct = "all" if rule.distinct in (None, len(named)) else rule.distinct
            return f"once {_count(rule.people, 'person')} together did {distinct} of {signals}"


def _said(model: Model, signal: str) -> str:
    return f"{model.signals[signal].words} ({signal})"


def _weighing(rule: Weighed, kind: str) -> Iterator[str]:
    """Window, limit, decay, share and cap, as far as they are given."""
    yield _window(rule)
    if rule.limit is not None:
        recent = "only the most recent" if rule.limit == 1 else f"only the {rule.limit} most recent"
        yield f", {recent}{' of each person' if kind == 'account' else ''}"
    if rule.half_life:
        yield f", halving every {in_words(rule.half_life)}"
    if rule.linear:
        yield f", fading to nothing over {in_words(rule.linear)}"
    if rule.cliff:
        yield f", gone after {in_words(rule.cliff)}"
    if rule.share is not None:
        yield f", at most {_signed(rule, rule.share)} from one person"
    if rule.cap is not None:
        yield f", at most {_signed(rule, rule.cap)} in all"


def _window(rule: Weighed | Exclusion) -> str:
    return f" within {in_words(rule.window)}" if rule.window else ""


def _max_age(rule: Fit | Exclusion) -> str:
    return f", as said within {in_words(rule.max_age)}" if rule.max_age else ""


def _signed(rule: Weighed, bound: float) -> str:
    return f"{bound if rule.points > 0 else -bound:g}"


def frame_rows(card: Scorecard) -> Iterator[Row]:
    """Caps of groups, the clamp, the bands."""
    for group, cap in card.caps.items():
        yield Row(group, "", f"counts at most {cap:g} points, either way")
    yield Row("score", "", f"{card.min:g} to {card.max:g}")
    for band in card.bands:
        yield Row(band.name, "", band_text(band))


def band_text(band: Band) -> str:
    """Where a band begins and ends."""
    if not band.enter:
        return "the lowest band"
    return f"from {band.enter:g} on, until it falls below {band.leave:g}"


def _count(number: int, what: str) -> str:
    if number == 1:
        return f"1 {what}"
    return f"{number} people" if what == "person" else f"{number} {what}s"
