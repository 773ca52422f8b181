"""Looking at everybody again under another model."""

import pytest

from flows.review import review
from operators.verdicts import EVERYONE
from state.memory import MemoryStore
from state.store import Commit


class CutOff(Exception):
    """The process died."""


def store(*ids: str) -> MemoryStore:
    made = MemoryStore(1)
    made.commit(Commit("contact", 0, {id_: id_.encode() for id_ in ids}))
    return made


def due(found: MemoryStore) -> list[bytes]:
    return found.due("contact", 0, 1 << 50, 99)


def test_a_namespace_that_was_never_looked_at_needs_no_second_look() -> None:
    found = store("c:1")
    assert (review(found, "aa", 1_000), due(found), found.reviewed_under()) == (0, [], "aa")


def test_under_another_model_everybody_is_looked_at_but_what_stands_for_everyone() -> None:
    found = store("c:1", "c:2", EVERYONE)
    review(found, "aa", 1_000)
    assert (review(found, "bb", 1_000), due(found)) == (2, [b"c:1", b"c:2"])


def test_under_the_same_model_nobody_is() -> None:
    found = store("c:1")
    for _ in range(2):
        review(found, "aa", 1_000)
    assert due(found) == []


def test_a_review_that_was_cut_off_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = store("c:1")
    review(found, "aa", 1_000)
    with monkeypatch.context() as patched:
        patched.setattr(found, "review", cut_off)
        with pytest.raises(CutOff):
            review(found, "bb", 1_000)
    assert (review(found, "bb", 2_000), due(found)) == (1, [b"c:1"])


def cut_off(*arguments: object) -> int:
    raise CutOff
