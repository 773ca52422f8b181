"""A shard's records at hand: read once, changed in memory, written once an epoch, and not too many of them."""

from collections.abc import Sequence

import pytest

from state import shelf as module
from state.measures import Lookups
from state.memory import MemoryStore
from state.shelf import Shelf
from state.store import Commit, Kind
from state.subject import Standing, Subject


class Watched(MemoryStore):
    """Notes what is asked and written."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked: list[list[str]] = []
        self.commits: list[Commit] = []

    def read(self, kind: Kind, shard: int, ids: Sequence[str]) -> list[bytes | None]:
        """See `Records`."""
        self.asked.append(list(ids))
        return super().read(kind, shard, ids)

    def commit(self, commit: Commit) -> None:
        """See `Records`."""
        self.commits.append(commit)
        super().commit(commit)


@pytest.fixture
def store() -> Watched:
    return Watched()


def open_shelf(store: MemoryStore) -> Shelf[Subject]:
    return Shelf(store, "contact", 0, Subject)


def change(shelf: Shelf[Subject], *ids: str, score: int = 5) -> None:
    shelf.fetch(ids)
    for id_ in ids:
        subject = shelf.take(id_)
        subject.standing = Standing(score, 0, "")
        shelf.dirty[id_] = subject


def stored(store: MemoryStore, *ids: str) -> None:
    """Records that another process wrote."""
    shelf = open_shelf(store)
    change(shelf, *ids)
    shelf.commit(dict.fromkeys(ids, 10))


def test_a_batch_is_one_read(store: Watched) -> None:
    open_shelf(store).fetch(["c:1", "c:2", "c:1"])
    assert store.asked == [["c:1", "c:2"]]


def test_what_is_at_hand_is_not_read_again(store: Watched) -> None:
    stored(store, "c:1")
    store.asked.clear()
    shelf = open_shelf(store)
    for _ in range(2):
        shelf.fetch(["c:1", "c:2"])
    assert store.asked == [["c:1", "c:2"]]


def test_what_was_absent_is_looked_for_again_in_the_next_epoch(store: Watched) -> None:
    shelf = open_shelf(store)
    shelf.fetch(["c:1"])
    shelf.commit()
    stored(store, "c:1")
    shelf.fetch(["c:1"])
    assert shelf.find("c:1") == Subject("c:1", standing=Standing(5, 0, ""))


def test_what_is_stored_is_taken_as_it_is(store: Watched) -> None:
    stored(store, "c:1")
    shelf = open_shelf(store)
    shelf.fetch(["c:1"])
    assert shelf.take("c:1").standing == Standing(5, 0, "")


def test_what_is_not_stored_is_taken_anew_and_found_from_then_on(store: Watched) -> None:
    shelf = open_shelf(store)
    shelf.fetch(["c:1"])
    before = shelf.find("c:1")
    assert (before, shelf.take("c:1"), shelf.find("c:1")) == (None, Subject("c:1"), Subject("c:1"))


def test_a_commit_writes_what_is_dirty_and_nothing_else(store: Watched) -> None:
    stored(store, "c:1", "c:2")
    shelf = open_shelf(store)
    shelf.fetch(["c:1", "c:2"])
    change(shelf, "c:2", score=9)
    shelf.commit({"c:2": 99}, {"c:2": 1})
    last = store.commits[-1]
    assert (list(last.records), last.timers, last.outbox) == (["c:2"], {"c:2": 99}, {"c:2": 1})


def test_a_clean_shelf_commits_nothing(store: Watched) -> None:
    shelf = open_shelf(store)
    change(shelf, "c:1")
    shelf.commit()
    shelf.commit()
    assert len(store.commits) == 1


def test_a_commit_that_failed_can_be_made_again(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = open_shelf(store)
    change(shelf, "c:1")
    with monkeypatch.context() as patch:
        patch.setattr(store, "commit", lambda commit: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            shelf.commit()
    shelf.commit()
    assert store.find("contact", "c:1") is not None


def test_what_is_written_is_what_is_read(store: Watched) -> None:
    shelf = open_shelf(store)
    change(shelf, "c:1")
    shelf.commit()
    shelf.fetch(["c:1"])
    shelf.take("c:1").standing = None  # in memory only
    other = open_shelf(store)
    other.fetch(["c:1"])
    assert other.take("c:1").standing == Standing(5, 0, "")


def test_who_is_due_is_given_as_it_is_at_hand(store: Watched) -> None:
    stored(store, "c:1", "c:2")
    shelf = open_shelf(store)
    change(shelf, "c:1", score=9)
    found = {subject.id: subject.standing for subject in shelf.due(10, 5)}
    assert found == {"c:1": Standing(9, 0, ""), "c:2": Standing(5, 0, "")}


def test_who_was_due_is_the_record_at_hand_from_then_on(store: Watched) -> None:
    stored(store, "c:1")
    shelf = open_shelf(store)
    (due,) = shelf.due(10, 5)
    shelf.fetch(["c:1"])
    assert shelf.take("c:1") is due


def test_the_next_timer_is_the_stores(store: Watched) -> None:
    stored(store, "c:1")
    assert open_shelf(store).next_due() == 10


def test_what_was_written_is_let_go_so_that_memory_does_not_grow_with_the_log(store: Watched) -> None:
    shelf = open_shelf(store)
    change(shelf, "c:1")
    shelf.commit()
    store.asked.clear()
    shelf.fetch(["c:1"])
    assert (shelf.take("c:1").standing, store.asked) == (Standing(5, 0, ""), [["c:1"]])


@pytest.mark.parametrize(("changed", "full"), [(10, False), (11, True)])
def test_a_shelf_is_full_when_more_is_dirty_than_may_wait(
    store: Watched, monkeypatch: pytest.MonkeyPatch, changed: int, full: bool
) -> None:
    monkeypatch.setattr(module, "FULL", dict.fromkeys(module.FULL, 10))
    shelf = open_shelf(store)
    change(shelf, *(f"c:{number}" for number in range(changed)))
    assert shelf.full == full


def test_what_is_parked_is_at_hand_again_when_it_is_asked_for(store: Watched) -> None:
    shelf = open_shelf(store)
    change(shelf, "c:1", "c:2")
    shelf.park()
    store.asked.clear()
    shelf.fetch(["c:2"])
    assert (shelf.take("c:2").standing, list(shelf.dirty), store.asked) == (Standing(5, 0, ""), ["c:2"], [])


def test_what_is_parked_is_brought_back_part_by_part(store: Watched) -> None:
    shelf = open_shelf(store)
    change(shelf, "c:1", "c:2", "c:3")
    shelf.park()
    parts = []
    while shelf.unpark(2):
        parts.append(list(shelf.dirty))
        shelf.commit()
    assert parts == [["c:1", "c:2"], ["c:3"]]


def test_a_commit_leaves_what_is_parked(store: Watched) -> None:
    shelf = open_shelf(store)
    change(shelf, "c:1")
    shelf.park()
    change(shelf, "c:2")
    shelf.commit()
    assert ([list(commit.records) for commit in store.commits], shelf.unpark(9)) == ([["c:2"]], True)


def test_what_is_parked_is_found_as_it_is_now(store: Watched) -> None:
    stored(store, "c:1", "c:2")
    shelf = open_shelf(store)
    change(shelf, "c:1", score=9)
    shelf.park()
    found = {one.id: one.standing for one in shelf.search([b"c:"])}
    assert found == {"c:1": Standing(9, 0, ""), "c:2": Standing(5, 0, "")}


def test_who_is_due_is_as_it_was_parked(store: Watched) -> None:
    stored(store, "c:1")
    shelf = open_shelf(store)
    change(shelf, "c:1", score=9)
    shelf.park()
    assert [one.standing for one in shelf.due(10, 5)] == [Standing(9, 0, "")]


def test_what_is_parked_counts_as_waiting(store: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FULL", dict.fromkeys(module.FULL, 1))
    shelf = open_shelf(store)
    change(shelf, "c:1")
    shelf.park()
    change(shelf, "c:2")
    assert shelf.full


def test_what_was_asked_for_and_what_of_it_had_to_be_read_is_counted(store: Watched) -> None:
    stored(store, "c:1")
    lookups = Lookups()
    shelf = Shelf(store, "contact", 0, Subject, lookups)
    shelf.fetch(["c:1", "c:2"])
    shelf.fetch(["c:1", "c:2", "c:3"])
    assert lookups == Lookups(asked=5, read=3)
