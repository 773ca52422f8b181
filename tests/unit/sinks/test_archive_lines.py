"""Messages as lines: what a message counts as, its line counts as."""

import json
from base64 import b64decode

import pytest

from config.loading import load_model
from operators.decode import Decoder
from sinks.archive_lines import line_of
from state.batch import Batch
from tests.commands import SIMPLE

GOOD = b'{"event": "a", "timestamp": "2026-06-12T08:00:00Z", "email": "ann@acme.com"}'
PRETTY = json.dumps(json.loads(GOOD), indent=2).encode()
BOM = b"\xef\xbb\xbf"
MESSAGES = [
    b"", b" ", b"\n", b"\r\n\t\n", GOOD, GOOD + b"\n", PRETTY, PRETTY.replace(b"\n", b"\r\n"), b"not\nJSON",
    b'{"event": "a\nb"}', GOOD.replace(b'"a"', b'"a\nb"'), BOM + GOOD, BOM + PRETTY, BOM, b"\xff\n\xfe", b"\x00\n",
    b"{\n}", b"[" * 5_000 + b"\n", PRETTY.replace(b"ann", b"\xff"), b'{"leadstream": 1,\n"event": 2}',
]  # fmt: skip


def counted(line: bytes) -> tuple[object, ...]:
    events, dead, counts = Decoder(load_model(SIMPLE)).decode(Batch("events", 0, [line], 0), 1 << 43)
    return events, len(dead), counts


@pytest.mark.parametrize("message", MESSAGES)
def test_a_line_counts_as_its_message(message: bytes) -> None:
    assert counted(line_of(message)) == counted(message)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_line_has_no_newline_and_no_mark_before_it(message: bytes) -> None:
    assert (b"\n" in line_of(message), line_of(message).startswith(BOM)) == (False, False)


@pytest.mark.parametrize("message", [b"not\nJSON", BOM + GOOD])
def test_the_bytes_of_what_cannot_be_a_line_are_kept(message: bytes) -> None:
    assert b64decode(json.loads(line_of(message))["base64"]) == message


def test_a_message_without_newlines_stays_as_it_is() -> None:
    assert line_of(GOOD) is GOOD
