"""What stops a rebuild at the last moment, and where the next flow reads on."""

import pytest

from flows.activation import Put
from flows.exits import Problem
from flows.rebuild_switch import read_again, refuse_news
from state.memory import MemoryStore
from state.store import Activation

ENTRY = Activation(at=1, who="ann", why="", digest="d", model="m 2")


def begun(*, again: bool = False) -> tuple[MemoryStore, MemoryStore, Put]:
    """A live generation, the one that is to take its place, and why."""
    live, fresh = MemoryStore(), MemoryStore()
    if not again:
        fresh.activate(ENTRY, b"")
    return live, fresh, Put(ENTRY, [], [], again=again)


@pytest.mark.parametrize("again", [False, True])
def test_without_news_it_goes_on(again: bool) -> None:
    refuse_news(*begun(again=again))


@pytest.mark.parametrize("again", [False, True])
def test_a_model_that_was_activated_meanwhile_is_not_passed_over(again: bool) -> None:
    live, fresh, put = begun(again=again)
    live.activate(ENTRY, b"")
    with pytest.raises(Problem, match="another model was activated meanwhile"):
        refuse_news(live, fresh, put)


def test_who_was_erased_meanwhile_does_not_come_back() -> None:
    live, fresh, put = begun()
    live.bury(["e:ann@acme.com"])
    with pytest.raises(Problem, match="somebody was erased meanwhile"):
        refuse_news(live, fresh, put)


def test_the_next_flow_reads_what_the_live_one_has_not_read() -> None:
    live, fresh = MemoryStore(), MemoryStore()
    live.save({"a.jsonl.1#0a": 10, "b.jsonl#0b": 90}, at=1)
    fresh.save({"a.jsonl#0a": 30, "b.jsonl#0b": 40, "new.jsonl#0c": 50, "@identity.jsonl#0d": 60}, at=1)
    read_again(live, fresh)
    assert {name: history[-1].position for name, history in fresh.checkpoints().items()} == {
        "a.jsonl#0a": 10,
        "b.jsonl#0b": 40,
        "new.jsonl#0c": 0,
        "@identity.jsonl#0d": 60,
    }
