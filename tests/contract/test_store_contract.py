"""What every store promises, whatever keeps the bytes; see `state.store`."""

from state.store import Commit, Store
from tests.contract.conftest import SHARDS


def write(store: Store, *ids: str, shard: int = 1) -> None:
    """Records of contacts, each with its id in it."""
    store.commit(Commit("contact", shard, {id_: f"record of {id_}".encode() for id_ in ids}))


def put_in_outbox(store: Store, outbox: dict[str, int], shard: int = 1) -> None:
    store.commit(Commit("contact", shard, {id_: f"record of {id_}".encode() for id_ in outbox}, {}, outbox))


def set_timers(store: Store, timers: dict[str, int | None]) -> None:
    store.commit(Commit("contact", 1, {id_: f"record of {id_}".encode() for id_ in timers}, timers))


def waiting(store: Store, most: int = 10) -> list[tuple[bytes, int]]:
    return [(found.record, found.urgency) for found in store.waiting("contact", most)]


def test_what_was_never_written_is_none(store: Store) -> None:
    assert store.read("contact", 0, ["e:a@b.io", "e:c@d.io"]) == [None, None]


def test_what_was_committed_is_read_in_the_order_of_the_question(store: Store) -> None:
    write(store, "c:1", "c:2")
    assert store.read("contact", 1, ["c:2", "c:3", "c:1"]) == [b"record of c:2", None, b"record of c:1"]


def test_a_later_commit_replaces_a_record_and_leaves_the_others(store: Store) -> None:
    write(store, "c:1", "c:2")
    store.commit(Commit("contact", 1, {"c:1": b"new"}))
    assert store.read("contact", 1, ["c:1", "c:2"]) == [b"new", b"record of c:2"]


def test_nothing_asked_is_nothing_read(store: Store) -> None:
    assert store.read("contact", 1, []) == []


def test_any_bytes_come_back_as_they_were(store: Store) -> None:
    every = bytes(range(256))
    store.commit(Commit("visitor", 1, {"a:ü\x00": every}))
    assert store.read("visitor", 1, ["a:ü\x00"]) == [every]


def test_kinds_and_shards_are_apart(store: Store) -> None:
    write(store, "c:1")
    assert (store.read("known", 1, ["c:1"]), store.read("contact", 2, ["c:1"])) == ([None], [None])


def test_a_scan_gives_every_record_of_a_kind_from_all_shards(store: Store) -> None:
    for shard in range(SHARDS):
        write(store, *(f"c:{shard}-{number}" for number in range(700)), shard=shard)
    store.commit(Commit("account", 1, {"d:acme.com": b"another kind"}))
    expected = sorted(b"record of c:%d-%d" % (shard, number) for shard in range(SHARDS) for number in range(700))
    assert sorted(store.scan("contact")) == expected
    assert sorted(store.scan("contact", 1)) == [one for one in expected if one.startswith(b"record of c:1-")]


def test_a_scan_of_a_shard_gives_what_was_written_since_another_was_scanned(store: Store) -> None:
    write(store, "c:1", shard=1)
    assert list(store.scan("contact", 0)) == []
    write(store, "c:2", shard=1)
    assert sorted(store.scan("contact", 1)) == [b"record of c:1", b"record of c:2"]
    write(store, "c:3", shard=1)
    assert len(list(store.scan("contact", 1))) == 3


def test_timers_that_have_come_are_due_the_earliest_first(store: Store) -> None:
    set_timers(store, {"c:1": 30, "c:2": 10, "c:3": 31, "c:4": 20})
    assert store.due("contact", 1, 30, 10) == [b"record of c:2", b"record of c:4", b"record of c:1"]


def test_no_more_are_due_than_asked_for(store: Store) -> None:
    set_timers(store, {"c:1": 30, "c:2": 10, "c:4": 20})
    assert store.due("contact", 1, 30, 2) == [b"record of c:2", b"record of c:4"]


def test_due_timers_stay_until_they_are_set_anew(store: Store) -> None:
    set_timers(store, {"c:1": 10})
    store.due("contact", 1, 30, 10)
    assert store.due("contact", 1, 30, 10) == [b"record of c:1"]


def test_a_timer_can_be_moved_and_taken_away(store: Store) -> None:
    set_timers(store, {"c:1": 10, "c:2": 11})
    set_timers(store, {"c:1": None, "c:2": 99})
    assert (store.due("contact", 1, 50, 10), store.next_due("contact", 1)) == ([], 99)


def test_the_next_timer_is_known_to_the_millisecond(store: Store) -> None:
    set_timers(store, {"c:1": 1_781_251_200_123, "c:2": 1_781_251_200_124})
    assert store.next_due("contact", 1) == 1_781_251_200_123


def test_without_timers_none_is_next(store: Store) -> None:
    write(store, "c:1")
    assert store.next_due("contact", 1) is None


def test_timers_of_other_shards_and_kinds_are_not_due(store: Store) -> None:
    set_timers(store, {"c:1": 10})
    assert (store.due("contact", 2, 99, 10), store.due("account", 1, 99, 10)) == ([], [])


