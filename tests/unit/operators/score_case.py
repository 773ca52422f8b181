"""A contact or an account with a few touches, under a model of a few rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from config.model import About, AnyRule, Band, Model, Scorecard, Signal, Span
from operators.evaluate import Scoring, evaluate
from state.ledger import Keep, Ledger
from state.score import Score
from state.subject import Facts, Subject
from state.touch import TILE_MS, make_touch
from state.traits import Traits

HOUR = 3_600_000
DAY = 24 * HOUR
NOW = 1_780_000_000_000 // TILE_MS * TILE_MS
WEEK = Span(7 * DAY)

SIGNALS = {
    "pricing": Signal(words="viewed pricing", intent="high"),
    "security": Signal(words="read about security", intent="high"),
    "docs": Signal(words="read the documentation", group="depth"),
}
BANDS = (Band(name="low"), Band(name="medium", enter=30, leave=20), Band(name="high", enter=60, leave=50))
KEEP = Keep(pricing=5)

Touches = Mapping[str, Sequence[int]]
"""Signal -> when it was touched, in ms before `NOW`."""


def facts(touches: Touches, traits: Traits | None = None) -> Facts:
    """What one source did."""
    ledger = Ledger()
    for signal, ages in touches.items():
        for age in ages:
            ledger.record(make_touch(NOW - age, f"{signal} {age}".encode()), [signal], KEEP)
    return Facts(ledger, traits or {})


def contact(touches: Touches, traits: Traits | None = None) -> Subject:
    """A contact with one source."""
    return Subject("e:ann@acme.com", {"e:ann@acme.com": facts(touches, traits)})


def account(people: Mapping[str, Touches]) -> Subject:
    """An account; each person by id."""
    return Subject("d:acme.com", {id_: facts(touches) for id_, touches in people.items()})


def scoring(rules: Sequence[AnyRule], **card: Any) -> Scoring:
    """The same rules for contacts and accounts."""
    whole = Scorecard(rules=tuple(rules), **{"bands": BANDS, **card})
    about = About(name="case", version="1", note="a test")
    return Scoring(Model(model=about, signals=SIGNALS, contact=whole, account=whole), KEEP)


def score(rules: Sequence[AnyRule], subject: Subject, now: int = NOW, **card: Any) -> Score:
    """The score of a subject under these rules."""
    return evaluate(scoring(rules, **card), subject, now)


def points(found: Score) -> dict[str, float]:
    """Points by line."""
    return {line.rule: line.points for line in found.lines}
