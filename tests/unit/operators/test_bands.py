"""Bands, and the search for the moment a score leaves one."""

import pytest

from config.model import Band
from operators.bands import Bands, Bounds, Room, first_outside, last_outside

BANDS = Bands((Band(name="low"), Band(name="medium", enter=30, leave=20), Band(name="high", enter=60, leave=25)))


@pytest.mark.parametrize(("score", "band"), [(-50, 0), (0, 0), (299, 0), (300, 1), (599, 1), (600, 2), (1000, 2)])
def test_a_band_is_reached_at_its_enter(score: int, band: int) -> None:
    assert band == BANDS.reached(score)


@pytest.mark.parametrize(
    ("score", "bands"), [(199, []), (200, [1]), (250, [2, 1]), (299, [2, 1]), (300, [2]), (600, [])]
)
def test_the_past_decides_between_leave_and_enter(score: int, bands: list[int]) -> None:
    assert bands == BANDS.lingering(score)


def test_a_band_has_room_from_its_leave_to_the_enter_above() -> None:
    assert [BANDS.room(band) for band in range(3)] == [
        Room(float("-inf"), 300.0),
        Room(200.0, 600.0),
        Room(250.0, float("inf")),
    ]


def falling(now: int) -> int:
    return 1000 - now


def staircase(now: int) -> int:
    return 1000 - now // 100 * 100


def bounds_of(score: object, loose: int = 0) -> Bounds:
    """Bounds that are exact for one moment, and otherwise off by `loose`."""

    def bounds(start: int, end: int) -> tuple[int, int]:
        slack = loose if start < end else 0
        return score(end) - slack, score(start) + slack  # type: ignore[operator]  # a falling score

    return bounds


@pytest.mark.parametrize("loose", [0, 70])
@pytest.mark.parametrize(
    ("score", "room", "expected"),
    [
        (falling, Room(0, 2000), None),
        (falling, Room(500, 2000), 501),
        (falling, Room(500, 901), 0),
        (staircase, Room(500, 2000), 600),
        (staircase, Room(1000, 2000), 100),
    ],
)
def test_the_first_moment_outside_is_found(score: object, room: Room, expected: int | None, loose: int) -> None:
    assert expected == first_outside(bounds_of(score, loose), 0, 1000, room)


@pytest.mark.parametrize("loose", [0, 70])
@pytest.mark.parametrize(
    ("score", "room", "expected"),
    [
        (falling, Room(0, 2000), None),
        (falling, Room(0, 500), 500),
        (falling, Room(100, 500), 1000),
        (staircase, Room(0, 500), 599),
        (staircase, Room(-100, 1), 999),
    ],
)
def test_the_last_moment_outside_is_found(score: object, room: Room, expected: int | None, loose: int) -> None:
    assert expected == last_outside(bounds_of(score, loose), 0, 1000, room)


def test_no_time_holds_no_moment() -> None:
    assert first_outside(bounds_of(falling), 5, 4, Room(0, 1)) is None


@pytest.mark.parametrize("at", [0, 1, 499, 500, 999, 1000])
def test_a_spike_of_one_moment_is_found(at: int) -> None:
    def bounds(start: int, end: int) -> tuple[int, int]:
        return 0, 9 if start <= at <= end else 0

    assert [first_outside(bounds, 0, 1000, Room(0, 9)), last_outside(bounds, 0, 1000, Room(0, 9))] == [at, at]
