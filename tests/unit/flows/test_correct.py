"""From what a person wants put right to statements in the log, and what the flow makes of them."""

from collections.abc import Callable

import pytest

from flows.correct import leave_of, merge_of, split_of, unlinks_of, verdict_of
from flows.exits import NotFound, Problem
from flows.picture import picture
from flows.reading import Reading
from flows.retracted import retracted
from flows.statement_log import Statement
from state.memory import MemoryStore
from state.store import Kind
from tests.unit.flows.conftest import NOON, Happen

ANN = b'{"event":"pricing_viewed","anonymousId":"anon_1","email":"ann@acme.com","timestamp":"2025-06-10T08:00:00Z"}'
OLD = b'{"event":"pricing_viewed","anonymousId":"anon_2","email":"old@acme.com","timestamp":"2025-06-11T08:00:00Z"}'
LATER = b'{"event":"docs_viewed","anonymousId":"anon_2","timestamp":"2025-06-12T08:00:00Z"}'

KINDS: tuple[Kind, ...] = ("contact", "account")
Told = dict[str, list[str]]


def told(reading: Reading) -> Told:
    """Contact or account -> its sources."""
    found = [subject for kind in KINDS for subject in reading.subjects(kind)]
    return {subject.id: sorted(subject.sources) for subject in found if subject.sources}


