"""What every store promises about the one run that may write, its clock and its positions; see `state.store.Run`."""

from state.store import Checkpoint, Commit, Store


def test_what_a_flow_noted_last_is_what_readers_find(store: Store) -> None:
    store.note("limits", b"old")
    store.note("limits", b"new")
    assert (store.noted("limits"), store.noted("else")) == (b"new", None)


def test_there_are_no_checkpoints_before_the_first(store: Store) -> None:
    assert store.checkpoints() == {}


def test_checkpoints_are_kept_by_partition_oldest_first(store: Store) -> None:
    store.save({"a.jsonl": 100, "b.jsonl": 7}, 1_000)
    store.save({"a.jsonl": 250}, 2_000)
    expected = {"a.jsonl": [Checkpoint(1_000, 100), Checkpoint(2_000, 250)], "b.jsonl": [Checkpoint(1_000, 7)]}
    assert store.checkpoints() == expected


def test_only_the_last_checkpoints_are_kept_and_they_reach_back_further_than_a_rewind(store: Store) -> None:
    for second in range(100):
        store.save({"a.jsonl": second}, second * 500)
    kept = store.checkpoints()["a.jsonl"]
    assert (kept[-1], len(kept) < 100, kept[-1].saved_at - kept[0].saved_at > 20_000) == (
        Checkpoint(49_500, 99),
        True,
        True,
    )


def test_saving_no_positions_is_no_error(store: Store) -> None:
    store.save({}, 1_000)
    assert store.checkpoints() == {}


def test_a_partition_that_is_put_back_forgets_what_it_had_reached(store: Store) -> None:
    for second in range(4):
        store.save({"a.jsonl": second * 10, "b.jsonl": second}, second * 1_000)
    store.rewind({"a.jsonl": Checkpoint(1_000, 10)})
    kept = store.checkpoints()
    assert (kept["a.jsonl"], kept["b.jsonl"][-1]) == ([Checkpoint(0, 0), Checkpoint(1_000, 10)], Checkpoint(3_000, 3))


def test_many_short_epochs_leave_checkpoints_that_reach_back_further_than_a_rewind(store: Store) -> None:
    for epoch in range(400):
        store.save({"a.jsonl": epoch}, epoch * 40)
    kept = store.checkpoints()["a.jsonl"]
    assert (kept[-1], kept[-1].saved_at - kept[0].saved_at > 5_000) == (Checkpoint(15_960, 399), True)


def test_a_folder_of_many_logs_is_saved(store: Store) -> None:
    store.save({f"{number}.jsonl": number for number in range(9_000)}, 1_000)
    assert len(store.checkpoints()) == 9_000


def test_there_is_no_clock_until_it_is_set(store: Store) -> None:
    assert store.clock() is None


def test_the_clock_says_what_it_was_set_to(store: Store) -> None:
    store.advance_clock(1_781_251_200_123)
    assert store.clock() == 1_781_251_200_123


def test_the_clock_never_goes_back_and_says_where_it_is(store: Store) -> None:
    store.advance_clock(1_781_251_200_123)
    assert (store.advance_clock(1_781_251_200_000), store.clock()) == (1_781_251_200_123, 1_781_251_200_123)


def test_the_clock_can_be_given_back_to_the_wall(store: Store) -> None:
    store.advance_clock(1_781_251_200_123)
    store.stop_clock()
    assert store.clock() is None


def test_a_run_that_is_alive_may_say_so_and_close(store: Store) -> None:
    store.renew()
    store.stay()
    store.close()
    store.open()
    store.commit(Commit("contact", 1, {"c:1": b"record of c:1"}))
    assert store.read("contact", 1, ["c:1"]) == [b"record of c:1"]


def test_nothing_is_decided_before_somebody_did(store: Store) -> None:
    assert store.decided("round 0") is None


def test_what_was_decided_is_heard(store: Store) -> None:
    store.decide("round 0", "go on")
    assert (store.decided("round 0"), store.decided("round 1")) == ("go on", None)


def test_a_start_over_forgets_how_far_the_logs_were_read_and_the_logs_time(store: Store) -> None:
    store.save({"log": 10}, at=1)
    store.advance_clock(5)
    store.start_over()
    assert (store.checkpoints(), store.clock()) == ({}, None)


def test_what_was_settled_can_be_opened_again(store: Store) -> None:
    store.settle_in()
    store.open()
    store.save({"log": 10}, at=1)
    assert store.checkpoints() == {"log": [Checkpoint(1, 10)]}
