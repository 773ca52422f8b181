"""What one model made of the past, in figures."""

from flows.replay.course import Stand, Tally
from flows.replay.report import Capacity
from flows.replay.sides import shown
from tests.unit.flows.replay.conftest import Evaluate
from tests.unit.flows.replay.days import hot, midnight, on

NONE = Tally((), (), 0)
YEARS = 5 * 366 * 86_400_000


def stands(*days: tuple[int, int]) -> list[Stand]:
    """(moment, events) of each step."""
    return [Stand(at, events, NONE, NONE) for at, events in days]


def test_a_broken_clock_is_not_where_the_past_begins() -> None:
    found = stands((midnight(1) - YEARS, 1), (midnight(1), 99), (midnight(2), 99))
    assert shown(found) == found[1:]


def test_a_log_that_rests_for_years_begins_at_its_beginning() -> None:
    found = stands((midnight(1) - YEARS, 50), (midnight(1), 50))
    assert shown(found) == found


def test_contacts_that_become_high_are_counted_on_their_day(evaluate: Evaluate) -> None:
    lines = [on(1, "docs_viewed", email="ann@acme.com"), *hot(3, "ann@acme.com"), *hot(3, "bob@acme.com")]
    lines += [*hot(3, "cid@beta.io"), on(4, "docs_viewed", email="ann@acme.com")]
    assert evaluate(lines).report([]).proposed.capacity == Capacity(
        reps=2, capacity=1.0, per_day=0.75, per_rep=0.375, peak=3, peak_day="2025-06-03", days_over=1, days=4
    )


def test_bands_are_counted_at_the_end_of_every_day_quiet_ones_too(evaluate: Evaluate) -> None:
    lines = [*hot(1, "ann@acme.com"), on(4, "docs_viewed", email="bob@acme.com")]
    days = evaluate(lines).report([]).proposed.contacts.days
    assert [(day.day, day.sizes) for day in days] == [
        ("2025-06-01", (0, 0, 1)), ("2025-06-02", (0, 0, 1)), ("2025-06-03", (0, 0, 1)), ("2025-06-04", (1, 0, 1)),
    ]  # fmt: skip


def test_a_write_is_counted_when_the_crm_would_be_told(evaluate: Evaluate) -> None:
    """Not for one more page of the documentation: that is within the drift that nobody is told of."""
    lines = [*hot(1, "ann@acme.com"), on(2, "docs_viewed", email="ann@acme.com"), *hot(3, "bob@acme.com")]
    days = evaluate(lines).report([]).proposed.contacts.days
    assert [day.writes for day in days] == [1, 0, 1]
