"""Identifiers that do more than any person: what the flow makes of them, and how large their records become."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec.json import encode

from benchmarks.memory import SIGNALS
from benchmarks.native import NativeEvent
from benchmarks.score_flow import NAMESPACE, FlowRun, check_counts, score
from benchmarks.server import Server, dedicated_server
from state.keys import DIGEST_BYTES
from state.redis_link import RedisLink
from state.store import KINDS

EVENTS = 100_000
DEVICES = 1_000
EVENTS_OF_A_DEVICE = 20
NOTHING = msgspec.Raw(b"{}")
ADDRESS = "ann@acme.com"


def busy_visitor(now: datetime) -> Iterator[NativeEvent]:
    """One visitor, all the time; somebody is known for it since the middle."""
    for n in range(EVENTS):
        event = _event(n, now - timedelta(minutes=5) * (EVENTS - n))
        event.anonymous_id = "busy"
        event.email = ADDRESS if n == EVENTS // 2 else None
        yield event


def many_devices(now: datetime) -> Iterator[NativeEvent]:
    """One contact on very many devices, more than an address may have visitors."""
    for n in range(DEVICES * EVENTS_OF_A_DEVICE):
        event = _event(n, now - timedelta(minutes=10) * (DEVICES * EVENTS_OF_A_DEVICE - n))
        event.anonymous_id = f"device-{n % DEVICES}"
        event.email = ADDRESS
        yield event


def extreme(events: Iterable[NativeEvent]) -> tuple[FlowRun, dict[str, int]]:
    """A run over these events, and kind of record -> bytes of the largest in Redis; raises `FlowFailed`."""
    with tempfile.TemporaryDirectory() as name, dedicated_server() as server:
        log = Path(name) / "extreme.jsonl"
        with log.open("wb") as file:
            file.writelines(encode(event) + b"\n" for event in events)
        run = score(log, server, Path(name) / "data")
        check_counts(run, run.received)
        return run, _largest(server)


def _event(n: int, at: datetime) -> NativeEvent:
    return NativeEvent(SIGNALS[n % len(SIGNALS)], at, f"m-{n}", properties=NOTHING, traits=NOTHING)


def _largest(server: Server) -> dict[str, int]:
    link = RedisLink(server.url, NAMESPACE)
    with link.client as client:
        kinds = {link.keys.record_prefix(kind, n): kind for kind in KINDS for n in range(link.shards)}
        found: dict[str, int] = {}
        for key in client.scan_iter(count=1_000):
            if kind := kinds.get(key[:-DIGEST_BYTES]):
                found[kind] = max(found.get(kind, 0), client.memory_usage(key) or 0)
    return dict(sorted(found.items()))
