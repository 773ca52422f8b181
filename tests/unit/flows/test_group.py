"""What all processes of a group agree on."""

from flows.engine import Place
from flows.group import Group
from state.memory import MemoryStore
from state.rewind import Reached

REWIND_MS = 5_000


def group(store: MemoryStore, process: int = 0, processes: int = 1) -> Group:
    addresses = tuple(f"127.0.0.1:{number + 1}" for number in range(processes if processes > 1 else 0))
    return Group(Place(process, addresses), store, lambda: False)


def test_a_start_goes_back_by_the_rewind() -> None:
    store = MemoryStore(shards=1)
    store.save({"a": 10}, 0)
    store.save({"a": 20}, 9_000)
    assert group(store).positions(REWIND_MS) == {"a": Reached(10, 20)}


def test_what_was_put_back_stays_so_for_the_next_start_although_others_were_saved_since() -> None:
    store = MemoryStore(shards=1)
    store.save({"a": 10}, 0)
    store.save({"a": 20}, 9_000)
    group(store).positions(REWIND_MS)
    store.save({"b": 5}, 60_000)
    assert group(store).positions(REWIND_MS)["a"].at == 10


def test_a_follower_reads_on_from_where_the_leader_says() -> None:
    store = MemoryStore(shards=1)
    store.save({"a": 10}, 0)
    led = group(store, 0, 2).positions(REWIND_MS)
    assert (group(store, 1, 2).positions(REWIND_MS), led) == (led, {"a": Reached(0, 10)})


def test_a_follower_goes_on_when_the_leader_sees_more() -> None:
    store = MemoryStore(shards=1)
    leader, follower = group(store, 0, 2), group(store, 1, 2)
    more = iter((True, False))
    heard = [(leader.goes_on(lambda: next(more)), follower.goes_on(lambda: False)) for _ in range(2)]
    assert heard == [(True, True), (False, False)]


def test_who_is_told_to_stop_does_not_go_on() -> None:
    stopped = Group(Place(), MemoryStore(shards=1), lambda: True)
    assert not stopped.goes_on(lambda: True)
