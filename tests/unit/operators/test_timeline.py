"""When what is known of a subject changes, and which band the past left it in."""

import pytest

from config.model import AnyRule, Condition, Exclusion, Fit, Inactivity, Points, Returned, Span
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


PRO = (Condition(path="plan", eq="pro"),)
STAYS = Points(name="stays", signal="pricing", points=22, limit=1)
COOLS = Points(name="cools", signal="security", points=1, half_life=Span(1_000))


@pytest.mark.parametrize(
    ("rules", "said_at", "expected"),
    [
        ([STAYS, Fit(name="fit", words="-", points=10, where=PRO)], 3 * HOUR, "medium"),
        ([STAYS, Fit(name="fit", words="-", points=10, where=PRO, max_age=Span(5 * HOUR))], 12 * HOUR, "medium"),
        ([STAYS, COOLS], 3 * HOUR, "low"),
    ],
)
def test_looking_back_over_many_changes_sees_who_somebody_was(
    rules: list[AnyRule], said_at: int, expected: str
) -> None:
    """One who was of the right kind until another source said otherwise, or for as long as that was said to count."""
    ann = contact({"docs": [HOUR, 2 * HOUR, 40 * HOUR], "security": [2 * HOUR]}, {"plan": (NOW - 10 * HOUR, "pro")})
    ann.sources["u:1"] = facts({"pricing": [8 * HOUR]}, {"plan": (NOW - said_at, "free")})
    line = scoring(rules).timeline(ann)
    assert (220, expected) == (
        line.stretch(NOW).score(NOW),
        line.card.bands.names[line.band(line.stretch(NOW), NOW, 220)],
    )


@pytest.mark.parametrize(("touches", "tiles", "all_"), [(6, 9, False), (3, 9, True), (3, 64, False)])
def test_what_is_too_much_may_be_left_out(touches: int, tiles: int, all_: bool) -> None:
    ann = contact({"pricing": range(0, touches, 2)})
    ann.sources["a:1"] = facts({"pricing": range(1, touches, 2)})
    for tile in range(tiles):
        ann.sources["a:1"].ledger.record(make_touch(NOW - tile * HOUR, b"page"), [], KEEP)
    line = timeline(ann)
    assert all_ == line.card.leaves_nothing_out(line.stretch(NOW).seen)


def test_looking_back_sees_visits_whose_beginning_is_left_out_by_now() -> None:
    """Somebody came back once, and then two of their browsers stayed for longer than is remembered."""
    rules: list[AnyRule] = [STAYS, Returned(name="return", within=Span(DAY), points=10)]
    ann = contact({"pricing": [66 * HOUR]})
    ann.sources.update({"a:0": facts({}), "a:1": facts({})})
    for half_hours in (128, *range(124)):
        page = make_touch(NOW - half_hours * HOUR // 2, b"page")
        ann.sources[f"a:{half_hours % 2}"].ledger.record(page, [], KEEP)
    line = scoring(rules).timeline(ann)
    assert line.card.bands.names[line.band(line.stretch(NOW), NOW, 220)] == "medium"
