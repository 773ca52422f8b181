"""A probe is timed from the log to the outbox."""

import msgspec

from benchmarks.native import NativeEvent
from benchmarks.probes import Probes
from benchmarks.server import dedicated_server
from state.ids import shard_of
from state.redis_link import RedisLink


def mark(link: RedisLink, id_: str) -> None:
    key = link.keys.outbox("contact", shard_of(id_, link.shards))
    link.client.zadd(key, {link.keys.digest(id_): 1})


def test_a_probe_is_timed_when_its_contact_is_in_the_outbox() -> None:
    with dedicated_server() as server:
        link = RedisLink(server.url, "bench")
        probes = Probes(link, "probe")
        for _ in range(2):
            probes.next_line()
            probes.written()
        waiting_before = probes.look()
        mark(link, "e:probe-1@gmail.com")
        waiting_after = probes.look()
        link.disconnect()
    assert (waiting_before, waiting_after, len(probes.delays_ms)) == (2, 1, 1)


def test_every_probe_is_somebody_new() -> None:
    with dedicated_server() as server:
        link = RedisLink(server.url, "bench")
        probes = Probes(link, "probe")
        lines = [msgspec.json.decode(probes.next_line(), type=NativeEvent) for _ in range(2)]
        link.disconnect()
    assert [line.email for line in lines] == ["probe-1@gmail.com", "probe-2@gmail.com"]
