"""When one shard of accounts writes what they were told, and how many of them at a time."""

import pytest

from config.model import Band, Scorecard
from operators import score_shard
from operators.evaluate import Scoring
from operators.score_shard import ScoreShard
from state.clock import LogClock
from state.ledger import Keep
from state.memory import MemoryStore
from state.messages import Touched
from state.retention import Retention
from state.shelf import Shelf
from state.store import Commit
from state.subject import Subject
from tests.unit.operators.shard_case import did, small_model

SCORING = Scoring(small_model(Scorecard(rules=(), bands=(Band(name="low"),))), Keep())


def shard(store: MemoryStore) -> ScoreShard:
    return ScoreShard(Shelf(store, "account", 0, Subject), SCORING, Retention(), LogClock(1_781_251_200_000))


def test_too_much_news_for_accounts_to_wait_for_the_epochs_end_is_written_with_its_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore(1)
    monkeypatch.setattr(score_shard, "GATHERED", 1)
    accounts = shard(store)
    accounts.handle([Touched("d:acme.com", "e:ann@acme.com", did(1))])
    before = store.records.copy()
    accounts.handle([Touched("d:acme.com", "a:1", did(1))])
    assert (before, list(store.records["account", 0])) == ({}, ["d:acme.com"])


def test_no_more_accounts_are_at_hand_than_are_written_together(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore(1)
    monkeypatch.setattr(score_shard, "AT_ONCE", 2)
    together: list[int] = []
    commit = store.commit

    def counted(one: Commit) -> None:
        together.append(len(one.records))
        commit(one)

    monkeypatch.setattr(store, "commit", counted)
    accounts = shard(store)
    accounts.handle([Touched(f"d:{n}.com", "a:1", did(1)) for n in range(5)])
    accounts.commit()
    assert together == [2, 2, 1]
