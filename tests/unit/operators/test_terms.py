"""What occurrences are worth."""

import pytest

from config.model import Fit, Inactivity, Points, Span
from operators.terms import FOREVER, Worth, fading, halving, lasting, starting, worth_of


def worth(at: int, occurrences: list[list[int]], **options: object) -> int:
    return worth_of(Points(name="p", signal="s", points=10, **options)).at(occurrences, at)  # type: ignore[arg-type]  # one of many


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [100, 100, 100]),
        ({"window": Span(1000)}, [100, 100, 0]),
        ({"cliff": Span(1000)}, [100, 100, 0]),
        ({"linear": Span(1000)}, [50, 0, 0]),
        ({"half_life": Span(1000)}, [71, 50, 50]),
        ({"half_life": Span(1000), "window": Span(1000)}, [71, 50, 0]),
        ({"linear": Span(2000), "window": Span(1000)}, [75, 50, 0]),
    ],
)
def test_an_occurrence_ages(options: dict[str, object], expected: list[int]) -> None:
    assert expected == [worth(age, [[0]], **options) for age in (500, 999, 1000)]


@pytest.mark.parametrize(
    ("options", "people", "expected"),
    [
        ({"cap": 15}, [[0, 0]], 150),
        ({"cap": 15}, [[0], [0]], 150),
        ({"cap": 15}, [[0]], 100),
        ({"share": 15}, [[0, 0], [0]], 250),
        ({"share": 15, "cap": 20}, [[0, 0], [0]], 200),
    ],
)
def test_a_cap_bounds_the_whole_and_a_share_one_person(
    options: dict[str, object], people: list[list[int]], expected: int
) -> None:
    assert expected == worth(0, people, **options)


def test_a_cap_on_negative_points_says_how_far_below_0() -> None:
    assert worth_of(Points(name="p", signal="s", points=-10, cap=15)).at([[0, 0]], 0) == -150


def test_only_the_whole_is_rounded() -> None:
    thirds = Worth(0.4)
    assert [thirds.at([[0]], 0), thirds.at([[0, 0]], 0), thirds.at([[0], [0]], 0)] == [0, 1, 1]


def test_many_people_in_any_order_are_worth_the_same() -> None:
    people = [[at] for at in range(0, 700, 7)]
    options = {"half_life": Span(333), "share": 9.9}
    assert worth(1000, people, **options) == worth(1000, people[::-1], **options)


def test_inactivity_starts_at_a_blow_and_stays() -> None:
    silence = worth_of(Inactivity(name="silence", points=-15, after=Span(1000)))
    assert [silence.at([[500]], now) for now in (500, 1499, 1500, 10**12)] == [0, 0, -150, -150]


def test_fit_knows_no_time() -> None:
    assert worth_of(Fit(name="fit", points=5, where=())) == Worth(50.0)


@pytest.mark.parametrize(
    ("decay", "reach", "moves"),
    [
        (lasting, FOREVER, False),
        (lasting, 5, True),
        (halving(5), FOREVER, True),
        (fading(5), 5, True),
        (starting(5), FOREVER, True),
    ],
)
def test_what_time_can_change_is_known(decay: object, reach: int, moves: bool) -> None:
    assert Worth(1.0, decay, reach).moves == moves  # type: ignore[arg-type]  # a decay, whichever
