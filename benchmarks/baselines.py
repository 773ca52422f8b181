"""What the flow is measured against: only decoding, and the plain way."""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec
import redis

from benchmarks.native import DecodedEvent, NativeEvent

BATCH = 10_000
AT_LEAST_S = 1.0  # a short log is decoded again until so much time is measured
HALF_LIFE_MS = 14 * 86_400_000
POINTS = {"pricing_viewed": 10.0, "integrations_viewed": 8.0, "security_viewed": 8.0, "demo_requested": 25.0}


class PlainScore(msgspec.Struct, array_like=True):
    """What the plain way keeps for a subject: points as of a time in ms."""

    points: float
    at: int


def decode_rate(log: Path, event_type: type[NativeEvent] | type[DecodedEvent]) -> float:
    """Events/s of a bare loop over lines that are in memory already; reading the file is not counted."""
    decode = msgspec.json.Decoder(event_type).decode
    events, seconds = 0, 0.0
    while seconds < AT_LEAST_S:
        for lines in _batches(log):
            began = time.perf_counter()
            for line in lines:
                decode(line)
            seconds += time.perf_counter() - began
            events += len(lines)
    return events / seconds


def plain_rate(log: Path, client: redis.Redis, sample: int) -> float:
    """Events/s of one GET, one compute and one SET per event, on the first `sample` events of the log."""
    decode = msgspec.json.Decoder(NativeEvent).decode
    with log.open("rb") as lines:
        chosen = list(islice(lines, sample))
    client.ping()  # connected before the clock runs
    began = time.perf_counter()
    for line in chosen:
        score_plainly(client, decode(line))
    return len(chosen) / (time.perf_counter() - began)


def score_plainly(client: redis.Redis, event: NativeEvent) -> None:
    """Read the subject's score, let it cool, add the event's points, write it back."""
    key = f"score:{event.contact_id or event.email or event.user_id or event.anonymous_id}"
    stored = client.get(key)
    before = msgspec.msgpack.decode(stored, type=PlainScore) if isinstance(stored, bytes) else None
    after = cooled_and_added(before, event)
    client.set(key, msgspec.msgpack.encode(after))


def cooled_and_added(before: PlainScore | None, event: NativeEvent) -> PlainScore:
    """The score after the event: a sum that halves every 14 days.

    >>> first = cooled_and_added(None, NativeEvent(event="pricing_viewed", timestamp=0))
    >>> cooled_and_added(first, NativeEvent(event="pricing_viewed", timestamp=14 * 86_400_000)).points
    15.0
    """
    at = _milliseconds(event.timestamp)
    points = POINTS.get(event.event, 1.0)
    if before is None:
        return PlainScore(points, at)
    cooled = before.points * 0.5 ** (max(at - before.at, 0) / HALF_LIFE_MS)
    return PlainScore(cooled + points, max(at, before.at))


def _milliseconds(timestamp: datetime | float) -> int:
    return int(timestamp.timestamp() * 1000 if isinstance(timestamp, datetime) else timestamp)


def _batches(log: Path) -> Iterator[list[bytes]]:
    with log.open("rb") as lines:
        while batch := list(islice(lines, BATCH)):
            yield batch
