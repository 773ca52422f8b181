"""When what is known of a subject changes, and which band the past left it in."""

import pytest

from config.model import AnyRule, Condition, Exclusion, Fit, Inactivity, Points, Span
from operators.timeline import Timeline
from state.subject import Subject
from state.touch import make_touch
from tests.unit.operators.score_case import DAY, HOUR, KEEP, NOW, WEEK, contact, scoring

RULES: list[AnyRule] = [
    Fit(name="fit", words="-", points=5, where=(Condition(path="plan", eq="pro"),), max_age=WEEK),
    Exclusion(name="out", words="-", signal="docs", window=Span(DAY)),
    Points(name="pricing", signal="pricing", points=40, cliff=WEEK),
    Inactivity(name="silence", points=-15, after=Span(3 * DAY)),
]


def timeline(subject: Subject) -> Timeline:
    return scoring(RULES).timeline(subject)


def test_facts_change_when_they_enter_grow_too_old_or_stop_excluding() -> None:
    ann = contact({"docs": [HOUR], "pricing": [-HOUR - 5]}, {"plan": (NOW - DAY, "pro"), "role": (NOW + 7, "vp")})
    expected = [NOW + HOUR, NOW + HOUR + 5, NOW - HOUR + DAY, NOW - DAY + WEEK]
    assert expected == timeline(ann).changes(NOW)


def test_activity_without_a_signal_changes_facts_too() -> None:
    ann = contact({"pricing": [HOUR]})
    ann.sources[ann.id].ledger.record(make_touch(NOW + HOUR + 5, b"page"), [], KEEP)
    assert timeline(ann).changes(NOW) == [NOW + HOUR, NOW + HOUR + 5]


def test_the_next_change_is_the_first() -> None:
    ann = contact({"docs": [HOUR], "pricing": [-HOUR - 5]})
    assert [timeline(ann).next_change(NOW), timeline(ann).next_change(NOW + DAY)] == [NOW + HOUR, None]


@pytest.mark.parametrize(
    ("touched", "now", "band"),
    [
        ([0], NOW, "medium"),
        ([0], NOW + 3 * DAY, "medium"),
        ([0, 1], NOW, "high"),
        ([0, 1], NOW + 3 * DAY, "high"),
        ([0], NOW - 1, "low"),
        ([0], NOW + 7 * DAY, "low"),
    ],
)
def test_the_band_of_a_moment_follows_from_the_facts_up_to_it(touched: list[int], now: int, band: str) -> None:
    line = timeline(contact({"pricing": touched}))
    stretch = line.stretch(now)
    assert band == line.card.bands.names[line.band(stretch, now, stretch.score(now))]


A = Points(name="a", signal="pricing", points=40, half_life=WEEK)
B = Points(name="b", signal="docs", points=-45, linear=Span(HOUR))
C = Points(name="c", signal="pricing", points=40, linear=Span(HOUR))
D = Points(name="d", signal="docs", points=-10, half_life=WEEK)
E = Points(name="e", signal="docs", points=25)


@pytest.mark.parametrize(
    ("rules", "later", "expected"), [([A, B], 5 * DAY, (244, "medium")), ([C, D, E], 30 * DAY, (245, "low"))]
)
def test_a_swing_between_two_facts_is_not_overlooked(
    rules: list[AnyRule], later: int, expected: tuple[int, str]
) -> None:
    """From below over `enter` into the grey, and from above under `leave` into the grey."""
    line = scoring(rules, min=-100).timeline(contact({"pricing": [0], "docs": [0]}))
    stretch = line.stretch(NOW + later)
    score = stretch.score(NOW + later)
    assert expected == (score, line.card.bands.names[line.band(stretch, NOW + later, score)])
