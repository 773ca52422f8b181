"""From a log to scores: whom an event counts for, whatever the order, the duplicates, and where it lay."""

import gzip
import itertools
import json
import random
from pathlib import Path

import pytest
import zstandard

from flows import scoring_run
from sources.log_source import LogPartition, Progress
from sources.logs import Logs
from sources.ticks import Ticks
from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Score

NOON = "2025-06-12T12:00:00Z"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def shown(leadstream: Leadstream, key: str) -> dict[str, object]:
    """What `show` says of a key as of noon."""
    found = leadstream("show", key, "--json", "--at", NOON).json
    assert isinstance(found, dict)
    return found


def score_of(leadstream: Leadstream, key: str) -> object:
    return shown(leadstream, key)["score"]


def sources_of(leadstream: Leadstream, key: str) -> dict[str, object]:
    """Source -> its touches per signal, for those that have any."""
    sources = shown(leadstream, key)["sources"]
    assert isinstance(sources, list)
    return {source["id"]: source["touches"] for source in sources if source["touches"]}


def test_an_event_of_a_visitor_counts_for_the_account_it_names(log: Path, score: Score, leadstream: Leadstream) -> None:
    line = (
        b'{"event": "pricing_viewed", "contactId": null, "anonymousId": "anon_123", "accountDomain": "example.com",'
        b' "timestamp": "2025-06-12T08:00:00Z",'
        b' "properties": {"plan": "growth", "source": "organic", "pathname": "/pricing"}}'
    )
    score(write_log(log, [line]))
    assert sources_of(leadstream, "example.com") == {"anon_123": {"pricing_viewed": 1}}


def test_what_a_visitor_did_before_the_form_counts_for_the_contact(
    log: Path, score: Score, leadstream: Leadstream
) -> None:
    before = event("pricing_viewed", "08:00:00", anonymousId="a1")
    form = event("form_submitted", "09:00:00", anonymousId="a1", email="ann@acme.com")
    score(write_log(log, [before, form]))
    assert score_of(leadstream, "ann@acme.com") == 10.0


def test_a_shared_computer_does_not_move_one_persons_past_to_another(
    log: Path, score: Score, leadstream: Leadstream
) -> None:
    lines = [
        event("pricing_viewed", "08:00:00", anonymousId="a1"),
        event("form_submitted", "09:00:00", anonymousId="a1", email="ann@acme.com"),
        event("form_submitted", "10:00:00", anonymousId="a1", email="bob@acme.com"),
        event("docs_viewed", "11:00:00", anonymousId="a1"),
    ]
    score(write_log(log, lines))
    assert (score_of(leadstream, "ann@acme.com"), score_of(leadstream, "bob@acme.com")) == (10.0, 2.0)


def test_a_contacts_touches_count_for_the_account_of_the_e_mails_domain(
    log: Path, score: Score, leadstream: Leadstream
) -> None:
    score(write_log(log, [event("pricing_viewed", email="ann@mail.acme.co.uk")]))
    assert sources_of(leadstream, "acme.co.uk") == {"ann@mail.acme.co.uk": {"pricing_viewed": 1}}


def test_the_same_line_twice_is_one_touch(log: Path, score: Score, leadstream: Leadstream) -> None:
    line = event("pricing_viewed", email="ann@acme.com")
    score(write_log(log, [line, line]))
    assert score_of(leadstream, "ann@acme.com") == 10.0


def test_a_message_id_seen_before_is_no_second_touch(log: Path, score: Score, leadstream: Leadstream) -> None:
    tries = [event("pricing_viewed", messageId="m1", email="ann@acme.com", properties={"try": n}) for n in (1, 2)]
    score(write_log(log, tries))
    assert score_of(leadstream, "ann@acme.com") == 10.0


VP = {"seniority": "vp"}


