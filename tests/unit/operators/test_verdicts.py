"""Verdicts on whole companies, as one shard of contacts goes by them."""

from collections.abc import Callable

import pytest

from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from operators.verdicts import EVERYONE
from state.clock import LogClock
from state.links import CORRECTED, MARK, RETRACTED
from state.memory import MemoryStore
from state.messages import LinkFacts, Replaced, Touched
from state.retention import Retention
from state.shelf import Shelf
from state.subject import Subject
from tests.unit.operators.test_score_shard import ANN, KEEP, MODEL, NOW, did, said, stored

Start = Callable[[], ScoreShard]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(1)


@pytest.fixture
def restart(store: MemoryStore) -> Start:
    """A shard of contacts as a new process has it."""
    return lambda: ScoreShard(Shelf(store, "contact", 0, Subject), Scoring(MODEL, KEEP), Retention(KEEP), LogClock(NOW))


@pytest.fixture
def contacts(restart: Start) -> ScoreShard:
    return restart()


def judged(at: int, *targets: str) -> LinkFacts:
    return LinkFacts(EVERYONE, {"d:acme.com": {**{target: [at] for target in targets}, CORRECTED: [at]}})


def test_a_retracted_companys_people_keep_what_they_did_and_count_for_nobody(
    contacts: ScoreShard, store: MemoryStore
) -> None:
    contacts.handle([Touched(ANN, "a:1", did(1))])
    contacts.commit()
    told = contacts.handle([judged(5, RETRACTED)])
    contacts.commit()
    subject = stored(store, "contact", ANN)
    assert (said(told), subject.sources, subject.withheld, subject.corrected) == (
        [("Replaced", "d:acme.com", ANN, 0)],
        {},
        {"a:1": did(1)},
        5,
    )


def test_a_retracted_companys_later_people_tell_nobody(restart: Start) -> None:
    before = restart()
    before.handle([judged(5, RETRACTED)])
    before.commit()
    assert restart().handle([Touched(ANN, "a:1", did(1))]) == []


def test_what_comes_while_a_company_is_retracted_counts_once_it_is_restored(contacts: ScoreShard) -> None:
    contacts.handle([judged(5, RETRACTED), Touched(ANN, "a:1", did(1)), Replaced(ANN, "a:2", did(2))])
    assert said(contacts.handle([judged(6, MARK + RETRACTED)])) == [("Replaced", "d:acme.com", ANN, 2)]


def test_verdicts_have_no_score(contacts: ScoreShard, store: MemoryStore) -> None:
    contacts.handle([judged(5, RETRACTED)])
    contacts.commit()
    assert (store.waiting("contact", 9), stored(store, "contact", EVERYONE).standing) == ([], None)
