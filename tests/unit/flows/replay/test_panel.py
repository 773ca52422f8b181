"""Outcomes judge scores by what was known before: nothing of the future may be in a row."""

from flows.replay.panel import Row
from tests.unit.flows.replay.conftest import Evaluate
from tests.unit.flows.replay.days import hot, midnight, on

ANN, BOB = "e:ann@acme.com", "e:bob@acme.com"
BEGIN = [on(1, "docs_viewed", email="ann@acme.com"), on(1, "docs_viewed", email="bob@acme.com")]
QUIET = [on(day, "other", email="cid@beta.io") for day in range(2, 29)]
OUTCOMES = {ANN: midnight(12), BOB: None}


def rows(evaluate: Evaluate, lines: list[bytes], until: int | None = None) -> list[Row]:
    found = evaluate(lines, outcomes=OUTCOMES, until=until)._panel
    assert found is not None
    return found.rows


def test_leads_are_judged_weekly_until_they_convert(evaluate: Evaluate) -> None:
    judged = [(row.lead, row.at, row.converts) for row in rows(evaluate, BEGIN + QUIET)]
    assert judged == [
        (0, midnight(2), True),
        (1, midnight(2), False),
        (0, midnight(9), True),
        (1, midnight(9), False),
        (1, midnight(16), False),
        (1, midnight(23), False),
    ]


def test_what_was_planted_after_the_outcome_is_in_no_row(evaluate: Evaluate) -> None:
    planted = hot(12, "ann@acme.com")
    assert rows(evaluate, BEGIN + QUIET + planted) == rows(evaluate, BEGIN + QUIET)


def test_a_visit_that_is_linked_only_later_is_in_no_row_before(evaluate: Evaluate) -> None:
    """The visit lies before the review day, but nobody could know whose it was."""
    visit = [on(3, "pricing_viewed", anonymousId="a1", messageId=f"m{n}") for n in range(4)]
    form = [on(10, "form_submitted", anonymousId="a1", email="bob@acme.com")]
    scores = [row.tenths[0] for row in rows(evaluate, BEGIN + QUIET + visit + form) if row.lead == 1]
    assert scores == [20, 20, 420, 420]


def test_rows_are_those_of_a_log_that_ends_then(evaluate: Evaluate) -> None:
    lines = BEGIN + QUIET + hot(5, "bob@acme.com") + hot(10, "ann@acme.com") + hot(20, "bob@acme.com")
    whole = [row for row in rows(evaluate, lines) if row.at <= midnight(16)]
    assert whole == rows(evaluate, lines, until=midnight(16) - 1)


def test_rows_whose_horizon_is_not_over_are_left_out(evaluate: Evaluate) -> None:
    panel = evaluate(BEGIN + QUIET, outcomes=OUTCOMES)._panel
    assert panel is not None
    panel.horizon = 7 * 86_400_000
    assert [row.at for row in panel.known_rows(midnight(16) - 1)] == [midnight(2)] * 2 + [midnight(9)] * 2


def test_a_lead_is_found_by_its_crm_id_under_its_e_mail(evaluate: Evaluate) -> None:
    lines = [on(1, "docs_viewed", contactId="c-151", email="ann@acme.com"), *QUIET]
    panel = evaluate(lines, outcomes={"c:c-151": None})._panel
    assert panel is not None
    assert [row.tenths[0] for row in panel.rows] == [20] * 4
