"""Lines in; events, and dead letters with their original bytes, out."""

from itertools import accumulate

import orjson
import pytest

from config.model import About, Band, Condition, Model, Scorecard, Signal
from operators.decode import AHEAD_MS, Decoder
from state.batch import Batch
from state.event import Counts, DeadLetter, Event
from state.touch import make_touch

NOW = 1_781_251_200_000
"""2026-06-12T08:00:00Z"""
LATEST = NOW + AHEAD_MS

CARD = Scorecard(rules=(), bands=(Band(name="low"),))
MODEL = Model(
    model=About(name="small", version="1", note="for tests"),
    signals={
        "pricing_viewed": Signal(words="viewed pricing"),
        "docs_viewed": Signal(
            words="read docs", event="page_viewed", where=(Condition(path="properties.pathname", prefix="/docs"),)
        ),
        "page_viewed": Signal(words="viewed a page"),
        "campaign": Signal(words="came by", event="page_viewed", where=(Condition(path="context.campaign", eq="a"),)),
    },
    contact=CARD,
    account=CARD,
)
DECODER = Decoder(MODEL)


def line(**fields: object) -> bytes:
    """A good event with some fields changed; a field that is None is left out."""
    event = {"event": "pricing_viewed", "timestamp": "2026-06-12T08:00:00Z", "anonymousId": "anon_1"} | fields
    return orjson.dumps({name: value for name, value in event.items() if value is not None})


def read(**fields: object) -> Event:
    return DECODER.read(line(**fields), LATEST)


def decode(*lines: bytes) -> tuple[list[Event], list[DeadLetter], Counts]:
    position = sum(len(one) + 1 for one in lines)
    return DECODER.decode(Batch("log", position, list(lines), 0), LATEST)


def why(bad: bytes) -> tuple[str, str]:
    """Reason and detail of the one dead letter."""
    _, (letter,), _ = decode(bad)
    return letter.reason, letter.detail


def test_the_event_of_the_specification_is_read() -> None:
    event = DECODER.read(
        b'{"event": "pricing_viewed", "contactId": null, "anonymousId": "anon_123", "accountDomain": "example.com", '
        b'"timestamp": "2026-06-12T08:00:00Z", "properties": {"plan": "growth", "pathname": "/pricing"}}',
        LATEST,
    )
    found = event.touch >> 20, event.signals, event.anonymous, event.crm, event.domain, event.traits
    assert found == (NOW, ("pricing_viewed",), "a:anon_123", "", "example.com", None)


def test_every_identifier_carries_its_kind() -> None:
    event = read(anonymousId="x", contactId=151, userId="42", email="Ann@Acme.com", accountDomain="www.acme.com")
    found = event.anonymous, event.crm, event.user, event.email, event.domain
    assert found == ("a:x", "c:151", "u:42", "e:ann@acme.com", "acme.com")


