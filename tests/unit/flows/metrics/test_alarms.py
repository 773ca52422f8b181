"""What of all that is counted is said, and how often."""

import pytest

from flows.metrics.alarms import Alarms
from flows.metrics.catalogue import DEAD, ERRORS, RECEIVED, RECORDS, RESERVED
from state.measures import Sample


class Watched:
    """A flow's samples and a clock, as a test wants them."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.samples: list[Sample] = []
        self.alarms = Alarms(lambda: self.samples, lambda: self.now)

    def lines(self, seconds: float, received: int, dead: int) -> list[str]:
        """The events said when so many lines have come, `seconds` later."""
        bad, worse = dead // 2, dead - dead // 2
        return self.later(seconds, RECEIVED.of(received), DEAD.of(bad, "malformed"), DEAD.of(worse, "bad_time"))

    def later(self, seconds: float, *samples: Sample) -> list[str]:
        self.now += seconds
        self.samples = list(samples)
        return [notice.event for notice in self.alarms.look()]

    def refused(self, seconds: float, times: int) -> list[str]:
        return self.later(seconds, RECORDS.of(times, "hubspot", "refused"), RECORDS.of(99, "hubspot", "written"))


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_few_dead_letters_are_not_worth_a_line(watched: Watched) -> None:
    assert watched.lines(5, 1_000, 50) == []


def test_many_dead_letters_are_said_once(watched: Watched) -> None:
    assert (watched.lines(5, 1_000, 51), watched.lines(5, 2_000, 110)) == (["dead_letters"], [])


def test_it_is_said_how_many_they_are(watched: Watched) -> None:
    watched.now += 5
    watched.samples = [RECEIVED.of(1_000), DEAD.of(100, "malformed")]
    (notice,) = watched.alarms.look()
    assert (notice.text, notice.facts) == (
        "10% of the last 1,000 lines cannot be used; dead-letters.jsonl has them, and why",
        {"share": 0.1},
    )


def test_of_few_lines_a_share_says_nothing(watched: Watched) -> None:
    assert watched.lines(5, 99, 99) == []


def test_it_is_said_when_lines_can_be_used_again(watched: Watched) -> None:
    watched.lines(5, 1_000, 100)
    assert (watched.lines(30, 2_000, 100), watched.lines(60, 9_000, 110)) == ([], ["dead_letters_over"])


def test_what_is_long_ago_does_not_count(watched: Watched) -> None:
    watched.lines(5, 1_000_000, 0)
    watched.lines(61, 1_000_000, 0)
    assert watched.lines(5, 1_000_200, 100) == ["dead_letters"]


def test_records_that_are_refused_are_said_once_a_minute(watched: Watched) -> None:
    said = [watched.refused(5, 3), watched.refused(5, 4), watched.refused(60, 4), watched.refused(60, 4)]
    assert said == [["crm_refused"], [], ["crm_refused"], []]


@pytest.mark.parametrize(
    ("trouble", "event"),
    [
        ("daily_limit", ["crm_quota_spent"]),
        ("unreachable", ["crm_failing"]),
        ("unavailable", ["crm_failing"]),
        ("token", ["crm_token"]),
        ("limit", []),
        ("refused", []),
    ],
)
def test_a_crms_trouble_is_said_if_somebody_has_to_know(watched: Watched, trouble: str, event: list[str]) -> None:
    assert watched.later(5, ERRORS.of(2, "hubspot", trouble)) == event


def test_that_the_last_calls_are_kept_is_said_again_the_next_day(watched: Watched) -> None:
    hour = 3_600
    said = [watched.later(seconds, RESERVED.of(on)) for seconds, on in ((5, 1), (5, 1), (hour, 0), (23 * hour, 1))]
    assert said == [["crm_reserved"], [], [], ["crm_reserved"]]


def test_it_looks_once_a_second_at_most(watched: Watched) -> None:
    watched.refused(5, 0)
    assert (watched.refused(0.5, 9), watched.refused(0.6, 9)) == ([], ["crm_refused"])