def story() -> list[bytes]:
    """Two people and a machine they share, e-mails, CRM ids and user ids that meet late, an account that is named."""
    return [
        event("pricing_viewed", "06:00:00", anonymousId="a1"),
        event("docs_viewed", "06:10:00", anonymousId="a1", userId="u1"),
        event("docs_viewed", "06:20:00", anonymousId="a2", userId="u2", accountDomain="globex.com"),
        event("form_submitted", "07:00:00", anonymousId="a1", userId="u1", email="ann@acme.com", traits=VP),
        event("crm_synced", "07:10:00", contactId="c2", userId="u2"),
        event("crm_synced", "07:20:00", contactId="c2", email="bob@acme.com"),
        event("pricing_viewed", "08:00:00", anonymousId="a2"),
        event("form_submitted", "09:00:00", anonymousId="a1", email="bob@acme.com"),
        event("docs_viewed", "10:00:00", anonymousId="a1"),
        event("crm_synced", "11:00:00", contactId="c1", email="ann@acme.com"),
        event("pricing_viewed", "11:30:00", contactId="c1"),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_shuffled_and_duplicated_log_gives_the_same_receipts(
    seed: int, tmp_path: Path, score: Score, leadstream: Leadstream, namespace: str
) -> None:
    mixed = [*story(), *story()]
    random.Random(seed).shuffle(mixed)
    receipts = []
    for number, lines in enumerate((story(), mixed)):
        space = f"{namespace}-{number}"
        score(write_log(tmp_path / f"{number}.jsonl", lines), namespace=space)
        keys = ("ann@acme.com", "bob@acme.com", "acme.com", "globex.com")
        receipts += [leadstream("show", key, "--json", "--at", NOON, "--namespace", space).json for key in keys]
    assert receipts[:4] == receipts[4:]


def test_the_story_ends_as_it_should(log: Path, score: Score, leadstream: Leadstream) -> None:
    score(write_log(log, story()))
    assert (sources_of(leadstream, "ann@acme.com"), sources_of(leadstream, "bob@acme.com")) == (
        {"a1": {"docs_viewed": 1, "pricing_viewed": 1}, "c1": {"pricing_viewed": 1}},
        {"a1": {"docs_viewed": 1}, "a2": {"docs_viewed": 1, "pricing_viewed": 1}},
    )


CRM_MEETS_USER = event("crm_synced", "08:00:00", contactId="c1", userId="u1")
CRM_MEETS_EMAIL = event("crm_synced", "08:01:00", contactId="c1", email="ann@acme.com")
USER_BROWSES = event("pricing_viewed", "08:02:00", anonymousId="a1", userId="u1")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_user_id_that_met_a_crm_id_before_any_e_mail_ends_at_the_e_mail(
    order: tuple[int, ...], log: Path, score: Score, leadstream: Leadstream
) -> None:
    lines = [CRM_MEETS_USER, CRM_MEETS_EMAIL, USER_BROWSES]
    score(write_log(log, [lines[place] for place in order]))
    keys = ("ann@acme.com", "user:u1", "crm:c1", "visitor:a1")
    assert [(shown(leadstream, key)["key"], score_of(leadstream, key)) for key in keys] == [("ann@acme.com", 10.0)] * 4


def test_facts_that_come_round_are_read_over_as_many_runs_as_it_takes(
    tmp_path: Path, score: Score, leadstream: Leadstream
) -> None:
    for number, line in enumerate([USER_BROWSES, CRM_MEETS_EMAIL, CRM_MEETS_USER]):
        score(write_log(tmp_path / f"{number}.jsonl", [line]))
    assert score_of(leadstream, "ann@acme.com") == 10.0


def test_facts_that_come_back_when_a_log_is_at_its_end_are_read_all_the_same(
    log: Path, score: Score, leadstream: Leadstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[LogPartition] = []

    def partition(events: Logs, written: Logs, ticks: Ticks, progress: Progress, bundle: int) -> LogPartition:
        facts = written if passes else None  # the first ends too soon
        passes.append(LogPartition(events, facts, ticks, progress, bundle))
        return passes[-1]

    monkeypatch.setattr(scoring_run, "LogPartition", partition)
    score(write_log(log, [USER_BROWSES, CRM_MEETS_EMAIL, CRM_MEETS_USER]))
    assert (len(passes) > 1, score_of(leadstream, "ann@acme.com")) == (True, 10.0)


def test_every_log_of_a_folder_is_read_packed_or_not(tmp_path: Path, score: Score, leadstream: Leadstream) -> None:
    folder = tmp_path / "logs"
    plain, packed, deep = (event("pricing_viewed", f"0{hour}:00:00", email="ann@acme.com") for hour in (7, 8, 9))
    write_log(folder / "a.jsonl", [plain])
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(packed))
    (folder / "c").mkdir()
    (folder / "c" / "d.ndjson.zst").write_bytes(zstandard.compress(deep + b"\n"))
    report = score(folder)
    assert (report.received, score_of(leadstream, "ann@acme.com")) == (3, 30.0)


def test_received_is_used_and_ignored_and_dead(log: Path, score: Score) -> None:
    report = score(write_log(log, [event("x", anonymousId="a1"), b"", b"{", event("y", email="ann@acme.com")]))
    assert (report.received, report.used, report.ignored, report.dead) == (4, 2, 1, 1)


def test_a_second_run_reads_only_what_is_new(log: Path, score: Score, leadstream: Leadstream) -> None:
    score(write_log(log, [event("pricing_viewed", email="ann@acme.com")]), rewind_ms=0)
    with log.open("ab") as more:
        more.write(event("docs_viewed", email="ann@acme.com") + b"\n")
    report = score(log, rewind_ms=0)
    assert (report.received, score_of(leadstream, "ann@acme.com")) == (1, 12.0)


def test_a_second_run_rewinds_and_counts_nothing_twice(log: Path, score: Score, leadstream: Leadstream) -> None:
    write_log(log, [event("pricing_viewed", email="ann@acme.com")])
    reports = [score(log) for _ in range(2)]
    assert ([report.received for report in reports], score_of(leadstream, "ann@acme.com")) == ([1, 1], 10.0)


def test_scored_as_of_the_logs_own_time_a_score_is_shown_as_of_that_time(
    log: Path, score: Score, leadstream: Leadstream
) -> None:
    score(write_log(log, [event("pricing_viewed", "08:00:00", email="ann@acme.com")]), log_time=True)
    assert leadstream("show", "ann@acme.com", "--json").json["at"] == "2025-06-12T08:00:00Z"


def test_after_a_time_lapse_a_run_in_real_time_takes_the_clock_back(
    log: Path, score: Score, leadstream: Leadstream
) -> None:
    write_log(log, [event("pricing_viewed", "08:00:00", email="ann@acme.com")])
    score(log, log_time=True)
    score(log)
    assert leadstream("show", "ann@acme.com", "--json").json["at"] > "2025-06-13"


def test_in_time_lapse_the_log_is_paced(log: Path, score: Score) -> None:
    lines = [event("x", clock, anonymousId="a1") for clock in ("08:00:00", "08:30:00")]
    assert score(write_log(log, lines), speed=3_600.0).seconds >= 0.5


def test_another_data_folder_does_not_mind_what_the_first_one_fed_back(
    log: Path, tmp_path: Path, score: Score, leadstream: Leadstream
) -> None:
    write_log(log, [CRM_MEETS_USER, CRM_MEETS_EMAIL, USER_BROWSES])
    score(log, rewind_ms=0)
    score(log, rewind_ms=0, data=tmp_path / "other")
    assert score_of(leadstream, "ann@acme.com") == 10.0


def test_namespaces_that_share_a_data_folder_tell_each_other_nothing(
    log: Path, tmp_path: Path, score: Score, leadstream: Leadstream, namespace: str
) -> None:
    score(write_log(log, [CRM_MEETS_USER, CRM_MEETS_EMAIL]))
    other = f"{namespace}-other"
    score(write_log(tmp_path / "b.jsonl", [USER_BROWSES]), namespace=other)
    assert leadstream("show", "user:u1", "--json", "--namespace", other).json["key"] == "u1"


def test_the_last_line_of_standard_output_is_the_report(log: Path, leadstream: Leadstream) -> None:
    write_log(log, [event("pricing_viewed", email="ann@acme.com"), b"{"])
    ended = leadstream("score", log, "--until-end", "--json")
    report = json.loads(ended.out.splitlines()[-1])
    assert (ended.code, report["received"], report["used"] + report["ignored"] + report["dead"]) == (0, 2, 2)


def test_sources_are_shown_as_of_the_moment_asked_for(log: Path, score: Score, leadstream: Leadstream) -> None:
    late = event("docs_viewed", "13:00:00", email="ann@acme.com")
    score(write_log(log, [event("pricing_viewed", "09:00:00", email="ann@acme.com"), late]))
    assert sources_of(leadstream, "ann@acme.com") == {"ann@acme.com": {"pricing_viewed": 1}}


def test_a_start_says_how_much_is_left_to_read(tmp_path: Path, leadstream: Leadstream) -> None:
    """What the last 5 seconds read is read again."""
    logs = [tmp_path / "events" / f"{name}.jsonl" for name in ("a", "b", "c")]
    for log in logs:
        write_log(log, [event("pricing_viewed", anonymousId=log.stem)])
    leadstream("score", tmp_path / "events", "--until-end")
    again = leadstream("score", tmp_path / "events", "--until-end")
    left = sum(log.stat().st_size for log in logs)
    assert f"leadstream: goes on where it was: {left} bytes in 3 of 3 logs to go through\n" in again.err
