"""Checking one rule of a model, and the conditions in it."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from config.model import (
    AnyRule,
    Combo,
    Condition,
    Coverage,
    Exclusion,
    Fit,
    Frequency,
    Model,
    People,
    Points,
    Returned,
    Weighed,
)
from config.spots import Spot, listed, quoted, remedy

EVENT_FIELDS = (
    *("properties", "traits", "event", "timestamp", "messageId", "anonymousId", "userAgent"),
    *("contactId", "userId", "email", "accountDomain", "context"),
)
"""What an event has at its top: where the path of a signal's condition begins."""

EMAIL_KINDS = ("business", "personal", "disposable", "academic")

COUNTED = ("limit", "at_least", "distinct", "people")
MAGNITUDES = ("cap", "share")
DECAYS = ("half_life", "linear", "cliff")

MOST_RETURNS = 63
"""A ledger remembers 64 half hours of activity, so at most 64 visits."""

HALF_HOUR = 1_800_000
"""Visits are told apart, and so are gaps between them, in half hours (ms)."""


def rule_mistakes(model: Model, kind: Literal["contact", "account"], rule: AnyRule, spot: Spot) -> Iterator[str]:
    """Everything in a rule that cannot be meant, each with its place and a remedy."""
    checks = (_points(rule), _numbers(rule), _decays(rule), _own(rule), _signals(model, rule), _words(rule))
    for check in checks:
        yield from map(spot.says, check)
    if kind == "contact":
        yield from map(spot.says, _for_accounts(rule))
    if isinstance(rule, Fit | Exclusion):
        for index, condition in enumerate(rule.where):
            for problem in (*condition_mistakes(condition), *_email_kind(condition)):
                yield (spot / "where").item(index).says(problem)


def condition_mistakes(condition: Condition) -> Iterator[str]:
    """A condition tests something, and what it tests can hold."""
    given = [key for key in OPERATORS if getattr(condition, key) not in (None, msgspec.UNSET)]
    if not given:
        yield f"tests nothing; add one of {listed(key.rstrip('_') for key in OPERATORS)}"
    if not condition.path.strip("."):
        yield "path is empty; name what is tested"
    if condition.in_ == ():
        yield "in = [] never holds; list the values that fit"
    for key in ("contains", "prefix"):
        if getattr(condition, key) == "":
            yield f'{key} = "" always holds; use exists = true'
    if condition.exists is False and len(given) > 1:
        yield "exists = false leaves nothing for another test; remove one"


OPERATORS = ("eq", "ne", "in_", "gt", "gte", "lt", "lte", "contains", "prefix", "exists")


def event_path_mistakes(path: str) -> Iterator[str]:
    """A signal's path begins at the event."""
    top = path.partition(".")[0]
    if top and top not in EVENT_FIELDS:
        hint = remedy(top, EVENT_FIELDS) if "." in path else f"did you mean 'properties.{path}'?"
        yield f"path {quoted(path)} begins nowhere in an event; {hint}"


def _email_kind(condition: Condition) -> Iterator[str]:
    if condition.path == "email_kind":
        for value in (condition.eq, condition.ne, *(condition.in_ or ())):
            if value is not msgspec.UNSET and value not in EMAIL_KINDS:
                yield f"{quoted(str(value))} is no kind of e-mail address; {remedy(str(value), EMAIL_KINDS)}"


def _points(rule: AnyRule) -> Iterator[str]:
    if not isinstance(rule, Exclusion) and rule.points == 0:
        yield "points = 0 changes nothing; give it a weight or remove the rule"


def _numbers(rule: AnyRule) -> Iterator[str]:
    for key in (*COUNTED, *MAGNITUDES):
        value = getattr(rule, key, None)
        if value is not None and value <= 0:
            hint = " (also for negative points: it says how far from 0)" if key in MAGNITUDES else ""
            yield f"{key} must be above 0{hint}, not {value:g}"


def _decays(rule: AnyRule) -> Iterator[str]:
    given = [key for key in DECAYS if getattr(rule, key, None) is not None]
    if len(given) > 1:
        yield f"{' and '.join(given)} exclude each other; keep one"


def _own(rule: AnyRule) -> Iterator[str]:
    """What only this kind of rule can get wrong."""
    match rule:
        case Frequency() | People() | Coverage():
            yield from _once(rule)
        case Returned():
            yield from _returned(rule)
        case Fit() if not rule.where:
            yield "where is empty; say whom this fits"
        case Exclusion():
            yield from _exclusion(rule)


def _once(rule: Frequency | People | Coverage) -> Iterator[str]:
    """It holds or not, and when it does, it counts once for all people together."""
    if rule.window is None:
        yield """missing key 'window'; add window = "7d", the time within which to look"""
    for key in ("limit", "share"):
        if getattr(rule, key) is not None:
            yield f"{key} means nothing here, as the rule counts once; remove it"


def _returned(rule: Returned) -> Iterator[str]:
    if rule.within < HALF_HOUR:
        yield f"within = {quoted(str(rule.within))} never holds; between two visits lie 30m at least"
    if rule.limit is not None and rule.limit > MOST_RETURNS:
        yield f"limit = {rule.limit} is never reached; at most {MOST_RETURNS} returns are remembered"


def _exclusion(rule: Exclusion) -> Iterator[str]:
    if not rule.where and not rule.signal:
        yield 'excludes nobody; add where = [...] or signal = "..."'
    if rule.where and rule.signal:
        yield "where and signal exclude each other; write two exclusions"
    if rule.window is not None and not rule.signal:
        yield "window is for a signal's touches; use max_age for conditions"
    if rule.max_age is not None and not rule.where:
        yield "max_age is for conditions; use window for a signal's touches"


def _signals(model: Model, rule: AnyRule) -> Iterator[str]:
    named = model.signals_of(rule)
    for name in named:
        if name not in model.signals:
            yield f"signal {quoted(name)} does not exist; {remedy(name, model.signals)}"
    if len(set(named)) < len(named):
        yield "names a signal twice; name each once"
    if isinstance(rule, People | Coverage) and not named:
        yield 'there are no signals to look at; name some under signals, or give some intent = "high"'
    wanted = rule.distinct if isinstance(rule, Combo | Coverage) else None
    if wanted is not None and wanted > len(named):
        yield f"distinct = {wanted}, but it looks at {len(named)} signals; lower it or name more under signals"


def _words(rule: AnyRule) -> Iterator[str]:
    """A rule about one signal can say the signal's words; another needs its own."""
    if not isinstance(rule, Points | Frequency) and not rule.words.strip():
        yield "missing key 'words'; add words = \"...\", the reason that a salesperson reads"


def _for_accounts(rule: AnyRule) -> Iterator[str]:
    if isinstance(rule, People | Coverage):
        yield "counts people, which only an account has; move it to [[account.rules]]"
    if isinstance(rule, Weighed) and rule.share is not None:
        yield "share limits one person within an account; remove it here"
