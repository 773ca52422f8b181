"""Scores of contacts and accounts, rule by rule."""

from itertools import pairwise
from math import ceil, log2

import pytest

from config.model import (
    AnyRule,
    Combo,
    Condition,
    Coverage,
    Exclusion,
    Fit,
    Frequency,
    Inactivity,
    People,
    Points,
    Returned,
    Span,
)
from operators.evaluate import glance
from state.score import BandChange, Glance
from state.subject import Facts, Subject
from tests.unit.operators.score_case import (
    DAY,
    HOUR,
    NOW,
    WEEK,
    account,
    contact,
    facts,
    points,
    score,
    scoring,
)

PRICING = Points(name="pricing", signal="pricing", points=10, limit=2)
DOCS = Points(name="docs", signal="docs", points=3)
FREE = (Condition(path="plan", eq="free"),)
WEEKLY = Points(name="pricing", signal="pricing", points=40, window=WEEK)
HALVING = Points(name="pricing", signal="pricing", points=40, half_life=WEEK)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (PRICING, 20.0),
        (Frequency(name="f", signal="pricing", at_least=3, window=WEEK, points=7), 7.0),
        (Frequency(name="f", signal="pricing", at_least=4, window=WEEK, points=7), 0.0),
        (Returned(name="r", within=Span(5 * DAY), points=7), 14.0),
        (Returned(name="r", within=Span(5 * DAY), points=7, limit=1), 7.0),
        (Combo(name="c", distinct=2, points=7), 7.0),
        (Combo(name="c", distinct=2, points=7, signals=("pricing", "docs")), 0.0),
        (Inactivity(name="i", after=Span(HOUR), points=-7), -7.0),
        (Inactivity(name="i", after=Span(HOUR + 1), points=-7), 0.0),
        (Fit(name="f", where=FREE, points=7), 7.0),
        (Fit(name="f", where=FREE, points=7, max_age=Span(DAY)), 0.0),
        (Fit(name="f", where=FREE, points=7, max_age=Span(DAY + 1)), 7.0),
        (Fit(name="f", where=(Condition(path="email_kind", eq="business"),), points=7), 7.0),
        (Fit(name="f", where=(Condition(path="email_domain", eq="acme.com"),), points=7), 7.0),
    ],
)
def test_a_rule_gives_a_contact_points(rule: AnyRule, expected: float) -> None:
    ann = contact(
        {"pricing": [HOUR, DAY, 3 * DAY], "security": [HOUR], "docs": [9 * DAY]}, {"plan": (NOW - DAY, "free")}
    )
    assert expected == score([rule], ann, min=-100).total


PEOPLE = {
    "e:ann@acme.com": {"pricing": [HOUR, 2 * HOUR], "security": [DAY]},
    "e:bob@acme.com": {"pricing": [3 * DAY], "docs": [DAY]},
    "a:1": {"docs": [HOUR], "pricing": [HOUR]},
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (PRICING, 40.0),
        (Points(name="p", signal="pricing", points=10, share=12), 32.0),
        (Points(name="p", signal="pricing", points=10, share=12, cap=30), 30.0),
        (Frequency(name="f", signal="pricing", at_least=3, window=WEEK, points=7), 7.0),
        (Frequency(name="f", signal="pricing", at_least=4, window=WEEK, points=7), 0.0),
        (People(name="p", at_least=2, window=WEEK, points=7), 7.0),
        (People(name="p", at_least=2, window=Span(3 * DAY), points=7), 0.0),
        (People(name="p", at_least=3, window=WEEK, points=7, signals=("pricing", "docs")), 0.0),
        (Coverage(name="c", signals=("pricing", "security"), people=2, window=WEEK, points=7), 7.0),
        (Coverage(name="c", signals=("pricing", "security", "docs"), people=2, window=WEEK, points=7), 7.0),
        (Coverage(name="c", signals=("security", "docs"), people=2, window=Span(DAY), points=7), 0.0),
        (Coverage(name="c", signals=("pricing", "docs"), distinct=1, people=3, window=WEEK, points=7), 0.0),
        (Returned(name="r", within=WEEK, points=7), 21.0),
        (Inactivity(name="i", after=Span(HOUR), points=7), 7.0),
        (Fit(name="f", where=(Condition(path="domain", eq="acme.com"),), points=7), 7.0),
    ],
)
def test_a_rule_gives_an_account_points(rule: AnyRule, expected: float) -> None:
    assert expected == score([rule], account(PEOPLE)).total


