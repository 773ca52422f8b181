"""What each status means, how long HubSpot is left alone, and that the token stays secret."""

import logging
import traceback
from pathlib import Path

import httpx
import pytest

from sinks.hubspot import HubSpotSettings, Quota
from state.record import Later, Refused, SinkStopped, Watched, Written
from tests.records import ANN, account, contact
from tests.unit.sinks.hubspot.portal import CREATE, TOKEN, UPDATE, UPSERT, Portal, found, problem

SCOPES = ["crm.objects.contacts.write", "crm.schemas.contacts.write"]


@pytest.fixture
def portal() -> Portal:
    return Portal()


def test_every_call_carries_the_token(portal: Portal) -> None:
    portal.open().write([ANN])
    assert {call.authorization for call in portal.calls} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("token", ["", " ", "pat eu1", "pat\neu1", "pät"])
def test_a_token_that_cannot_be_one_stops_the_sink_at_once(portal: Portal, token: str) -> None:
    with pytest.raises(SinkStopped, match="hubspot_token is empty or has characters") as stopped:
        portal.open(token=token)
    assert token.strip() == "" or token not in str(stopped.value)


def test_a_line_end_behind_the_token_does_no_harm(portal: Portal) -> None:
    assert portal.open(token=f"{TOKEN}\n").write([ANN]) == [Written()]


@pytest.mark.parametrize("show", [repr, str])
def test_settings_do_not_show_the_token(show: object) -> None:
    assert callable(show)
    assert TOKEN not in show(HubSpotSettings(token=TOKEN))


def test_rich_does_not_show_the_token() -> None:
    assert TOKEN not in repr(HubSpotSettings(token=TOKEN).__rich_repr__())


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_shows_the_token_nowhere(portal: Portal, caplog: pytest.LogCaptureFixture, status: int) -> None:
    portal.reply(UPSERT, problem(status))
    with caplog.at_level(logging.DEBUG), pytest.raises(SinkStopped) as stopped:
        portal.open().write([ANN])
    shown = "".join(traceback.format_exception(stopped.value))
    assert (TOKEN in shown, TOKEN in caplog.text, stopped.value.__cause__) == (False, False, None)


def test_a_refused_token_stops_the_sink(portal: Portal) -> None:
    portal.reply(UPSERT, problem(401, "EXPIRED_AUTHENTICATION"))
    with pytest.raises(SinkStopped, match=r"refused the token \(401\)"):
        portal.open().write([ANN])


def test_another_token_in_the_file_is_used_at_once(portal: Portal, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old\n")
    sink = portal.open(token="", token_file=file)
    sink.ensure_properties()
    file.write_text("new\n")
    portal.reply(UPSERT, problem(401, "EXPIRED_AUTHENTICATION"))
    outcomes = sink.write([ANN])
    assert (outcomes, [call.authorization for call in portal.calls][-2:]) == ([Written()], ["Bearer old", "Bearer new"])


@pytest.mark.parametrize("content", ["old", "", "half a", None])
def test_until_the_file_has_another_token_what_waits_is_kept(
    portal: Portal, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    sink = portal.open(token="", token_file=file)
    portal.reply(UPSERT, problem(401))
    file.write_text(content) if content is not None else file.unlink()
    said = f"HubSpot refused the token (401): write the private app's current one into {file}"
    assert (sink.write([ANN]), sink.errors["token"]) == ([Later(5.0, said)], 1)


def test_when_the_file_has_another_token_it_goes_on(portal: Portal, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    sink = portal.open(token="", token_file=file)
    portal.reply(UPSERT, problem(401), problem(401))
    sink.write([ANN])
    file.write_text("new")
    portal.clock.advance(5.0)
    assert sink.write([ANN]) == [Written()]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"two words", "is empty or has characters"),
        (b"\xff", "is no text"),
        (None, "cannot be read"),
    ],
)
def test_a_file_without_a_token_is_named_at_the_start(
    portal: Portal, tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SinkStopped, match=f"{file} {why}"):
        portal.open(token="", token_file=file)


def test_a_token_and_a_file_for_one_are_too_many(portal: Portal, tmp_path: Path) -> None:
    with pytest.raises(SinkStopped, match="one of the two"):
        portal.open(token_file=tmp_path / "token")


def test_a_missing_scope_stops_the_sink_and_is_named_as_hubspot_names_it(portal: Portal) -> None:
    detail = {"message": "…", "context": {"requiredGranularScopes": [*SCOPES, "Ask ann@acme.example"]}}
    portal.reply(UPSERT, problem(403, "MISSING_SCOPES", errors=[detail]))
    with pytest.raises(SinkStopped, match=f"add the scope {' or '.join(SCOPES)} to the private app"):
        portal.open().write([ANN])


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        (UPSERT, "crm.objects.contacts.write"),
        ("/crm/v3/properties/contacts", "crm.schemas.contacts.read"),
        ("/crm/v3/objects/companies/search", "crm.objects.companies.read"),
        (CREATE, "crm.objects.companies.write"),
    ],
)
def test_a_scope_that_hubspot_does_not_name_is_the_one_the_call_needs(portal: Portal, path: str, scope: str) -> None:
    portal.reply(path, httpx.Response(403, text="<html>"))
    with pytest.raises(SinkStopped, match=f"add the scope {scope} to"):
        portal.open(create_companies=True).write([ANN, account("acme.example")])


@pytest.mark.parametrize("status", [404, 301])
def test_an_address_that_is_no_hubspot_stops_the_sink(portal: Portal, status: int) -> None:
    portal.reply("/crm/v3/properties/contacts", httpx.Response(status, headers={"location": "/login"}))
    with pytest.raises(SinkStopped, match="at hubspot_url"):
        portal.open().write([ANN])


