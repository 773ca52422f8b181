"""`identity …` and `retract`: what is said in the log, and what scores are once the score flow has read it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from operators.statements import FILE
from tests.commands import Ended
from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Score

ANN, OLD, BOB = "ann@acme.com", "old@acme.com", "bob@globex.com"
LINES = [
    event("pricing_viewed", "08:00:00", messageId="m1", anonymousId="a1"),
    event("form_submitted", "08:05:00", messageId="m2", anonymousId="a1", email=ANN),
    event("pricing_viewed", "09:00:00", messageId="m3", email=OLD),
    event("docs_viewed", "09:05:00", messageId="m4", userId="42", email=OLD),
    event("docs_viewed", "09:10:00", messageId="m5", userId="42"),
    event("pricing_viewed", "10:00:00", messageId="m6", anonymousId="kiosk", email=BOB, userAgent="PriceWatch/2.1"),
    event("pricing_viewed", "11:00:00", messageId="m7", anonymousId="kiosk", email=ANN),
]
BEFORE = {ANN: 20.0, OLD: 14.0, BOB: 10.0, "acme.com": 17.0, "globex.com": 5.0}

Say = Callable[..., Ended]


@pytest.fixture
def scored(tmp_path: Path, score: Score) -> Path:
    """A folder of logs that the score flow has read."""
    log = tmp_path / "events"
    write_log(log / "site.jsonl", LINES)
    score(log)
    return log


@pytest.fixture
def say(scored: Path, leadstream: Leadstream) -> Say:
    """Says something with a command, and has the score flow read it."""

    def run(*arguments: str) -> Ended:
        said = leadstream(*arguments, "--log", scored)
        assert said.code == 0, said.err
        assert leadstream("score", scored, "--until-end").code == 0
        return said

    return run


@pytest.fixture
def scores(leadstream: Leadstream) -> Callable[[], dict[str, float]]:
    """Everybody's score, nobody's being none."""

    def ask() -> dict[str, float]:
        shown = {key: leadstream("show", key, "--json") for key in BEFORE}
        return {key: one.json["score"] if one.code == 0 else 0.0 for key, one in shown.items()}

    return ask


Scores = Callable[[], dict[str, float]]


def test_nothing_was_put_right_yet(scored: Path, scores: Scores) -> None:
    assert scores() == BEFORE


def test_a_merge_gives_one_contact_both_scores_and_its_company_the_same(say: Say, scores: Scores) -> None:
    say("identity", "merge", OLD, "into", ANN)
    assert scores() == {**BEFORE, ANN: 34.0, OLD: 34.0}


def test_a_split_undoes_a_merge_exactly(say: Say, scores: Scores) -> None:
    say("identity", "merge", OLD, "into", ANN)
    say("identity", "split", OLD, "from", ANN)
    assert scores() == BEFORE


def test_an_unlinked_visitor_takes_its_past_from_everybody(say: Say, scores: Scores) -> None:
    say("identity", "unlink", "kiosk")
    assert scores() == {**BEFORE, ANN: 10.0, BOB: 0.0, "acme.com": 12.0, "globex.com": 0.0}


def test_a_visitor_that_leaves_leaves_its_past(say: Say, scores: Scores) -> None:
    say("identity", "unlink", "kiosk", "--from-now")
    assert scores() == BEFORE


def test_a_retracted_visitor_counts_for_nobody(say: Say, scores: Scores) -> None:
    say("retract", "visitor:kiosk", "--note", "the fair's kiosk")
    assert scores() == {**BEFORE, ANN: 10.0, BOB: 0.0, "acme.com": 12.0, "globex.com": 0.0}


@pytest.mark.parametrize("keys", [["visitor:kiosk"], [OLD], ["acme.com"], ["agent:pricewatch-2"], ["a1", "42", BOB]])
def test_what_was_retracted_counts_again_exactly_when_that_is_undone(say: Say, scores: Scores, keys: list[str]) -> None:
    say("retract", *keys)
    assert scores() != BEFORE
    say("retract", *keys, "--undo")
    assert scores() == BEFORE


def test_the_report_names_what_was_retracted_and_from_whom(say: Say, leadstream: Leadstream) -> None:
    say("retract", "visitor:kiosk")
    (one,) = leadstream("retract", "--report", "--json").json
    assert (one["id"], one["touches"], one["contacts"], one["accounts"]) == (
        "kiosk",
        {"pricing_viewed": 2},
        [ANN, BOB],
        ["acme.com", "globex.com"],
    )


def test_show_names_the_event_that_linked_an_identifier(scored: Path, leadstream: Leadstream) -> None:
    assert "said by form_submitted m2" in leadstream("identity", "show", ANN, "--log", scored).out


def test_the_events_behind_links_are_in_the_json_too(scored: Path, leadstream: Leadstream) -> None:
    shown = leadstream("identity", "show", ANN, "--log", scored, "--json").json
    links = [link for one in shown["identifiers"] if one["id"] == "a1" for link in one["links"]]
    assert [shown["said"][touch] for link in links for touch in link["touches"]] == ["form_submitted m2"]


def test_show_tells_of_an_identifier_that_is_nobodys_what_was_taken_back(say: Say, leadstream: Leadstream) -> None:
    say("identity", "unlink", "a1")
    (one,) = leadstream("identity", "show", "visitor:a1", "--json").json["identifiers"]
    assert (one["owner"], [(link["to"], link["state"]) for link in one["links"]]) == ("", [(ANN, "taken back")])


def test_scores_as_of_the_logs_time_stay_as_of_it(scored: Path, leadstream: Leadstream) -> None:
    leadstream("score", scored, "--until-end", "--log-time")
    leadstream("identity", "unlink", "a1", "--log", scored)
    leadstream("score", scored, "--until-end", "--log-time")
    assert leadstream("show", ANN, "--json").json["at"] == "2025-06-12T11:00:00Z"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["identity", "merge", "ann@", "into", BOB], "no identifier 'ann@' is known"),
        (["identity", "merge", "a1", "into", BOB], "a1 is a visitor"),
        (["identity", "merge", OLD, "into", BOB, "--note", "\udcff"], "UTF-8"),
        (["identity", "split", OLD, "from", ANN], "is not linked to email:ann@acme.com, but to nobody"),
        (["retract", "visitor:a1", "visitor:typo"], "no identifier 'visitor:typo' is known"),
        (["retract", "acme.com", "--undo"], "all of these count already"),
    ],
)
def test_what_cannot_be_said_is_refused_in_one_line_and_nothing_is_written(
    scored: Path, leadstream: Leadstream, arguments: list[str], words: str
) -> None:
    refused = leadstream(*arguments, "--log", scored)
    assert (refused.code in {2, 3}, refused.err.count("\n"), words in refused.err) == (True, 1, True)
    assert not (scored / FILE).exists()


def test_a_folder_that_the_score_flow_does_not_read_is_refused(
    scored: Path, leadstream: Leadstream, tmp_path: Path
) -> None:
    write_log(tmp_path / "elsewhere" / "package.json", [b"{}"])
    refused = leadstream("retract", "a1", "--log", tmp_path / "elsewhere")
    assert (refused.code, "the score flow has read nothing of" in refused.err) == (2, True)


@pytest.mark.parametrize("word", [(), ("to",)])
def test_a_merge_says_which_joins_which(scored: Path, leadstream: Leadstream, word: tuple[str, ...]) -> None:
    refused = leadstream("identity", "merge", OLD, *word, ANN, "--log", scored)
    assert (refused.code, "leadstream identity merge A into B" in refused.err) == (2, True)
    assert not (scored / FILE).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("identity", "merge", OLD, "into", ANN), "are one contact already: ann@acme.com"),
        (("identity", "merge", "user:new", "into", "crm:new"), "are one contact already: new"),
        (("identity", "split", "user:42", "from", OLD), "is not linked to email:old@acme.com"),
        (("identity", "unlink", "a1"), "is linked to nobody"),
        (("identity", "unlink", "a1", "--from-now"), "is nobody's already"),
        (("retract", "visitor:kiosk"), "none of these counts already"),
        (("retract", OLD), "none of these counts already"),
        (("retract", "acme.com"), "none of these counts already"),
        (("retract", "agent:pricewatch-2"), "none of these counts already"),
    ],
)
def test_what_was_said_is_not_said_again_though_the_flow_has_not_read_it_yet(
    scored: Path, leadstream: Leadstream, arguments: tuple[str, ...], words: str
) -> None:
    leadstream(*arguments, "--log", scored)
    said = (scored / FILE).read_bytes()
    again = leadstream(*arguments, "--log", scored)
    assert (again.code in {2, 3}, words in again.err, (scored / FILE).read_bytes()) == (True, True, said)


def test_what_was_just_said_can_be_taken_back_and_said_again_at_once(scored: Path, leadstream: Leadstream) -> None:
    merge, split = ("identity", "merge", OLD, "into", ANN), ("identity", "split", OLD, "from", ANN)
    assert [leadstream(*said, "--log", scored).code for said in (merge, split, merge, split)] == [0, 0, 0, 0]


def test_an_id_that_was_never_seen_is_pointed_out(scored: Path, leadstream: Leadstream) -> None:
    said = leadstream("identity", "merge", OLD, "into", "crm:151", "--log", scored)
    assert [line for line in said.err.splitlines() if "in no event yet" in line] == [
        "crm:151 was in no event yet: check how it is written; it holds once an event names it"
    ]


@pytest.mark.parametrize(
    ("retracted", "key", "reasons"),
    [
        ("visitor:kiosk", ANN, ["", "", "visitor:kiosk was retracted"]),
        ("agent:pricewatch-2", BOB, ["agent:pricewatch-2 was retracted"]),
        (f"email:{OLD}", OLD, [f"email:{OLD} was retracted"] * 2 + [""]),
        ("globex.com", BOB, ["domain:globex.com was retracted"]),
    ],
)
def test_raw_events_that_do_not_count_say_why(
    say: Say, scored: Path, leadstream: Leadstream, retracted: str, key: str, reasons: list[str]
) -> None:
    say("retract", retracted)
    events = leadstream("show", key, "--json", "--log", scored).json["events"]
    assert [each.get("discounted", "") for each in events] == reasons


def test_people_see_which_raw_events_do_not_count(say: Say, scored: Path, leadstream: Leadstream) -> None:
    say("retract", "visitor:kiosk")
    shown = leadstream("show", ANN, "--log", scored).out
    assert [
        text for text in ("does not count", "visitor:kiosk was retracted", "not counted 1") if text not in shown
    ] == []


@pytest.mark.parametrize(("said", "ids"), [(OLD, [f"email:{OLD}", "user:42"]), ("visitor:kiosk", [])])
def test_a_receipt_names_what_was_retracted(say: Say, leadstream: Leadstream, said: str, ids: list[str]) -> None:
    say("retract", said)
    shown = leadstream("show", OLD)
    assert leadstream("show", OLD, "--json").json.get("retracted", []) == ids
    assert ("retracted, so that nothing of it counts: email:old@acme.com, user:42" in shown.out) == bool(ids)


def test_a_company_that_was_retracted_is_not_unknown(say: Say, leadstream: Leadstream) -> None:
    say("retract", "acme.com")
    shown = leadstream("show", "acme.com")
    assert (shown.code, "acme.com was retracted" in shown.err) == (3, True)
