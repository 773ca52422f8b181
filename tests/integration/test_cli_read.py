"""`show` and `top`: what they print, for people and for machines, and how they end."""

from pathlib import Path

import pytest

from config.settings import Settings
from flows.release import release
from flows.stores import connection
from tests.commands import SIMPLE
from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Score

NOON = "2025-06-12T12:00:00Z"
ANN, BOB, CAROL = "ann@acme.com", "bob@globex.com", "carol@acme.com"
LINES = [
    event("pricing_viewed", "06:00:00", anonymousId="a1", userId="u1"),
    event("pricing_viewed", "07:00:00", anonymousId="a1", userId="u1"),
    event("form_submitted", "08:00:00", anonymousId="a1", userId="u1", email=ANN, traits={"seniority": "vp"}),
    event("docs_viewed", "09:00:00", email=BOB, contactId="c2"),
    *(event("pricing_viewed", f"10:0{minute}:00", email=CAROL) for minute in range(4)),
    event("docs_viewed", "11:00:00", anonymousId="a9"),
]


@pytest.fixture
def log(tmp_path: Path, score: Score) -> Path:
    """A log that has been scored."""
    path = write_log(tmp_path / "events.jsonl", LINES)
    score(path)
    return path


@pytest.fixture
def ask(log: Path, leadstream: Leadstream) -> Leadstream:
    """Asks about noon of that day."""
    return lambda *arguments: leadstream(*arguments, "--at", NOON)


def test_show_prints_a_receipt_for_machines(ask: Leadstream) -> None:
    assert ask("show", ANN, "--json").json == {
        "key": ANN,
        "key_type": "email",
        "kind": "contact",
        "at": NOON,
        "score": 27.0,
        "band": "medium",
        "behaviour": 20.0,
        "fit": 7.0,
        "excluded": "",
        "reasons": ["viewed pricing twice", "can decide on a purchase"],
        "last_intent": "viewed pricing",
        "last_intent_at": "2025-06-12T07:00:00Z",
        "lines": [
            {
                "rule": "pricing",
                "points": 20.0,
                "group": "evaluation",
                "touches": ["2025-06-12T06:00:00Z", "2025-06-12T07:00:00Z"],
                "words": "viewed pricing twice",
            },
            {
                "rule": "decision maker",
                "points": 7.0,
                "group": "fit",
                "touches": [],
                "words": "can decide on a purchase",
            },
        ],
        "sources": [
            {"id": "a1", "type": "anonymous", "touches": {"pricing_viewed": 2}, "last_at": "2025-06-12T08:00:00Z"},
            {"id": ANN, "type": "email", "touches": {}, "last_at": None},
        ],
        "next_change": None,
    }


@pytest.mark.parametrize("key", [ANN, BOB, CAROL, "acme.com", "globex.com"])
def test_the_lines_sum_to_the_score(key: str, ask: Leadstream) -> None:
    receipt = ask("show", key, "--json").json
    assert round(sum(line["points"] for line in receipt["lines"]), 1) == receipt["score"]


@pytest.mark.parametrize("key", ["Ann@ACME.com", "email:ann@acme.com", "user:u1", "u1", "visitor:a1", "a1"])
def test_a_contact_is_found_by_any_of_its_ids(key: str, ask: Leadstream) -> None:
    assert ask("show", key, "--json").json["key"] == ANN


@pytest.mark.parametrize("key", ["globex.com", "www.globex.com", "account:globex.com"])
def test_an_account_is_found_by_its_domain(key: str, ask: Leadstream) -> None:
    found = ask("show", key, "--json").json
    assert (found["key"], found["kind"], found["score"]) == ("globex.com", "account", 1.0)


def test_at_an_earlier_time_what_came_later_does_not_count(log: Path, leadstream: Leadstream) -> None:
    assert leadstream("show", ANN, "--json", "--at", "2025-06-12T06:30:00Z").json["score"] == 10.0


def test_the_start_of_time_is_a_time(log: Path, leadstream: Leadstream) -> None:
    assert leadstream("show", ANN, "--json", "--at", "1970-01-01").json["at"] == "1970-01-01T00:00:00Z"


def test_the_raw_events_of_a_contact_are_those_of_all_its_ids(ask: Leadstream, log: Path) -> None:
    events = ask("show", ANN, "--json", "--log", log).json["events"]
    assert [(each["at"][11:16], each["event"], each["source"], each["signals"]) for each in events] == [
        ("06:00", "pricing_viewed", "a1", ["pricing_viewed"]),
        ("07:00", "pricing_viewed", "a1", ["pricing_viewed"]),
        ("08:00", "form_submitted", "a1", []),
    ]


