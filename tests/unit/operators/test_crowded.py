"""An id that more visitors link to than it keeps: the first ones are its own, however many come at once."""

import random

import pytest

from operators.crowded import REMEMBERED
from operators.identify_shard import IdentifyShard
from state.links import CLOSED
from state.memory import MemoryStore
from state.messages import LinkFacts, Seen
from tests.unit.operators.identify_case import ANN, restarted

MOST = 2
MANY = 3 * REMEMBERED
FIRSTS = {f"a:{number}": number << 20 for number in range(1, MANY + 1)}
"""Visitor -> the touch of its first link."""


@pytest.fixture
def known() -> IdentifyShard:
    return restarted(MemoryStore(1), "known")


def owned(known: IdentifyShard, batches: list[list[str]]) -> set[str]:
    """Those of the visitors that were never told, or not in the end, that they came too late."""
    closed: dict[str, int] = {}
    for batch in batches:
        for said in known.handle([Seen(ANN, followers={id_: FIRSTS[id_] for id_ in batch})]):
            if isinstance(said, LinkFacts):
                closed[said.to] = said.links[ANN][CLOSED][0]
    return {id_ for id_, first in FIRSTS.items() if first <= closed.get(id_, first)}


@pytest.mark.parametrize("at_once", [1, 50, MANY // 2, MANY])
@pytest.mark.parametrize("order", ["first to last", "last to first", "later half first", "shuffled"])
def test_whom_it_keeps_does_not_depend_on_how_they_come(known: IdentifyShard, order: str, at_once: int) -> None:
    ids = list(FIRSTS)
    match order:
        case "last to first":
            ids.reverse()
        case "later half first":
            ids = ids[MANY // 2 :] + ids[: MANY // 2]
        case "shuffled":
            random.Random(1).shuffle(ids)
    batches = [ids[start : start + at_once] for start in range(0, MANY, at_once)]
    assert owned(known, batches) == set(list(FIRSTS)[:MOST])


def test_it_remembers_no_more_of_the_others_than_some(known: IdentifyShard) -> None:
    owned(known, [list(FIRSTS)])
    source = known._shelf.find(ANN)
    assert source is not None
    assert len(source.followers) == MOST + REMEMBERED
