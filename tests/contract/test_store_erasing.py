"""What every store promises about forgetting somebody for good; see `state.store.Erasing`."""

from state.store import MAINTENANCE, Commit, Store

ANN, BOB, CID = "e:ann@acme.com", "e:bob@acme.com", "e:cid@acme.com"


def write(store: Store, *ids: str, shard: int = 1) -> None:
    """Contacts that have timers and wait to be delivered."""
    records = {id_: id_.encode() for id_ in ids}
    store.commit(Commit("contact", shard, records, dict.fromkeys(ids, 5), dict.fromkeys(ids, 7)))


def test_who_is_forgotten_has_no_record_any_more_and_others_keep_theirs(store: Store) -> None:
    write(store, ANN, BOB)
    assert store.forget("contact", 1, [ANN]) == 1
    assert store.read("contact", 1, [ANN, BOB]) == [None, BOB.encode()]


def test_who_is_forgotten_has_no_timer_any_more(store: Store) -> None:
    write(store, ANN, BOB)
    store.commit(Commit("contact", 1, {}, {ANN: 3}))
    store.forget("contact", 1, [ANN])
    assert store.next_due("contact", 1) == 5


def test_who_is_forgotten_waits_no_more(store: Store) -> None:
    write(store, ANN, BOB)
    store.forget("contact", 1, [ANN])
    assert store.depth("contact") == 1


def test_forgetting_touches_no_other_kind_and_no_other_shard(store: Store) -> None:
    write(store, ANN)
    write(store, ANN, shard=2)
    store.commit(Commit("known", 1, {ANN: b"known"}))
    store.forget("contact", 1, [ANN])
    assert (store.read("known", 1, [ANN]), store.read("contact", 2, [ANN])) == ([b"known"], [ANN.encode()])


def test_forgetting_tells_how_many_there_were(store: Store) -> None:
    write(store, ANN, BOB)
    assert [store.forget("contact", 1, ids) for ids in ([ANN, CID], [ANN], [])] == [1, 0, 0]


def test_thousands_are_forgotten_at_once(store: Store) -> None:
    ids = [f"c:{number}" for number in range(2_500)]
    write(store, *ids)
    assert (store.forget("contact", 1, ids), list(store.scan("contact"))) == (2_500, [])


def test_no_sink_is_remembered_before_it_is_told_anything(store: Store) -> None:
    assert store.sinks() == []


def test_all_sinks_that_were_told_something_are_known(store: Store) -> None:
    store.tell("hubspot", "contact", 1, {ANN: b"x"})
    store.tell("hubspot", "account", 3, {"d:acme.com": b"x"})
    store.tell("changes", "contact", 2, {BOB: b"x"})
    assert store.sinks() == ["changes", "hubspot"]


def test_what_a_sink_was_told_is_forgotten_of_some(store: Store) -> None:
    store.tell("hubspot", "contact", 1, {ANN: b"x", BOB: b"y"})
    assert store.untell("hubspot", "contact", 1, [ANN, CID]) == 1
    assert store.told("hubspot", "contact", 1, [ANN, BOB]) == [None, b"y"]


def test_a_sink_that_was_made_to_forget_all_is_known_no_more(store: Store) -> None:
    store.tell("hubspot", "contact", 1, {ANN: b"x"})
    store.untell("hubspot", "contact", 1, [ANN])
    assert (store.sinks(), store.untell("hubspot", "contact", 1, []), store.untell("x", "contact", 1, [ANN])) == (
        [],
        0,
        0,
    )


def test_there_are_no_tombstones_before_the_first(store: Store) -> None:
    assert store.tombstones() == frozenset()


def test_tombstones_stay_and_are_found_by_the_id(store: Store) -> None:
    store.bury([ANN])
    store.bury([BOB, ANN])
    store.bury([])
    assert store.tombstones() == {store.tombstone(ANN), store.tombstone(BOB)}


def test_a_tombstone_does_not_say_who_it_is(store: Store) -> None:
    assert (b"ann" in store.tombstone(ANN), store.tombstone(ANN) == store.tombstone(BOB)) == (False, False)


def test_who_is_at_work_on_the_namespace_may_do_as_flows_do(store: Store) -> None:
    store.hold(MAINTENANCE)
    store.hold("deliver")
    store.open()
    store.renew()
    store.save({"a": 1}, 1)
    store.release(MAINTENANCE)