def test_sources_of_a_contact_are_one_person() -> None:
    rule = Frequency(name="f", signal="pricing", at_least=3, window=WEEK, points=7)
    ann = Subject("e:ann@acme.com", {"a:1": facts({"pricing": [1, 2]}), "u:1": facts({"pricing": [2, 3]})})
    assert score([rule, Points(name="p", signal="pricing", points=1)], ann).total == 10.0


def test_touches_beyond_what_is_kept_do_not_count_however_many_sources_hold_them() -> None:
    ann = Subject("e:ann@acme.com", {"a:1": facts({"pricing": [1, 2, 3]}), "u:1": facts({"pricing": [4, 5, 6]})})
    assert score([Points(name="p", signal="pricing", points=1)], ann).total == 5.0


def test_the_profile_is_what_any_source_said_last() -> None:
    ann = Subject(
        "e:ann@acme.com",
        {"a:1": Facts(traits={"plan": (NOW - 1, "free")}), "u:1": Facts(traits={"plan": (NOW - 2, "pro")})},
    )
    assert score([Fit(name="f", where=FREE, points=7)], ann).fit == 7.0


def test_what_an_id_tells_goes_before_what_traits_say() -> None:
    ann = contact({}, {"email_domain": (NOW, "other.com")})
    rule = Fit(name="f", where=(Condition(path="email_domain", eq="acme.com"),), points=7)
    assert score([rule], ann).fit == 7.0


def test_nobody_has_a_score_of_0_in_the_lowest_band() -> None:
    found = score([PRICING, Inactivity(name="i", after=WEEK, points=-5)], Subject("c:1"))
    assert (found.total, found.band, found.lines, found.reasons, found.next_change) == (0.0, "low", (), (), None)


def test_fit_and_behaviour_are_told_apart_and_not_clamped() -> None:
    ann = contact({"pricing": [1, 2]}, {"plan": (NOW, "free")})
    found = score([PRICING, Fit(name="f", where=FREE, points=-30)], ann)
    assert (found.total, found.behaviour, found.fit) == (0.0, 20.0, -30.0)


def test_caps_and_the_clamp_are_lines() -> None:
    ann = contact({"pricing": [1, 2], "docs": [1, 2]})
    found = score([PRICING, DOCS], ann, caps={"evaluation": 12.0}, max=15.0)
    assert points(found) == {"pricing": 20.0, "docs": 6.0, "cap: evaluation": -8.0, "clamp": -3.0}


def test_a_cap_holds_a_negative_group_too() -> None:
    ann = contact({"docs": [1]}, {"plan": (NOW, "free")})
    found = score([DOCS, Fit(name="f", where=FREE, points=-30)], ann, caps={"fit": 10.0}, min=-50.0)
    assert points(found) == {"docs": 3.0, "f": -30.0, "cap: fit": 20.0}


@pytest.mark.parametrize(
    "rule",
    [
        Exclusion(name="out", words="is a customer", where=FREE),
        Exclusion(name="out", words="is a customer", signal="docs"),
        Exclusion(name="out", words="is a customer", signal="docs", window=Span(DAY + 1)),
    ],
)
def test_an_exclusion_takes_everything_back_and_is_the_reason(rule: Exclusion) -> None:
    ann = contact({"pricing": [1], "docs": [DAY]}, {"plan": (NOW, "free")})
    found = score([PRICING, rule], ann)
    expected = 0.0, "low", "out", {"pricing": 10.0, "out": -10.0}, ("is a customer",)
    assert expected == (found.total, found.band, found.excluded, points(found), found.reasons)


@pytest.mark.parametrize(
    "rule",
    [
        Exclusion(name="out", words="-", where=FREE, max_age=Span(DAY)),
        Exclusion(name="out", words="-", signal="docs", window=Span(DAY)),
        Exclusion(name="out", words="-", signal="security"),
    ],
)
def test_an_exclusion_that_is_over_does_not_count(rule: Exclusion) -> None:
    ann = contact({"pricing": [1], "docs": [DAY]}, {"plan": (NOW - DAY, "free")})
    assert score([PRICING, rule], ann).excluded == ""


def test_of_exclusions_the_first_of_the_model_is_named() -> None:
    touched = Exclusion(name="touched", words="-", signal="docs")
    told = Exclusion(name="told", words="-", where=(Condition(path="plan", eq="free"),))
    ann = contact({"docs": [DAY]}, {"plan": (NOW - DAY, "free")})
    assert [score(rules, ann).excluded for rules in ([touched, told], [told, touched])] == ["touched", "told"]


