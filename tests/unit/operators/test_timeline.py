"""When what is known of a subject changes, and which band the past left it in."""

import pytest

from config.model import AnyRule, Condition, Exclusion, Fit, Inactivity, Points, Span
from operators.timeline import Timeline
from state.subject import Subject
from state.touch import make_touch
from tests.unit.operators.score_case import DAY, HOUR, KEEP, NOW, WEEK, contact, facts, scoring

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
    line = timeline(contact({"docs": [HOUR], "pricing": [-HOUR - 5]}))
    assert [next_change(line, at) for at in (NOW, NOW + 2 * HOUR, NOW + DAY)] == [NOW + HOUR, NOW - HOUR + DAY, None]


def next_change(line: Timeline, now: int) -> int | None:
    return line.next_change(line.stretch(now), now)


def test_a_trait_that_grows_too_old_is_the_next_change_but_not_one_that_another_source_has_renewed() -> None:
    ann = contact({}, {"plan": (NOW - DAY, "pro")})
    ann.sources["u:1"] = facts({}, {"plan": (NOW - DAY - HOUR, "free")})
    assert next_change(timeline(ann), NOW) == NOW - DAY + WEEK


def test_a_trait_dated_later_is_the_next_change() -> None:
    assert next_change(timeline(contact({"pricing": [HOUR]}, {"plan": (NOW + 7, "pro")})), NOW) == NOW + 7


def test_of_touches_that_exclude_the_latest_ends_it() -> None:
    assert next_change(timeline(contact({"docs": [HOUR, 2 * HOUR]})), NOW) == NOW - HOUR + DAY


def test_the_last_change_is_found_by_any_moment() -> None:
    ann = contact({"docs": [HOUR], "pricing": [-HOUR - 5]}, {"plan": (NOW - DAY, "pro"), "role": (NOW + 7, "vp")})
    ann.sources["u:1"] = facts({"docs": [3 * HOUR + 2]}, {"plan": (NOW - DAY - HOUR, "free")})
    line = timeline(ann)
    changes = line.changes(-1)
    assert changes == [line.last_change(change + beside) for change, beside in zip(changes, [0, 1] * 9, strict=False)]
    assert line.last_change(changes[0] - 1) is None


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
