"""What every store promises about models: the history of which one counts, and looking at everybody again."""

from state.store import Activation, Commit, Kind, Store

FIRST = Activation(at=1_000, who="ann@desk", why="better", digest="aa", model="ours 1", report={"auc": 0.7})
BACK = Activation(at=2_000, who="bob@desk", why="worse", digest="", model="", back_to=-1)


def put(store: Store, kind: Kind, shard: int, *ids: str, timers: dict[str, int | None] | None = None) -> None:
    store.commit(Commit(kind, shard, {id_: id_.encode() for id_ in ids}, timers or {}))


def due(store: Store, now: int) -> set[bytes]:
    return {one for kind in ("contact", "account") for shard in range(4) for one in store.due(kind, shard, now, 99)}


def test_a_new_namespace_has_no_history(store: Store) -> None:
    assert (store.count_activations(), store.activations(), store.model_files()) == (0, [], {})


def test_the_history_is_only_added_to(store: Store) -> None:
    store.activate(FIRST, b"first")
    store.activate(BACK, b"")
    assert (store.count_activations(), store.activations()) == (2, [FIRST, BACK])


def test_files_are_kept_by_their_digest(store: Store) -> None:
    store.activate(FIRST, b"first")
    store.activate(BACK, b"")
    assert store.model_files() == {"aa": b"first"}


def test_who_was_looked_at_under_what_is_remembered(store: Store) -> None:
    before = store.reviewed_under()
    store.set_reviewed("aa")
    assert (before, store.reviewed_under()) == ("", "aa")


def test_a_review_sets_a_timer_for_every_contact_and_account(store: Store) -> None:
    put(store, "contact", 0, "e:a@x.com", timers={"e:a@x.com": None})
    put(store, "contact", 3, "e:b@x.com")
    put(store, "account", 1, "d:x.com")
    put(store, "visitor", 1, "a:1")
    assert (store.review(5_000, 1, "!"), due(store, 8_000)) == (3, {b"e:a@x.com", b"e:b@x.com", b"d:x.com"})


def test_a_review_takes_its_time(store: Store) -> None:
    for shard in range(4):
        put(store, "contact", shard, *(f"c:{shard}{number}" for number in range(5)))
    store.review(5_000, 10, "!")
    assert [len(due(store, now)) for now in (4_999, 5_000, 5_950, 6_900)] == [0, 1, 10, 20]


def test_an_earlier_timer_stays(store: Store) -> None:
    put(store, "contact", 0, "c:1", timers={"c:1": 1_000})
    store.review(5_000, 1, "!")
    assert due(store, 1_000) == {b"c:1"}


def test_one_record_can_be_left_out_of_a_review(store: Store) -> None:
    put(store, "contact", 0, "c:1", "!")
    assert (store.review(5_000, 1, "!"), due(store, 9_000)) == (1, {b"c:1"})