def test_a_merge_gives_one_contact_what_both_had(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    say(merge_of(reading, "old@acme.com", "ann@acme.com", NOON, ""))
    assert told(reading) == {"d:acme.com": ["e:ann@acme.com"], "e:ann@acme.com": ["a:anon_1", "a:anon_2"]}


def test_a_split_gives_both_back_what_was_theirs(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    before = told(reading)
    say(merge_of(reading, "old@acme.com", "ann@acme.com", NOON - 1_000, ""))
    say(split_of(reading, "old@acme.com", "ann@acme.com", NOON, ""))
    assert told(reading) == before


def test_an_unlinked_visitor_never_was_theirs(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD, LATER)
    say(unlinks_of(reading, "visitor:anon_2", NOON, ""))
    assert told(reading) == {"d:acme.com": ["e:ann@acme.com"], "e:ann@acme.com": ["a:anon_1"]}


def test_a_visitor_that_leaves_leaves_its_past(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(OLD)
    say(leave_of(reading, "anon_2", NOON - 86_400_000, ""))
    happen(LATER)
    (contact,) = reading.subjects("contact")
    assert sorted(contact.sources["a:anon_2"].ledger.touches) == ["pricing_viewed"]


def test_a_retracted_contact_is_worth_nothing_anywhere(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    say(verdict_of(reading, ["old@acme.com"], NOON, "", counts=False))
    assert told(reading) == {"d:acme.com": ["e:ann@acme.com"], "e:ann@acme.com": ["a:anon_1"]}


def test_a_retracted_company_takes_all_of_its_people_with_it(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    say(verdict_of(reading, ["acme.com"], NOON, "", counts=False))
    assert told(reading) == {}


def test_a_verdict_that_is_taken_back_brings_everything_back(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    before = told(reading)
    say(verdict_of(reading, ["visitor:anon_2"], NOON - 1_000, "", counts=False))
    say(verdict_of(reading, ["visitor:anon_2"], NOON, "", counts=True))
    assert told(reading) == before


@pytest.mark.parametrize("key", ["old@acme.com", "acme.com", "anon_2"])
def test_what_was_retracted_with_a_contact_or_a_company_comes_back_with_it(
    key: str, happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    before = told(reading)
    say(verdict_of(reading, [key], NOON - 1_000, "", counts=False))
    say(verdict_of(reading, [key], NOON, "", counts=True))
    assert told(reading) == before


def test_a_company_that_events_named_gets_back_what_its_people_did_elsewhere(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    named = b'"accountDomain":"globex.com","email":"ann@acme.com","timestamp":"2025-06-11T09:00:00Z"'
    happen(ANN, b'{"event":"docs_viewed",%s}' % named)
    before = told(reading)
    say(verdict_of(reading, ["globex.com"], NOON - 1_000, "", counts=False))
    say(verdict_of(reading, ["globex.com"], NOON, "", counts=True))
    assert told(reading) == before


def test_a_retracted_contact_takes_its_known_ids_with_it(happen: Happen, reading: Reading) -> None:
    happen(ANN)
    said = verdict_of(reading, ["ann@acme.com"], NOON, "", counts=False)
    assert [one.properties["source"] for one in said] == ["email:ann@acme.com", "visitor:anon_1"]


def test_a_known_id_that_does_not_say_its_kind_stands_for_its_contact(happen: Happen, reading: Reading) -> None:
    happen(b'{"event":"docs_viewed","contactId":"151","email":"ann@acme.com","timestamp":"2025-06-10T08:00:00Z"}')
    said = verdict_of(reading, ["151"], NOON, "", counts=False)
    assert [one.properties["source"] for one in said] == ["email:ann@acme.com", "crm:151"]


def test_a_retracted_visitor_leaves_the_rest_of_its_contact(happen: Happen, reading: Reading) -> None:
    happen(ANN)
    said = verdict_of(reading, ["anon_1"], NOON, "", counts=False)
    assert [one.properties["source"] for one in said] == ["visitor:anon_1"]


def test_ids_of_one_contact_are_not_merged_again(happen: Happen, reading: Reading) -> None:
    happen(b'{"event":"docs_viewed","userId":"42","email":"ann@acme.com","timestamp":"2025-06-10T08:00:00Z"}')
    with pytest.raises(Problem, match=r"one contact already: ann@acme\.com"):
        merge_of(reading, "ann@acme.com", "user:42", NOON, "")


@pytest.mark.parametrize("correct", [unlinks_of, leave_of])
def test_what_is_put_right_comes_after_a_link_by_a_clock_that_is_ahead(
    correct: Callable[..., list[Statement]], happen: Happen, reading: Reading
) -> None:
    happen(ANN)
    (said,) = correct(reading, "anon_1", 0, "")
    assert said.timestamp == "2025-06-10T08:00:00.001Z"


def test_the_report_says_what_was_taken_back_from_whom(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    say(verdict_of(reading, ["visitor:anon_2"], NOON, "a crawler", counts=False))
    (one,) = retracted(reading)
    assert (one.id, one.since, one.touches, one.contacts) == (
        "anon_2",
        "2025-06-12T12:00:00Z",
        {"pricing_viewed": 1},
        ["old@acme.com"],
    )


def test_a_picture_tells_who_is_linked_to_whom_since_when_and_what_was_taken_back(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    say(merge_of(reading, "old@acme.com", "ann@acme.com", NOON - 1_000, ""))
    say(split_of(reading, "old@acme.com", "ann@acme.com", NOON, ""))
    subject = reading.subject("e:ann@acme.com")
    assert subject
    links = [
        (one.id, one.owner, link.to, link.since, link.state)
        for one in picture(reading, subject).identifiers
        for link in one.links
    ]
    assert links == [
        ("old@acme.com", "old@acme.com", "ann@acme.com", "2025-06-12T11:59:59Z", "taken back"),
        ("anon_1", "ann@acme.com", "ann@acme.com", "2025-06-10T08:00:00Z", "holds"),
        ("anon_2", "old@acme.com", "old@acme.com", "2025-06-11T08:00:00Z", "holds"),
    ]


def test_everyone_whom_a_correction_changed_is_told_that_it_was_one(
    happen: Happen, say: Callable[[list[Statement]], None], reading: Reading
) -> None:
    happen(ANN, OLD)
    say(merge_of(reading, "old@acme.com", "ann@acme.com", NOON, ""))
    corrected = {subject.id: subject.corrected >> 20 for kind in KINDS for subject in reading.subjects(kind)}
    assert corrected == dict.fromkeys(("e:old@acme.com", "e:ann@acme.com", "d:acme.com"), NOON)


def test_nobody_is_merged_with_somebody_who_was_erased(happen: Happen, reading: Reading, store: MemoryStore) -> None:
    happen(ANN)
    store.bury(["e:old@acme.com"])
    with pytest.raises(Problem, match="was erased"):
        merge_of(reading, "ann@acme.com", "email:old@acme.com", NOON, "")


def test_the_note_stands_in_the_log(happen: Happen, reading: Reading) -> None:
    happen(ANN)
    (one,) = unlinks_of(reading, "anon_1", NOON, "a colleague's laptop")
    assert one.properties == {
        "source": "visitor:anon_1",
        "target": "email:ann@acme.com",
        "note": "a colleague's laptop",
    }


@pytest.mark.parametrize(
    ("correct", "problem", "words"),
    [
        (lambda reading: unlinks_of(reading, "visitor:nobody", NOON, ""), NotFound, "no identifier 'visitor:nobody'"),
        (lambda reading: unlinks_of(reading, "ann@acme.com", NOON, ""), NotFound, "linked to nobody"),
        (lambda reading: merge_of(reading, "anon_1", "ann@acme.com", NOON, ""), Problem, "is a visitor"),
        (lambda reading: merge_of(reading, "Ann@acme.com", "ann@acme.com", NOON, ""), Problem, "same id already"),
        (lambda reading: merge_of(reading, "email:anne@", "ann@acme.com", NOON, ""), NotFound, "no identifier"),
        (lambda reading: merge_of(reading, "x@acme.com", "ann@acme.com", NOON, ""), NotFound, "write it as email:"),
        (lambda reading: split_of(reading, "anon_1", "email:x@b.io", NOON, ""), Problem, "but to email:ann@acme.com"),
        (lambda reading: verdict_of(reading, ["anon_1"], NOON, "", counts=True), NotFound, "count already"),
        (lambda reading: verdict_of(reading, ["agent:curl"], NOON, "", counts=False), Problem, "no kind of user agent"),
    ],
)
def test_what_cannot_be_put_right_is_refused_in_one_line(
    correct: Callable[[Reading], object], problem: type[Problem], words: str, happen: Happen, reading: Reading
) -> None:
    happen(ANN)
    with pytest.raises(problem, match=words):
        correct(reading)
