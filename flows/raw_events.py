"""The raw events of a log that are one subject's: the bottom of every receipt."""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from config.model import Model
from flows.discounted import Discounted
from flows.show_json import RawEvent
from flows.whose import Spans, counts
from operators.agents import Crawler
from operators.decode import Decoder
from sources.logs import Logs, Share
from state.event import Event
from state.ids import bare
from state.moment import iso
from state.touch import touch_at

FAR_FUTURE = 1 << 43
PROGRESS_LINES = 1_000_000


class Named(msgspec.Struct, rename="camel"):
    """The name in a line, and its message id."""

    event: str
    message_id: str | int | None = None


def raw_events(log: Path, model: Model, spans: Spans, without: Discounted) -> list[RawEvent]:
    """Every event of the log within the spans, oldest first, those that do not count with why. Raises `LogError`."""
    decoder = Decoder(model)
    found = [raw for line in _lines(log) if (raw := _raw(read_line(decoder, line), line, spans, without)) is not None]
    return sorted(found, key=lambda raw: raw.at)


def named_by_touch(log: Path, model: Model, touches: Collection[int]) -> dict[int, str]:
    """Touch -> the name and the message id of the event that left it, as far as the log has it. Raises `LogError`."""
    decoder = Decoder(model)
    events = ((read_line(decoder, line), line) for line in _lines(log))
    found = {
        event.touch: msgspec.json.decode(line, type=Named) for event, line in events if event and event.touch in touches
    }
    return {touch: f"{named.event} {named.message_id or ''}".rstrip() for touch, named in found.items()}


def _lines(log: Path) -> Iterator[bytes]:
    logs = Logs(log, {}, follow=False, share=Share((0, 1)))
    seen = 0
    while not logs.at_end:
        batch = logs.read()
        if batch is None:
            continue
        yield from batch.lines
        before, seen = seen, seen + len(batch.lines)
        if seen // PROGRESS_LINES != before // PROGRESS_LINES:
            print(f"searched {seen:,} events …", file=sys.stderr)
    logs.close()


def read_line(decoder: Decoder, line: bytes) -> Event | None:
    """The event; None for a line that counts for nobody."""
    try:
        return decoder.read(line, FAR_FUTURE)
    except (ValueError, RecursionError, Crawler):
        return None


def _raw(event: Event | None, line: bytes, spans: Spans, without: Discounted) -> RawEvent | None:
    source = counts(event, spans) if event else ""
    if event is None or not source:
        return None
    name = msgspec.json.decode(line, type=Named).event
    at = iso(touch_at(event.touch))
    return RawEvent(at, name, bare(source), event.signals, line.decode(), without.why(event, source))