@pytest.mark.parametrize("error", [httpx.ConnectError("no"), httpx.ReadTimeout("no"), httpx.RemoteProtocolError("no")])
def test_a_broken_connection_is_later(portal: Portal, error: Exception) -> None:
    portal.reply(UPSERT, error)
    reason = f"HubSpot cannot be reached ({type(error).__name__})"
    assert portal.open().write([ANN]) == [Later(1.0, reason)]


@pytest.mark.parametrize("body", ["<html>", '{"results": 5}', "[" * 100_000])
def test_an_answer_that_cannot_be_read_is_later(portal: Portal, body: str) -> None:
    portal.reply(UPSERT, httpx.Response(200, text=body))
    assert portal.open().write([ANN]) == [Later(1.0, "HubSpot's answer cannot be read")]


def test_the_wait_doubles_with_each_failure_and_starts_anew_after_a_success(portal: Portal) -> None:
    sink = portal.open()
    portal.reply(UPSERT, *[httpx.Response(503)] * 3)
    waits = []
    for _ in range(4):
        (outcome,) = sink.write([ANN])
        waits.append(outcome.seconds if isinstance(outcome, Later) else 0)
        portal.clock.advance(waits[-1])
    portal.reply(UPSERT, httpx.Response(503))
    assert (waits, sink.write([ANN])) == ([1.0, 2.0, 4.0, 0], [Later(1.0, "HubSpot is not available (503)")])


@pytest.mark.parametrize(
    ("response", "seconds"),
    [
        (problem(429, policyName="TEN_SECONDLY_ROLLING"), 10.0),
        (problem(429, policyName="SECONDLY"), 1.0),
        (httpx.Response(429), 1.0),
        (httpx.Response(429, headers={"retry-after": "12"}), 12.0),
        (httpx.Response(429, headers={"x-hubspot-ratelimit-interval-milliseconds": "8000"}), 8.0),
        (httpx.Response(477, headers={"retry-after": "99999999"}), 86_400.0),
        (httpx.Response(503, headers={"retry-after": "soon"}), 1.0),
        (httpx.Response(423), 2.0),
        (httpx.Response(408), 1.0),
    ],
)
def test_the_wait_is_what_hubspot_asks_for(portal: Portal, response: httpx.Response, seconds: float) -> None:
    portal.reply(UPSERT, response)
    (outcome,) = portal.open().write([ANN])
    assert isinstance(outcome, Later)
    assert outcome.seconds == seconds


def test_a_used_up_day_waits_for_the_next_quarter_hour(portal: Portal) -> None:
    used_up = problem(429, policyName="DAILY")
    used_up.headers["date"] = "Mon, 02 Nov 2026 22:59:30 GMT"
    portal.reply(UPSERT, used_up)
    assert portal.open().write([ANN]) == [Later(30.0, "HubSpot's call limit is used up (429)")]


def test_no_call_is_made_while_hubspot_is_left_alone(portal: Portal) -> None:
    sink = portal.open()
    portal.reply(UPSERT, httpx.Response(429, headers={"retry-after": "5"}))
    sink.write([ANN])
    before = len(portal.calls)
    portal.clock.advance(4.5)
    assert (sink.write([ANN, account("acme.example")])[1], len(portal.calls)) == (
        Later(0.5, "HubSpot's call limit is used up (429)"),
        before,
    )


def test_the_quota_stands_when_an_answer_has_none(portal: Portal) -> None:
    headers = {"x-hubspot-ratelimit-remaining": "89", "x-hubspot-ratelimit-daily-remaining": "2500"}
    sink = portal.open()
    portal.reply("/crm/v3/properties/companies", httpx.Response(200, json={"results": []}, headers=headers))
    portal.reply(
        "/crm/v3/properties/companies", *[httpx.Response(200, json={"results": portal.definitions["companies"]})]
    )
    portal.reply("/crm/v3/objects/companies/search", found(acme_example="7"))
    sink.write([account("acme.example")])
    assert (sink.quota, portal.batches(UPDATE)) == (Quota(burst=89, daily=2500), [["7"]])


def test_text_that_is_not_unicode_is_refused_and_the_others_are_written(portal: Portal) -> None:
    outcomes = portal.open().write([ANN, contact("bob\ud800@acme.example"), contact("cem@acme.example")])
    assert outcomes == [Written(), Refused("HubSpot says NOT_UNICODE"), Written()]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (problem(429, policyName="TEN_SECONDLY_ROLLING"), "limit"),
        (problem(429, policyName="daily"), "daily_limit"),
        (httpx.Response(423), "locked"),
        (httpx.Response(503), "unavailable"),
        (httpx.ConnectError("no"), "unreachable"),
        (httpx.Response(200, text="<html>"), "unreadable"),
        (problem(400, "VALIDATION_ERROR"), "refused"),
    ],
)
def test_calls_that_were_no_success_are_counted_by_trouble(
    portal: Portal, reply: httpx.Response | Exception, kind: str
) -> None:
    portal.reply(UPSERT, reply)
    sink = portal.open()
    sink.write([ANN])
    assert {trouble for trouble, times in sink.errors.items() if times} == {kind}


def test_what_is_left_of_the_quota_is_told_as_far_as_it_is_known(portal: Portal) -> None:
    sink = portal.open()
    portal.reply(UPSERT, httpx.Response(503, headers={"x-hubspot-ratelimit-daily-remaining": "0"}))
    before = dict(sink.quota_left)
    sink.write([ANN])
    assert (before, sink.quota_left, isinstance(sink, Watched)) == ({}, {"daily": 0}, True)
