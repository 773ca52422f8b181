"""What the demo ends with: some of each band, so that the whole range is seen."""

from flows.demo_view import Entry, across
from flows.show_json import Listed


def entry(key: str, score: float, band: str, intent: str | None = None) -> Entry:
    return Entry(Listed(key, score, band, "contact", (), "", intent), "stays")


def shown(*entries: Entry) -> list[str]:
    return [one.who.key for one in across(entries, ("low", "high"))]


def test_of_a_band_the_hottest_the_middle_and_the_coolest_are_shown() -> None:
    assert shown(*(entry(str(score), score, "high") for score in (60, 70, 80, 90, 100))) == ["100", "80", "60"]


def test_the_highest_band_comes_first() -> None:
    assert shown(entry("cool", 10, "low"), entry("hot", 90, "high")) == ["hot", "cool"]


def test_of_one_score_whoever_showed_intent_last_is_shown() -> None:
    early, late = entry("a", 100, "high", "2026-06-01"), entry("b", 100, "high", "2026-06-02")
    assert shown(late, early, entry("c", 100, "high")) == ["b"]


def test_who_has_no_points_is_not_shown() -> None:
    assert shown(entry("cold", 0, "low")) == []
