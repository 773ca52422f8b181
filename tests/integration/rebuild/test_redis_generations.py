"""Generations of a namespace in Redis, alone and as a cluster: begun beside the current one, switched to, removed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import cast

import pytest
from redis import Redis, RedisCluster

from flows.rebuild_told import hand_over
from state.redis_store import RedisStore
from state.store import DELIVERY, MAINTENANCE, Activation, Commit, Fenced, StoreUnavailable, Switched

SHARDS = 16
IDS = tuple(f"e:{number}@acme.com" for number in range(SHARDS))
MODEL = Activation(at=1, who="ann", why="", digest="d", model="m 1")


@pytest.fixture(params=["a server", "a cluster"])
def redis_url(request: pytest.FixtureRequest, redis_url: str) -> str:
    """Where the store of each test here is, once and once again."""
    return redis_url if request.param == "a server" else str(request.getfixturevalue("cluster_url"))


@pytest.fixture
def live(connect: Callable[..., RedisStore]) -> RedisStore:
    """A namespace with a contact in every shard, of whom a sink was told."""
    store = connect(SHARDS)
    store.open()
    for shard, id_ in enumerate(IDS):
        store.commit(Commit("contact", shard, {id_: b"old"}))
        store.tell("crm", "contact", shard, {id_: b"told %d" % shard})
    store.bury(["e:gone@acme.com"])
    store.activate(MODEL, b"file")
    store.settle_in()
    return store


@pytest.fixture
def reach(redis_url: str, namespace: str) -> Iterator[Callable[[int], RedisStore]]:
    """Connects to a generation."""
    with ExitStack() as opened:

        def connected(generation: int) -> RedisStore:
            store = RedisStore(redis_url, namespace, generation=generation)
            opened.callback(store.disconnect)
            return store

        yield connected


def switch(store: RedisStore, generation: int) -> None:
    store.hold(MAINTENANCE)
    store.switch_to(generation)


def keys(redis_url: str, namespace: str) -> set[bytes]:
    client = Redis.from_url(redis_url) if redis_url.startswith("unix:") else RedisCluster.from_url(redis_url)
    with closing(client):
        return {cast("bytes", key) for key in client.scan_iter(count=1_000) if namespace.encode() in key}


def test_a_generation_begins_with_what_the_log_does_not_say_and_without_records(
    live: RedisStore, reach: Callable[[int], RedisStore]
) -> None:
    fresh = reach(live.begin_generation())
    assert (fresh.shards, fresh.incarnation, fresh.keys.digest("x")) == (
        SHARDS,
        live.incarnation,
        live.keys.digest("x"),
    )
    assert (fresh.tombstones(), fresh.activations()) == (live.tombstones(), [MODEL])
    assert (list(fresh.scan("contact")), fresh.sinks()) == ([], [])


def test_whoever_connects_gets_the_generation_that_was_switched_to(
    live: RedisStore, reach: Callable[[int], RedisStore], connect: Callable[..., RedisStore]
) -> None:
    number = live.begin_generation()
    before = connect(SHARDS).generation
    switch(live, number)
    assert (before, connect(SHARDS).generation) == (0, number)


def test_who_has_the_generation_before_hears_of_the_switch(
    live: RedisStore, connect: Callable[..., RedisStore]
) -> None:
    other = connect(SHARDS)
    switch(live, live.begin_generation())
    for act in (live.renew, other.open, other.join, lambda: other.hold(DELIVERY), lambda: list(other.scan("contact"))):
        with pytest.raises(Switched, match="was rebuilt meanwhile"):
            act()


def test_only_who_has_the_namespace_alone_may_switch(live: RedisStore, connect: Callable[..., RedisStore]) -> None:
    number = live.begin_generation()
    for alone in (False, True):
        if alone:
            connect(SHARDS).open()  # the fence is another's
            live.hold(MAINTENANCE)
        with pytest.raises((Fenced, StoreUnavailable)):
            live.switch_to(number)
    assert connect(SHARDS).generation == 0


def test_what_sinks_were_told_goes_over_from_every_shard(live: RedisStore, reach: Callable[[int], RedisStore]) -> None:
    fresh = reach(live.begin_generation())
    live.copy_told(fresh.generation)
    found = [fresh.told("crm", "contact", shard, [id_]) for shard, id_ in enumerate(IDS)]
    assert found == [[b"told %d" % shard] for shard in range(SHARDS)]


def test_those_whom_a_sink_knows_and_the_other_generation_does_not_are_found_and_taken_in(
    live: RedisStore, reach: Callable[[int], RedisStore]
) -> None:
    fresh = reach(live.begin_generation())
    fresh.open()
    fresh.commit(Commit("contact", 3, {IDS[3]: b"new"}))
    strays = list(live.strays(fresh.generation))
    for stray in strays:
        fresh.take_in(stray, 7)
    assert sorted(one.shard for one in strays) == [shard for shard in range(SHARDS) if shard != 3]
    assert (fresh.read("contact", 3, [IDS[3]]), fresh.read("contact", 4, [IDS[4]])) == ([b"new"], [b"old"])
    assert [one.urgency for one in fresh.waiting("contact", 99)] == [7] * (SHARDS - 1)


def test_the_generation_before_goes_and_the_current_one_stays_whole(
    live: RedisStore, reach: Callable[[int], RedisStore], connect: Callable[..., RedisStore], redis_url: str
) -> None:
    fresh = reach(live.begin_generation())
    fresh.open()
    fresh.commit(Commit("contact", 3, {IDS[3]: b"new"}))
    switch(live, fresh.generation)
    live.remove({0, fresh.generation})
    left = keys(redis_url, live.namespace)
    assert [key for key in left if b"~" not in key] == []
    assert (connect(SHARDS).read("contact", 3, [IDS[3]]), connect(SHARDS).activations()) == ([b"new"], [MODEL])


def test_a_generation_that_was_removed_is_forgotten_once_nobody_writes_to_it(
    live: RedisStore, reach: Callable[[int], RedisStore], redis_url: str
) -> None:
    fresh = reach(live.begin_generation())
    live.remove({fresh.generation})
    fresh.note("late", b"a flow that was killed with its command")
    left = [live.leftovers()]
    for _ in range(2):
        live.remove(live.leftovers())
        left.append(live.leftovers())
    assert left == [{1}, {1}, set()]
    assert [key for key in keys(redis_url, live.namespace) if b"~1" in key] == []


def test_numbers_of_generations_that_were_begun_are_not_used_again(live: RedisStore) -> None:
    assert [live.begin_generation(), live.begin_generation()] == [1, 2]


def test_a_generation_that_nobody_began_is_refused(live: RedisStore, reach: Callable[[int], RedisStore]) -> None:
    with pytest.raises(StoreUnavailable, match="there is nothing in namespace"):
        reach(live.generation + 5)


def test_whoever_was_told_of_after_the_copy_waits_in_the_other_generation_and_so_does_whoever_waits_here(
    live: RedisStore, reach: Callable[[int], RedisStore]
) -> None:
    fresh = reach(live.begin_generation())
    fresh.open()
    for shard in (2, 3, 4):
        fresh.commit(Commit("contact", shard, {IDS[shard]: b"record %d" % shard}))
    live.copy_told(fresh.generation)
    live.tell("crm", "contact", 3, {IDS[3]: b"told since"})
    live.mark("contact", 4, {IDS[4]: 5})
    hand_over(live, fresh)
    assert [one.record for one in fresh.waiting("contact", 99)] == [b"record 4", b"record 3"]
    assert fresh.told("crm", "contact", 3, [IDS[3]]) == [b"told since"]
