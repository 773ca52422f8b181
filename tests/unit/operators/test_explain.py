"""Reasons, and the sentence a salesperson reads."""

import pytest

from config.model import AnyRule, Condition, Exclusion, Fit, Frequency, Points, Returned
from operators.explain import why
from state.subject import Subject
from tests.unit.operators.score_case import DAY, HOUR, NOW, WEEK, account, contact, score

PRICING = Points(name="pricing", signal="pricing", points=30)
SECURITY = Points(name="security", signal="security", points=20)
DOCS = Points(name="docs", signal="docs", points=1)
RETURN = Returned(name="return", words="came back within a week", within=WEEK, points=12, limit=1)
STUDENT = Fit(name="student", words="is a student", where=(Condition(path="plan", eq="free"),), points=-50)
PERSONAL = Fit(name="personal", words="has a personal address", where=(Condition(path="plan", eq="free"),), points=-5)
CUSTOMER = Exclusion(name="out", words="is a customer", where=(Condition(path="plan", eq="free"),))

ANN = contact({"pricing": [HOUR, DAY], "security": [HOUR], "docs": [1, 2, 3]}, {"plan": (NOW, "free")})


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (
            [DOCS, RETURN, SECURITY, PRICING],
            "High (95): viewed pricing twice, read about security and came back within a week.",
        ),
        ([DOCS], "Low (3): read the documentation 3 times."),
        ([], "Low (0): nothing that counts so far."),
        ([SECURITY, PERSONAL], "Low (15): read about security, but has a personal address."),
        ([PERSONAL, STUDENT, DOCS], "Low (0): read the documentation 3 times, but is a student."),
        ([STUDENT], "Low (0): is a student."),
        ([PRICING, PERSONAL], "High (55): viewed pricing twice."),
        ([DOCS, RETURN, Points(name="p", signal="pricing", points=0.1), STUDENT],
         "Low (0): came back within a week, read the documentation 3 times and viewed pricing twice."),
        ([PRICING, CUSTOMER], "Low (0): is a customer."),
        ([Frequency(name="f", signal="docs", at_least=3, window=WEEK, points=4)],
         "Low (4): read the documentation 3 times within a week."),
    ],
)  # fmt: skip
def test_a_sentence_says_the_band_the_score_and_why(rules: list[AnyRule], expected: str) -> None:
    assert expected == why(score(rules, ANN))


def test_of_equal_reasons_the_first_of_the_model_comes_first() -> None:
    equal = [Points(name=name, words=name, signal="pricing", points=5, limit=1) for name in ("b", "a")]
    assert score(equal, ANN).reasons == ("b", "a")


def test_an_account_counts_its_people_but_no_visitors() -> None:
    acme = account(
        {
            "e:ann@acme.com": {"pricing": [1, 2], "security": [1]},
            "e:bob@acme.com": {"pricing": [3]},
            "a:1": {"security": [1]},
        }
    )
    assert score([PRICING, SECURITY], acme).reasons == ("2 people viewed pricing 3 times", "read about security twice")


def test_a_count_is_of_what_counts() -> None:
    rule = Points(name="p", signal="docs", points=1, limit=2, window=WEEK)
    assert score([rule], contact({"docs": [1, 2, 3]})).reasons == ("read the documentation twice",)


def test_a_line_names_the_touches_that_count() -> None:
    weekly = Points(name="p", signal="pricing", points=1, window=WEEK)
    ann = contact({"pricing": [1, 9 * DAY]})
    (line,) = score([weekly], ann).lines
    assert line.touches == tuple(ann.sources[ann.id].ledger.touches["pricing"][1:])


def test_a_rule_that_comes_to_nothing_has_no_line() -> None:
    assert score([PRICING], Subject("e:ann@acme.com")).lines == ()
