"""Kafka messages through the decoder: what is different from lines of a file."""

from config.loading import load_model
from operators.decode import Decoder
from state.batch import Batch
from state.event import Event
from tests.commands import SIMPLE

LATEST = 1 << 43
PRETTY = b'{\n  "event": "a",\n  "timestamp": "2026-06-12T08:00:00Z",\n  "email": "ann@acme.com"\n}\n'


def read(line: bytes) -> Event:
    return Decoder(load_model(SIMPLE)).read(line, LATEST)


def test_a_message_with_newlines_is_the_event_that_its_line_in_an_archive_is() -> None:
    assert read(PRETTY) == read(PRETTY.replace(b"\n", b" "))


def test_a_dead_letter_lies_at_the_offset_of_its_message() -> None:
    batch = Batch("kafka:events[0]#id", 90, [b"{}", b"", b"broken"], 3, offsets=[5, 6, 89])
    _, dead, _ = Decoder(load_model(SIMPLE)).decode(batch, LATEST)
    assert [letter.position for letter in dead] == [5, 89]
