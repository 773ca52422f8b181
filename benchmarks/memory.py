"""What a contact and an anonymous visitor cost in Redis: memory before and after a log of nothing else.

All that the server holds is counted: keys, timers, outbox entries, the server's own tables.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import mean

import msgspec
from msgspec.json import encode

from benchmarks.native import NativeEvent
from benchmarks.score_flow import NAMESPACE, check_counts, score
from benchmarks.server import Server, dedicated_server
from state.keys import DIGEST_BYTES
from state.redis_link import RedisLink
from state.store import KINDS

TOUCHES_OF_A_CONTACT = 20
TOUCHES_OF_A_VISITOR = 5
SIGNALS = ("pricing_viewed", "integrations_viewed", "security_viewed", "case_study_viewed", "docs_viewed")
BETWEEN_TOUCHES = timedelta(hours=5)
SAMPLED_KEYS = 5_000
NOTHING = msgspec.Raw(b"{}")

EventsOf = Callable[[int, datetime], Iterator[NativeEvent]]


def bytes_per_contact(contacts: int, now: datetime) -> float:
    """Redis memory of a contact known by e-mail, with 20 touches of 5 signals; raises `FlowFailed`."""
    return _bytes_each(contact_events, contacts, now)


def bytes_per_visitor(visitors: int, now: datetime) -> float:
    """Redis memory of a visitor nobody knows, with 5 touches of 5 signals; raises `FlowFailed`."""
    return _bytes_each(visitor_events, visitors, now)


def record_bytes(server: Server) -> dict[str, float]:
    """What the keys of each kind of record take on average, the server's own overhead included: a sample."""
    link = RedisLink(server.url, NAMESPACE)
    with link.client as client:
        kinds = {link.keys.record_prefix(kind, n): kind for kind in KINDS for n in range(link.shards)}
        found: dict[str, list[int]] = defaultdict(list)
        for key in islice(client.scan_iter(count=1_000), SAMPLED_KEYS):
            if kind := kinds.get(key[:-DIGEST_BYTES]):
                found[kind].append(client.memory_usage(key) or 0)
    return {f"{kind}_record_bytes": mean(sizes) for kind, sizes in sorted(found.items())}


def contact_events(n: int, now: datetime) -> Iterator[NativeEvent]:
    """The events of the n-th contact. A free-mail address: the contact belongs to no account."""
    for event in _events(TOUCHES_OF_A_CONTACT, now):
        event.email = f"person{n}@gmail.com"
        yield event


def visitor_events(n: int, now: datetime) -> Iterator[NativeEvent]:
    """The events of the n-th visitor."""
    for event in _events(TOUCHES_OF_A_VISITOR, now):
        event.anonymous_id = f"0d9f2f6e-7a51-4c3b-9a0e-{n:012x}"
        yield event


def _events(touches: int, now: datetime) -> Iterator[NativeEvent]:
    for touch in range(touches):
        at = now - BETWEEN_TOUCHES * (touches - touch)
        yield NativeEvent(SIGNALS[touch % len(SIGNALS)], at, f"m-{touch}", properties=NOTHING, traits=NOTHING)


def _bytes_each(events_of: EventsOf, subjects: int, now: datetime) -> float:
    """The first few subjects go through before, so that what the server holds once is not counted."""
    few = subjects // 50
    with tempfile.TemporaryDirectory() as name, dedicated_server() as server:
        sizes = []
        for count in (few, subjects):
            log = Path(name) / f"{count}.jsonl"
            with log.open("wb") as file:
                file.writelines(encode(event) + b"\n" for n in range(count) for event in events_of(n, now))
            run = score(log, server, Path(name) / "data")
            check_counts(run, run.received)
            sizes.append(_used(server))
        return (sizes[1] - sizes[0]) / (subjects - few)


def _used(server: Server) -> int:
    """Bytes in use, less what the append-only file has in its buffer."""
    with server.connect() as client:
        memory = client.info("memory")
    return int(memory["used_memory"]) - int(memory["mem_aof_buffer"])
