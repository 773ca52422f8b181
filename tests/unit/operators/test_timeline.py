"""When what is known of a subject changes, and which band the past left it in."""

import pytest

from config.model import AnyRule, Condition, Exclusion, Fit, Inactivity, Points, Span
from operators.timeline import Timeline
from state.subject import Subject
from tests.unit.operators.score_case import DAY, HOUR, NOW, WEEK, contact, scoring

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