def test_a_timer_without_a_record_is_not_due(store: Store) -> None:
    store.commit(Commit("contact", 1, {"c:1": b"record"}, {"c:1": 20, "c:2": 10}))
    assert store.due("contact", 1, 30, 10) == [b"record"]


def test_the_most_urgent_of_all_shards_wait_in_front(store: Store) -> None:
    put_in_outbox(store, {"c:1": 5, "c:2": 1}, shard=0)
    put_in_outbox(store, {"c:3": 3}, shard=2)
    expected = [(b"record of c:2", 1), (b"record of c:3", 3), (b"record of c:1", 5)]
    assert waiting(store) == expected


def test_no_more_wait_than_asked_for(store: Store) -> None:
    put_in_outbox(store, {"c:1": 5, "c:2": 1, "c:3": 3})
    assert waiting(store, 2) == [(b"record of c:2", 1), (b"record of c:3", 3)]


def test_an_urgency_of_band_and_time_is_kept_exactly(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3 << 44 | 1_781_251_200_123})
    assert waiting(store)[0][1] == 3 << 44 | 1_781_251_200_123


def test_who_waits_keeps_the_greater_urgency(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3, "c:2": 3})
    put_in_outbox(store, {"c:1": 2, "c:2": 9})
    assert waiting(store) == [(b"record of c:1", 2), (b"record of c:2", 3)]


def test_what_waits_is_read_as_it_is_now(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3})
    store.commit(Commit("contact", 1, {"c:1": b"new"}))
    assert waiting(store) == [(b"new", 3)]


def test_a_mark_puts_a_subject_in_without_a_change(store: Store) -> None:
    write(store, "c:1")
    store.mark("contact", 1, {"c:1": 4})
    assert waiting(store) == [(b"record of c:1", 4)]


def test_a_mark_does_not_make_anyone_less_urgent(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3})
    store.mark("contact", 1, {"c:1": 4})
    assert waiting(store) == [(b"record of c:1", 3)]


def test_a_mark_without_a_record_does_not_wait(store: Store) -> None:
    store.mark("contact", 1, {"c:1": 4})
    assert waiting(store) == []


def test_looking_takes_nobody_out(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3})
    waiting(store)
    assert store.depth("contact") == 1


def test_settled_in_the_state_that_was_delivered_it_is_gone(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3, "c:2": 4})
    first = store.waiting("contact", 1)[0]
    assert (store.settle("contact", 1, {"c:1": first.token}), waiting(store)) == (1, [(b"record of c:2", 4)])


def test_settled_in_a_state_that_has_passed_it_stays(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3})
    delivered = store.waiting("contact", 1)[0]
    store.commit(Commit("contact", 1, {"c:1": b"changed meanwhile"}))
    assert (store.settle("contact", 1, {"c:1": delivered.token}), store.depth("contact")) == (0, 1)


def test_settling_who_does_not_wait_counts_nothing(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3})
    token = store.waiting("contact", 1)[0].token
    store.settle("contact", 1, {"c:1": token})
    assert store.settle("contact", 1, {"c:1": token, "c:2": token}) == 0


def test_settling_nobody_is_no_error(store: Store) -> None:
    assert store.settle("contact", 1, {}) == 0


def test_depth_counts_all_shards_of_a_kind(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3}, shard=0)
    put_in_outbox(store, {"c:2": 3, "c:3": 3}, shard=3)
    assert (store.depth("contact"), store.depth("account")) == (3, 0)


def test_depth_is_told_by_urgency_with_each_edge_in_the_part_above_it(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3}, shard=0)
    put_in_outbox(store, {"c:2": 9, "c:3": 10, "c:4": 25}, shard=3)
    assert store.depths("contact", [10, 20]) == [2, 1, 1]


def test_without_edges_the_depth_is_one_number(store: Store) -> None:
    put_in_outbox(store, {"c:1": 3}, shard=0)
    assert (store.depths("contact", []), store.depths("account", [])) == ([1], [0])


def test_a_sink_is_remembered_apart_from_the_others(store: Store) -> None:
    store.tell("hubspot", "contact", 1, {"c:1": b"told", "c:2": b"told two"})
    found = [store.told(sink, "contact", 1, ["c:2", "c:9", "c:1"]) for sink in ("hubspot", "webhook")]
    assert found == [[b"told two", None, b"told"], [None, None, None]]


def test_what_a_sink_was_told_last_counts(store: Store) -> None:
    store.tell("hubspot", "contact", 1, {"c:1": b"old"})
    store.tell("hubspot", "contact", 1, {"c:1": b"new"})
    assert store.told("hubspot", "contact", 1, ["c:1"]) == [b"new"]


def test_telling_and_asking_nothing_is_no_error(store: Store) -> None:
    store.tell("hubspot", "contact", 1, {})
    assert store.told("hubspot", "contact", 1, []) == []
