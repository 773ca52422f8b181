"""200,000 broken inputs: one outcome each, nothing else raised, nothing poisonous let through, nothing lost."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

import pytest

from config.loading import load_model, standard_model_path
from operators.decode import AHEAD_MS, EARLIEST, Decoder
from operators.identify_shard import _facts_of
from operators.route import messages
from state.batch import Batch
from state.codec import encode
from state.event import DeadLetter, Event
from state.ledger import Keep
from state.subject import Source

NOW = 1_781_251_200_000
SECRET = "hunter2"
INPUTS = 200_000
AT_ONCE = 5_000

WHOLE = [
    b"""{"event":"pricing_viewed","messageId":"m-1","anonymousId":"anon_123","contactId":null,
    "accountDomain":"example.com","timestamp":"2026-06-12T08:00:00Z",
    "properties":{"plan":"growth","source":"organic","pathname":"/pricing"}}""",
    b"""{"event":"identify","userId":"u-9","email":"hunter2@acme.com","timestamp":1781251200,"traits":
    {"title":"VP \\u00fc","company":{"size":250,"tags":["a","b"]},"customer":false,"score":1.5,"none":null}}""",
    b"""{"event":"page_viewed","contactId":151,"anonymousId":"a","timestamp":1781251200123,
    "properties":{"pathname":"/docs/api"},"context":{"deep":[[[{"x":1}]]]}}""",
    """{"event":"video_watched","email":"Jürgen.hunter2@Bücher.example","timestamp":"2026-06-12T10:00:00+02:00",
    "properties":{"percent":75},"traits":{"city":"Zürich 東京"}}""".encode(),
]
NUMBERS = b"0 -1 1e308 1e999 -1e999 1.5 -0.0 NaN true".split() + [b"9" * digits for digits in (19, 30, 5_000)]
DATES = b"""0001-01-01T00:00:00+23:59 0001-01-01T00:00:00-23:59 9999-12-31T23:59:59.999999-23:59 2026-02-30 2026-W24-5
    20260612T080000Z 2026-06-12 2026-06-12T08:00:00 1970-01-01T00:00:00Z now 2026-06-12T08:00:00.123456789Z
    2026-06-12T24:00:00Z 2026-06-12T08:00:00+99:99 \\ud800 2100-01-01 1781251200""".split()
TIMES = [b'"%b"' % date for date in (b"", *DATES)] + NUMBERS + b"1781251200.123 -1781251200 null {} [1]".split()
STRINGS = [*b'"" "null" "\\ud800" "\\u0000" "\xff" "\xed\xa0\x80" [] {} null'.split(), b'"' + b"x" * 300 + b'"']
BYTES = [b"\x00", b"\xff", b"\xc3", b'"', b"\\", b"{", b"}", b"[", b",", b":", b"e", b"\r", b" ", b"\xef\xbb\xbf"]


def flip(chance: Random, line: bytes) -> bytes:
    at = chance.randrange(len(line))
    return line[:at] + bytes([line[at] ^ 1 << chance.randrange(8)]) + line[at + 1 :]


def cut_off(chance: Random, line: bytes) -> bytes:
    return line[: chance.randrange(len(line))]


def splice(chance: Random, line: bytes) -> bytes:
    other = chance.choice(WHOLE)
    return line[: chance.randrange(len(line))] + other[chance.randrange(len(other)) :]


def insert(chance: Random, line: bytes) -> bytes:
    at = chance.randrange(len(line) + 1)
    return line[:at] + chance.choice(BYTES) + line[at:]


def nest(chance: Random, line: bytes) -> bytes:
    opening, closing = chance.choice([(b'{"a":', b"}"), (b"[", b"]")])
    depth = chance.choice([1, 10, 100, 900, 1_000, 3_000])
    deep = opening * depth + b"1" + closing * depth
    field = chance.choice([b"properties", b"traits", b"other", b"email", b"timestamp"])
    return line[:-1] + b',"%b":%b}' % (field, deep)


def say(field: bytes, values: list[bytes]) -> Callable[[Random, bytes], bytes]:
    """A field once more: the last of duplicate keys counts."""
    return lambda chance, line: line[:-1] + b',"%b":%b}' % (field, chance.choice(values))


ODD_TRAITS = [b'{"%b":%b}' % (name, value) for name in (b"a", b"\\u0000", b"") for value in NUMBERS + STRINGS]
MUTATIONS: list[Callable[[Random, bytes], bytes]] = [
    *(flip, cut_off, splice, insert, nest),
    say(b"event", STRINGS),
    say(b"timestamp", TIMES),
    say(b"messageId", NUMBERS),
    say(b"anonymousId", STRINGS),
    say(b"userId", NUMBERS + STRINGS),
    say(b"email", STRINGS),
    say(b"accountDomain", STRINGS),
    say(b"properties", NUMBERS + STRINGS),
    say(b"traits", ODD_TRAITS),
]


def inputs(chance: Random) -> Iterator[bytes]:
    while True:
        line = chance.choice(WHOLE)
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            line = chance.choice(MUTATIONS)(chance, line) or b"{"
        yield line.replace(b"\n", b" ")


def outcomes(decoder: Decoder, lines: list[bytes]) -> tuple[list[Event], list[DeadLetter]]:
    """What became of a batch, after checking that the books balance."""
    events, dead, counts = decoder.decode(Batch("log", 0, lines, 0), NOW + AHEAD_MS)
    blank = sum(not line.strip() for line in lines)
    assert (counts.received, counts.used, counts.ignored, counts.dead) == (
        len(lines),
        len(events),
        blank,
        len(dead),
    )
    assert len(events) + blank + len(dead) == len(lines)
    return events, dead


def wholesome(event: Event) -> bool:
    """Whether all that follows from an event can be kept."""
    for seen in messages([event]):
        encode(Source(seen.to, _facts_of([seen], Keep()), seen.links, {}, seen.followers))
    return EARLIEST <= event.touch >> 20 <= NOW + AHEAD_MS


@pytest.mark.timeout(300)
def test_every_broken_input_has_one_outcome_and_is_kept_when_dead() -> None:
    chance = Random(20_260_612)
    decoder = Decoder(load_model(standard_model_path()))
    lines = inputs(chance)
    seen: Counter[str] = Counter()
    for _ in range(INPUTS // AT_ONCE):
        batch = list(islice(lines, AT_ONCE))
        starts = {start: line for line, start in zip(batch, offsets(batch), strict=True)}
        events, dead = outcomes(decoder, batch)
        assert [letter.original for letter in dead] == [starts.pop(letter.position) for letter in dead]
        assert not any(SECRET in letter.detail for letter in dead)
        assert all(wholesome(event) for event in events)
        seen.update(letter.reason for letter in dead)
        seen["used"] += len(events)
    assert sum(seen.values()) <= INPUTS
    assert min(seen[kind] for kind in ("used", "malformed", "not_utf8", "bad_time", "no_identifier", "no_name")) > 100


def offsets(lines: list[bytes]) -> list[int]:
    """Where each line begins in the log."""
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return starts