@pytest.mark.parametrize(
    ("timestamp", "ms"),
    [
        ("2026-06-12T08:00:00Z", NOW),
        ("2026-06-12T08:00:00", NOW),
        ("2026-06-12T10:00:00+02:00", NOW),
        ("2026-06-12 08:00:00.123Z", NOW + 123),
        ("2026-06-12T08:00:00.123456Z", NOW + 123),
        ("20260612T080000Z", NOW),
        ("2026-06-12", NOW - 8 * 3_600_000),
        (NOW // 1_000, NOW),
        (NOW / 1_000 + 0.123, NOW + 123),
        (NOW, NOW),
        (NOW + 0.4, NOW),
        (NOW + AHEAD_MS, NOW + AHEAD_MS),
        ("2000-01-01T00:00:00Z", 946_684_800_000),
    ],
)
def test_times_are_iso_or_epoch(timestamp: object, ms: int) -> None:
    assert read(timestamp=timestamp).touch >> 20 == ms


@pytest.mark.parametrize("ms", [NOW + late for late in range(0, 1_000, 7)])
def test_epoch_seconds_lose_no_millisecond(ms: int) -> None:
    assert read(timestamp=ms / 1_000).touch >> 20 == ms


@pytest.mark.parametrize(
    "timestamp",
    [
        *[
            "",
            "now",
            "1781251200",
            "2026-02-29T08:00:00Z",
            "2026-13-01T08:00:00Z",
            "2026-06-12T08:00:60Z",
            "2026-02-30",
            "2026-06-12T25:00:00Z",
            "12.06.2026",
        ],
        *["1970-01-01T00:00:00Z", "1999-12-31T23:59:59.999Z", "0001-01-01T00:00:00+23:59", 0, -1, 1],
        *["2100-01-01", "9999-12-31T23:59:59-23:59", NOW + AHEAD_MS + 1, 1e308, -1e308, 10**15],
    ],
)
def test_a_time_that_cannot_be_is_a_dead_letter(timestamp: object) -> None:
    assert why(line(timestamp=timestamp))[0] == "bad_time"


def test_the_message_id_tells_events_apart() -> None:
    assert read(messageId="m-1").touch == make_touch(NOW, b"m-1")


def test_the_same_message_is_the_same_touch_whatever_else_it_says() -> None:
    assert read(messageId="m-1", properties={"retry": 1}).touch == read(messageId="m-1").touch


def test_without_a_message_id_the_line_tells_events_apart() -> None:
    one, again, other = (DECODER.read(bad, LATEST).touch for bad in (line(), line() + b"\r", line(extra=1)))
    assert (one == again, one == other) == (True, False)


def test_signals_that_need_no_more_than_the_name_are_touched() -> None:
    assert read(event="page_viewed", properties={"pathname": "/"}).signals == ("page_viewed",)


def test_conditions_look_at_properties() -> None:
    assert set(read(event="page_viewed", properties={"pathname": "/docs/a"}).signals) == {
        "docs_viewed",
        "page_viewed",
    }


def test_conditions_look_anywhere_in_the_event() -> None:
    assert set(read(event="page_viewed", context={"campaign": "a"}).signals) == {"campaign", "page_viewed"}


@pytest.mark.parametrize("pathname", [None, 5, ["/docs"], {"x": "/docs"}, True])
def test_a_property_of_another_type_meets_no_condition(pathname: object) -> None:
    assert read(event="page_viewed", properties={"pathname": pathname}).signals == ("page_viewed",)


def test_an_event_that_no_signal_listens_for_is_activity_all_the_same() -> None:
    assert read(event="logged_in").signals == ()


def test_traits_are_the_scalars_under_their_dotted_paths() -> None:
    traits = read(traits={"title": "VP", "company": {"size": 250, "tags": ["a"]}, "vip": False, "left": None}).traits
    assert traits == {"title": (NOW, "VP"), "company.size": (NOW, 250), "vip": (NOW, False), "left": (NOW, None)}


@pytest.mark.parametrize("traits", [None, {}, {"only": {}}, {"tags": [1, 2]}])
def test_traits_that_say_nothing_are_none(traits: object) -> None:
    assert read(traits=traits).traits is None


def test_long_traits_are_cut() -> None:
    assert read(traits={"n" * 999: "v" * 999}).traits == {"n" * 256: (NOW, "v" * 256)}


@pytest.mark.parametrize(("number", "kept"), [(2**63 - 1, True), (-(2**63) + 1, True), (2**63, False), (10**30, False)])
def test_a_number_too_large_to_keep_is_no_trait(number: int, kept: bool) -> None:
    bad = b'{"event":"x","timestamp":%d,"userId":"u","traits":{"n":%d}}' % (NOW, number)
    assert DECODER.read(bad, LATEST).traits == ({"n": (NOW, number)} if kept else None)


def test_of_many_traits_the_record_keeps_its_share() -> None:
    traits = read(traits={f"name{number:03}": number for number in range(100)}).traits
    assert traits is not None
    assert sorted(traits) == [f"name{number:03}" for number in range(68, 100)]


def test_unknown_fields_are_passed_over() -> None:
    assert read(unknown={"any": [1]}, Event="other") == read(unknown={"any": [1]}, Event="other")


def test_the_last_of_duplicate_keys_counts() -> None:
    twice = line().removesuffix(b"}") + b',"anonymousId":"late"}'
    assert DECODER.read(twice, LATEST).anonymous == "a:late"


@pytest.mark.parametrize(
    "fields",
    [
        {"anonymousId": None},
        {"anonymousId": ""},
        {"anonymousId": " undefined ", "userId": "null", "contactId": 0, "email": "anonymous"},
        {"anonymousId": None, "email": "not an address"},
        {"anonymousId": None, "accountDomain": "acme.com"},
        {"anonymousId": "x" * 257},
    ],
)
def test_an_event_of_nobody_is_a_dead_letter(fields: dict[str, object]) -> None:
    assert why(line(**fields)) == ("no_identifier", "no usable anonymousId, contactId, userId or email")


def test_an_event_without_a_name_is_a_dead_letter() -> None:
    assert why(line(event="")) == ("no_name", "`event` is empty")


@pytest.mark.parametrize(
    ("bad", "detail"),
    [
        (b"{", "truncated"),
        (line()[:-1], "truncated"),
        (b"not json", "malformed"),
        (b"[]", "array"),
        (b"null", "null"),
        (b"{}", "missing required field `event`"),
        (line(timestamp=None), "missing required field `timestamp`"),
        (line(timestamp=True), "$.timestamp"),
        (line(event=5), "$.event"),
        (line(email=["a@b.io"]), "$.email"),
        (line(userId=1.5), "$.userId"),
        (line(userId={"id": 1}), "$.userId"),
        (line(properties=[1]), "$.properties"),
        (line(properties="x"), "$.properties"),
        (line(traits=5), "$.traits"),
        (b'{"event":"x","timestamp":1e999,"userId":"u"}', "$.timestamp"),
        (line() + b"{}", "malformed"),
        (b"\xef\xbb\xbf" + line(), "malformed"),
        (line().replace(b"anon_1", b"\\ud800"), ""),
    ],
)
def test_what_is_no_event_is_a_dead_letter_that_says_where(bad: bytes, detail: str) -> None:
    reason, said = why(bad)
    assert (reason, detail in said) == ("malformed", True)


@pytest.mark.parametrize("field", [b"properties", b"traits", b"other", b"event"])
@pytest.mark.parametrize(("opening", "closing"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_a_thousand_nested_values_are_one_dead_letter(field: bytes, opening: bytes, closing: bytes) -> None:
    deep = opening * 2_000 + b"1" + closing * 2_000
    assert why(line().removesuffix(b"}") + b',"%b":%b}' % (field, deep))[0] == "malformed"


def test_too_deep_a_line_is_called_that() -> None:
    deep = b'{"a":' * 2_000 + b"1" + b"}" * 2_000
    assert why(line().removesuffix(b"}") + b',"traits":%b}' % deep) == ("malformed", "the line is nested too deep")


@pytest.mark.parametrize("broken", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"])
def test_what_is_no_utf8_is_a_dead_letter(broken: bytes) -> None:
    assert why(line().replace(b"anon_1", broken)) == ("not_utf8", "the line is not UTF-8")


def test_what_is_no_utf8_is_a_dead_letter_also_where_nobody_looks() -> None:
    assert why(line(unknown="here").replace(b"here", b"\xff"))[0] == "not_utf8"


def test_a_line_that_was_cut_is_a_dead_letter_even_if_what_is_left_can_be_read() -> None:
    whole = line()
    batch = Batch("log", 9_000, [whole, whole], 0, {0: 8_000})
    events, dead, _ = DECODER.decode(batch, LATEST)
    assert (len(events), dead[0].reason, dead[0].position) == (1, "oversized", 0)


def test_a_dead_letter_has_the_original_bytes_and_their_place() -> None:
    lines = [line(), b"{", b"", b"\xff\x00", line(), b" [] "]
    starts = list(accumulate((len(one) + 1 for one in lines), initial=500))
    _, dead, _ = DECODER.decode(Batch("log", starts[-1], lines, 500), LATEST)
    assert [(letter.partition, letter.position, letter.original) for letter in dead] == [
        ("log", starts[index], lines[index]) for index in (1, 3, 5)
    ]


def test_a_place_after_a_cut_line_counts_the_whole_of_it() -> None:
    batch = Batch("log", 8_010, [b"{", b"x", b"[]"], 0, {0: 8_000})
    _, dead, _ = DECODER.decode(batch, LATEST)
    assert [letter.position for letter in dead] == [batch.offset(0), batch.offset(1), batch.offset(2)]


def test_blank_lines_are_ignored() -> None:
    assert decode(b"", b" ", b"\r", b"\t ")[2] == Counts(received=4, ignored=4)


def test_what_was_received_was_used_ignored_or_dead() -> None:
    assert decode(line(), b"", b"{", line(), b"[]")[2] == Counts(received=5, used=2, ignored=1, dead=2)


def test_no_dead_letter_says_what_it_contains() -> None:
    secret = "hunter2@acme.com"
    bad = [
        line(email=secret, timestamp="x"),
        line(userId=[secret]),
        line(event={"x": secret}),
        line(email=secret)[:-9],
    ]
    assert not any("hunter2" in letter.detail for letter in decode(*bad)[1])
