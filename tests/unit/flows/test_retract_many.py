"""Verdicts on many at once: whole companies, and what kinds of user agents did."""

from collections.abc import Callable

from flows.correct import verdict_of
from flows.find import find
from flows.picture import picture
from flows.reading import Reading
from flows.retracted import Retracted, retracted
from flows.show_json import shown
from flows.statement_log import Statement
from tests.unit.flows.conftest import NOON, Happen
from tests.unit.flows.test_correct import ANN, OLD, told


def test_a_company_can_be_retracted_before_anybody_of_it_came(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    say(verdict_of(reading, ["acme.com"], NOON, "", counts=False))
    happen(ANN, OLD)
    assert told(reading) == {}


def test_a_verdict_on_a_company_is_one_statement(happen: Happen, reading: Reading) -> None:
    happen(ANN, OLD)
    said = verdict_of(reading, ["acme.com"], NOON, "", counts=False)
    assert [one.properties["source"] for one in said] == ["domain:acme.com"]


def test_whoever_names_a_retracted_company_now_counts_nowhere(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    say(verdict_of(reading, ["domain:ourselves.com"], NOON, "", counts=False))
    tester = b'"userId":"qa1","email":"qa.tester@gmail.com","accountDomain":"ourselves.com"'
    happen(b'{"event":"pricing_viewed",%s,"timestamp":"2025-06-11T09:00:00Z"}' % tester, ANN)
    assert told(reading) == {"d:acme.com": ["e:ann@acme.com"], "e:ann@acme.com": ["a:anon_1"]}


def test_show_tells_what_does_not_count_of_somebody_whose_company_was_retracted(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    say(verdict_of(reading, ["acme.com"], NOON, "", counts=False))
    found = [find(reading, key) for key in ("ann@acme.com", "visitor:anon_2")]
    receipts = [shown(subject, reading.score(subject, NOON), NOON) for subject in found]
    assert [(one.key, one.score, one.withheld) for one in receipts] == [
        ("ann@acme.com", 0.0, 1),
        ("old@acme.com", 0.0, 1),
    ]


def test_the_report_says_what_was_taken_back_with_a_company(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD, b'{"event":"docs_viewed","anonymousId":"a9","accountDomain":"acme.com","timestamp":"2025-06-11"}')
    say(verdict_of(reading, ["acme.com"], NOON, "", counts=False))
    assert retracted(reading) == [
        Retracted(
            id="acme.com",
            type="domain",
            since="2025-06-12T12:00:00Z",
            touches={"docs_viewed": 1, "pricing_viewed": 2},
            contacts=["ann@acme.com", "old@acme.com"],
            accounts=["acme.com"],
        )
    ]


PRICE_BOT = b'"userAgent":"Mozilla/5.0 (compatible; PriceWatch/2.1)"'
BOT = b'{"event":"pricing_viewed","anonymousId":"anon_1",%s,"timestamp":"2025-06-10T09:00:00Z"}' % PRICE_BOT


def test_a_verdict_on_a_kind_of_user_agent_takes_back_its_touches_and_leaves_those_of_others(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN)
    before = reading.subject("e:ann@acme.com")
    happen(BOT)
    say(verdict_of(reading, ["agent:pricewatch-2"], NOON, "", counts=False))
    happen(BOT.replace(b"T09", b"T10"))
    after = reading.subject("e:ann@acme.com")
    assert before
    assert after
    assert dict(before.sources) == dict(after.sources)


def test_the_report_says_what_was_taken_back_of_a_kind_of_user_agent(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, BOT)
    say(verdict_of(reading, ["agent:Mozilla/5.0 (compatible; PriceWatch/2.1)"], NOON, "", counts=False))
    (one,) = retracted(reading)
    assert (one.type, one.id, one.touches, one.contacts, one.accounts) == (
        "agent",
        "pricewatch-2",
        {"pricing_viewed": 1},
        ["ann@acme.com"],
        ["acme.com"],
    )


def test_a_picture_tells_which_verdicts_take_something_away(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, BOT)
    say(verdict_of(reading, ["acme.com", "agent:pricewatch-2", "domain:globex.com"], NOON, "", counts=False))
    subject = reading.subject("e:ann@acme.com")
    assert subject
    assert picture(reading, subject).retracted == ["agent:pricewatch-2", "domain:acme.com"]


def test_a_picture_tells_which_user_agents_an_identifier_showed(happen: Happen, reading: Reading) -> None:
    happen(ANN, BOT)
    subject = reading.subject("e:ann@acme.com")
    assert subject
    assert [(one.id, one.touches, one.agents) for one in picture(reading, subject).identifiers] == [
        ("ann@acme.com", 0, []),
        ("anon_1", 2, ["pricewatch-2"]),
    ]
