"""What a contact and an anonymous visitor cost in Redis: memory before and after a log of nothing else.

All that the server holds is counted: keys, timers, outbox entries, the server's own tables.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path
from statistics import mean

import msgspec

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
NO_PROPERTIES = msgspec.Raw(b"{}")


def bytes_per_contact(contacts: int, now: datetime) -> float:
    """Redis memory of a contact known by e-mail, with 20 touches of 5 signals; raises `FlowFailed`."""
    ids = ({"email": f"person{n}@gmail.com"} for n in range(contacts))
    return _bytes_each(_log(ids, TOUCHES_OF_A_CONTACT, now), contacts)


def bytes_per_visitor(visitors: int, now: datetime) -> float:
    """Redis memory of a visitor nobody knows, with 5 touches of 5 signals; raises `FlowFailed`."""
    ids = ({"anonymous_id": f"0d9f2f6e-7a51-4c3b-9a0e-{n:012x}"} for n in range(visitors))
    return _bytes_each(_log(ids, TOUCHES_OF_A_VISITOR, now), visitors)


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


def _log(ids: Iterator[dict[str, str]], touches: int, now: datetime) -> Iterator[bytes]:
    number = count()
    for identifiers in ids:
        for touch in range(touches):
            event = NativeEvent(
                event=SIGNALS[touch % len(SIGNALS)],
                timestamp=now - BETWEEN_TOUCHES * (touches - touch),
                message_id=f"m-{next(number)}",
                properties=NO_PROPERTIES,
                traits=NO_PROPERTIES,
                **identifiers,
            )
            yield msgspec.json.encode(event) + b"\n"


def _bytes_each(lines: Iterator[bytes], subjects: int) -> float:
    with tempfile.TemporaryDirectory() as name, dedicated_server() as server:
        log, data = Path(name) / "log.jsonl", Path(name) / "data"
        with log.open("wb") as file:
            file.writelines(lines)
        before = _used(server)
        run = score(log, server, data)
        check_counts(run, run.received)
        return (_used(server) - before) / subjects


def _used(server: Server) -> int:
    """Bytes in use, less what the append-only file has in its buffer."""
    with server.connect() as client:
        memory = client.info("memory")
    return int(memory["used_memory"]) - int(memory["mem_aof_buffer"])