def test_raw_events_are_the_lines_of_the_log(ask: Leadstream, log: Path) -> None:
    events = ask("show", BOB, "--json", "--log", log).json["events"]
    assert [each["line"].encode() for each in events] == [LINES[3]]


def test_without_a_log_there_are_no_events(ask: Leadstream) -> None:
    assert "events" not in ask("show", BOB, "--json").json


def test_an_accounts_raw_events_are_those_of_its_people(ask: Leadstream, log: Path) -> None:
    events = ask("show", "acme.com", "--json", "--log", log).json["events"]
    assert [each["event"] for each in events] == ["pricing_viewed"] * 2 + ["form_submitted"] + ["pricing_viewed"] * 4


def test_on_a_shared_computer_a_contacts_raw_events_are_those_of_its_own_time(
    tmp_path: Path, score: Score, leadstream: Leadstream
) -> None:
    clocks = {"08:00:00": "x@acme.com", "09:00:00": None, "10:00:00": "y@acme.com", "11:00:00": None}
    shared = [event(f"at {clock[:2]}", clock, anonymousId="a5", email=email) for clock, email in clocks.items()]
    log = write_log(tmp_path / "shared.jsonl", shared)
    score(log)
    named = [leadstream("show", key, "--json", "--log", log).json["events"] for key in ("x@acme.com", "y@acme.com")]
    assert [[each["event"] for each in events] for events in named] == [["at 08", "at 09"], ["at 10", "at 11"]]


def test_show_prints_a_receipt_for_people(ask: Leadstream, log: Path) -> None:
    shown = ask("show", ANN, "--log", log).out
    wanted = [ANN, "27 medium", "+20.0", "viewed pricing twice", "+7.0", "stays medium", "2025-06-12 07:00", "a1"]
    assert [text for text in wanted if text not in shown] == []


@pytest.mark.parametrize("key", ["nobody@nowhere.com", "nowhere.com", "user:nobody", "", "user:", "visitor:undefined"])
def test_a_key_that_nothing_is_known_under_is_nothing_found(key: str, ask: Leadstream) -> None:
    ended = ask("show", key, "--json")
    assert (ended.code, ended.out, ended.err.count("\n"), "nothing is known" in ended.err) == (3, "", 1, True)


def test_a_key_that_is_no_unicode_is_nothing_found(ask: Leadstream) -> None:
    assert ask("show", "ann\udcff@acme.com").code == 3


def test_a_visitor_that_nobody_is_known_for_is_nothing_found_and_says_what_was_seen(ask: Leadstream) -> None:
    ended = ask("show", "visitor:a9")
    assert (ended.code, "nobody is known for (docs_viewed 1)" in ended.err) == (3, True)


def test_top_lists_key_score_and_band_the_hottest_first(ask: Leadstream) -> None:
    found = ask("top", "--json").json
    assert [(each["key"], each["score"], each["band"]) for each in found] == [
        (CAROL, 40.0, "high"),
        (ANN, 27.0, "medium"),
        (BOB, 2.0, "low"),
    ]


def test_top_lists_accounts(ask: Leadstream) -> None:
    found = ask("top", "--accounts", "--json").json
    assert [(each["key"], each["score"]) for each in found] == [("acme.com", 30.0), ("globex.com", 1.0)]


def test_top_lists_one_band(ask: Leadstream) -> None:
    assert [each["key"] for each in ask("top", "--band", "medium", "--json").json] == [ANN]


def test_top_lists_so_many(ask: Leadstream) -> None:
    assert [each["key"] for each in ask("top", "--limit", "1", "--json").json] == [CAROL]


def test_top_passes_over_an_id_that_became_somebody_else(tmp_path: Path, score: Score, leadstream: Leadstream) -> None:
    score(write_log(tmp_path / "a.jsonl", [event("pricing_viewed", contactId="c1")]))
    score(write_log(tmp_path / "b.jsonl", [event("x", contactId="c1", email=ANN)]))
    assert [each["key"] for each in leadstream("top", "--json").json] == [ANN]


def test_top_prints_a_call_list_for_people(ask: Leadstream) -> None:
    shown = ask("top").out
    wanted = [CAROL, "40", "high", "viewed pricing", "2025-06-12 10:03"]
    assert [text for text in wanted if text not in shown] == []