def test_what_is_dated_later_does_not_count_yet_and_is_foretold() -> None:
    ann = contact({"pricing": [1, -5000]})
    found = score([Points(name="p", signal="pricing", points=20)], ann)
    assert (found.total, found.next_change) == (20.0, BandChange(NOW + 5000, "medium"))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (WEEKLY, BandChange(NOW - DAY + WEEK, "low")),
        (HALVING, BandChange(NOW - DAY + ceil(WEEK * log2(40 / 19.95)), "low")),  # below 19.95 it is 19.9
        (PRICING, None),
    ],
)
def test_the_next_change_of_band_is_known_to_the_moment(rule: AnyRule, expected: BandChange | None) -> None:
    assert score([rule], contact({"pricing": [DAY]})).next_change == expected


def test_a_score_between_leave_and_enter_keeps_the_band_it_came_from() -> None:
    fallen = score([HALVING], contact({"pricing": [5 * DAY]}))
    risen = score([Points(name="pricing", signal="pricing", points=24.4)], contact({"pricing": [5 * DAY]}))
    assert [(fallen.total, fallen.band), (risen.total, risen.band)] == [(24.4, "medium"), (24.4, "low")]


def test_the_last_touch_of_high_intent_is_named() -> None:
    found = score([PRICING], contact({"pricing": [DAY], "security": [HOUR], "docs": [1]}))
    assert (found.last_intent, found.last_intent_at) == ("read about security", NOW - HOUR)


def test_a_glance_has_tenths_the_band_and_the_top_rule() -> None:
    seen = glance(scoring([DOCS, WEEKLY]), contact({"pricing": [DAY], "docs": [1]}), NOW, 50)
    assert seen == Glance(430, 1, "pricing", NOW - DAY + WEEK, NOW - 1)


SILENCE = Inactivity(name="silence", points=-15, after=WEEK)


def test_silence_begins_at_a_blow_and_a_glance_foretells_it() -> None:
    ann, model = contact({"pricing": [DAY]}), scoring([SILENCE], min=-100)
    seen = [glance(model, ann, NOW - DAY + WEEK + beside, 50) for beside in (-1, 0)]
    assert seen == [Glance(0, 0, "", NOW - DAY + WEEK, NOW - DAY), Glance(-150, 0, "silence", None, NOW - DAY)]


def test_who_was_never_active_is_not_silent() -> None:
    assert glance(scoring([SILENCE], min=-100), contact({}), NOW, 50) == Glance(0, 0, "", None)


YEAR = Span(365 * DAY)
SLOW = Points(name="slow", signal="pricing", points=1, half_life=YEAR)
WARMING = Points(name="warming", signal="pricing", points=-20, linear=WEEK)
EDGY: list[AnyRule] = [Points(name=name, signal="pricing", points=10.0692, half_life=YEAR) for name in "abc"]
"""Each about to lose a tenth by rounding, a day after the touch."""
MOVING = pytest.mark.parametrize(
    ("rules", "drift"),
    [
        ([HALVING], 50),
        ([HALVING], 0),
        ([HALVING, DOCS], 150),
        ([WARMING], 50),
        ([WARMING], 0),
        ([HALVING, WARMING], 20),
        ([SLOW], 0),
        ([SLOW], 2),
        (EDGY, 2),
    ],
)


def looks(rules: list[AnyRule], drift: int) -> list[tuple[int, Glance, Glance]]:
    """Every look at a contact until its score has drifted: when, what is seen, and what was just before."""
    ann, model = contact({"pricing": [DAY], "docs": [DAY]}), scoring(rules, min=-100)
    seen = [(NOW, first := glance(model, ann, NOW, drift), first)]
    while seen[-1][1].wake and abs(seen[-1][1].tenths - first.tenths) <= drift and len(seen) < 100:
        wake = seen[-1][1].wake
        seen.append((wake, glance(model, ann, wake, drift), glance(model, ann, wake - 1, drift)))
    return seen


@MOVING
def test_a_look_is_never_too_late(rules: list[AnyRule], drift: int) -> None:
    seen = looks(rules, drift)
    late = [
        (at, before)
        for (_, last, _), (at, _, before) in pairwise(seen)
        if abs(before.tenths - last.tenths) > drift or before.band != last.band
    ]
    assert late == []


@MOVING
def test_looks_are_few(rules: list[AnyRule], drift: int) -> None:
    assert len(looks(rules, drift)) <= 20


def test_a_score_that_stands_still_needs_no_look() -> None:
    assert glance(scoring([PRICING, DOCS]), contact({"pricing": [DAY]}), NOW, 0).wake is None