@pytest.fixture
def begun(settings: Settings) -> None:
    """A flow was here, and had read nothing yet."""
    with connection(settings):
        pass


@pytest.mark.usefixtures("begun")
def test_nobody_yet_is_an_empty_list(leadstream: Leadstream) -> None:
    ended = leadstream("top", "--json")
    assert (ended.code, ended.json) == (0, [])


@pytest.mark.usefixtures("begun")
def test_nobody_yet_says_what_to_do(leadstream: Leadstream) -> None:
    assert "leadstream score LOG" in leadstream("top").out


def test_a_namespace_that_no_flow_has_begun_is_most_likely_misspelt(leadstream: Leadstream) -> None:
    ended = leadstream("top")
    assert (ended.code, "name another --namespace" in ended.err) == (2, True)


def test_another_model_applies_to_live_state_at_once(ask: Leadstream, tmp_path: Path) -> None:
    heavier = tmp_path / "heavier.toml"
    heavier.write_text(SIMPLE.read_text().replace("points = 10", "points = 11"))
    assert ask("show", CAROL, "--json", "--model", heavier).json["score"] == 44.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", ANN, "--at", "yesterday"], "--at yesterday: give a time in ISO 8601"),
        (["show", ANN, "--at", "9999-12-31T23:59:59-12:00"], "give a time in ISO 8601"),
        (["top", "--band", "hot"], "--band hot: this model's bands are low, medium, high"),
        (["show", ANN, "--log", "missing.jsonl"], "missing.jsonl cannot be read (No such file or directory)"),
        (["show", ANN, "--model", "missing.toml"], "missing.toml"),
        (["show", ANN, "--redis", "", "--data", "missing"], "there is no data folder missing"),
        (["show", ANN, "--redis", "redis://127.0.0.1:1/0"], "Connection refused"),
        (["top", "--redis", "localhost"], "the Redis URL cannot be read"),
    ],
)
def test_what_has_to_be_changed_is_one_line_and_code_2(
    arguments: list[str], said: str, log: Path, leadstream: Leadstream
) -> None:
    ended = leadstream(*arguments)
    assert (ended.code, ended.out, said in ended.err, ended.err.count("\n")) == (2, "", True, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["show"],
        ["top", "--limit", "0"],
        ["top", "--nope"],
        ["show", ANN, "--namespace", "a{b}"],
        ["score", "x", "--speed", "inf"],
        ["deliver", "--hubspot-token", "t", "--hubspot-url", "localhost"],
    ],
    ids=" ".join,
)
def test_a_command_that_cannot_be_read_is_code_2(arguments: list[str], leadstream: Leadstream) -> None:
    assert leadstream(*arguments).code == 2


def test_reading_where_there_is_no_data_makes_none(leadstream: Leadstream, tmp_path: Path) -> None:
    leadstream("top", "--redis", "", "--data", tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


def test_a_call_list_of_people_who_have_long_been_quiet_hints_at_their_time(log: Path, leadstream: Leadstream) -> None:
    ended = leadstream("top")
    assert (ended.code, ended.err.count("\n"), "leadstream top --at 2025-06-12T10:03:00Z" in ended.err) == (0, 1, True)


@pytest.mark.parametrize("arguments", [("--json",), ("--at", "2025-12-12")])
def test_who_asks_for_a_time_or_is_a_machine_gets_no_hint(
    log: Path, leadstream: Leadstream, arguments: tuple[str, ...]
) -> None:
    assert leadstream("top", *arguments).err == ""


def test_a_log_that_is_scored_as_of_its_own_time_needs_no_hint(
    tmp_path: Path, score: Score, leadstream: Leadstream
) -> None:
    score(write_log(tmp_path / "events.jsonl", LINES), log_time=True)
    assert leadstream("top").err == ""


@pytest.mark.parametrize(("arguments", "hints"), [((), True), (("--log-time",), False)])
def test_scoring_an_old_log_as_of_now_hints_at_its_time(
    tmp_path: Path, leadstream: Leadstream, arguments: tuple[str, ...], hints: bool
) -> None:
    ended = leadstream("score", write_log(tmp_path / "events.jsonl", LINES), "--until-end", *arguments)
    assert ("leadstream top --at 2025-06-12T11:00:00Z" in ended.err) == hints


def test_the_version_is_told(leadstream: Leadstream) -> None:
    ended = leadstream("--version")
    assert (ended.code, ended.out) == (0, f"leadstream {release()}\n")
