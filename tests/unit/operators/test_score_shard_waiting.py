"""When one shard of contacts evaluates and writes those who changed, and how they wait for it."""

import pytest

from config.model import Band, Scorecard
from operators import score_shard
from operators.evaluate import Scoring, glance
from operators.score_shard import ScoreShard
from operators.verdicts import EVERYONE
from state import shelf
from state.clock import LogClock
from state.codec import Decoder
from state.ledger import Keep
from state.links import CORRECTED, RETRACTED
from state.memory import MemoryStore
from state.messages import LinkFacts, Touched
from state.retention import Retention
from state.score import Glance
from state.shelf import Shelf
from state.subject import Standing, Subject
from tests.unit.operators.shard_case import did, small_model

SCORING = Scoring(small_model(Scorecard(rules=(), bands=(Band(name="low"),))), Keep())
RETRACTION = {"d:acme.com": {RETRACTED: [5], CORRECTED: [5]}}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(1)


@pytest.fixture
def contacts(store: MemoryStore) -> ScoreShard:
    return ScoreShard(Shelf(store, "contact", 0, Subject), SCORING, Retention(), LogClock(1_781_251_200_000))


def stored(store: MemoryStore, *ids: str) -> list[Subject]:
    return [Decoder(Subject).decode(one) for one in store.read("contact", 0, ids) if one]


def test_too_many_changes_to_wait_for_the_epochs_end_are_stored_and_evaluated_with_their_batch(
    store: MemoryStore, contacts: ScoreShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "FULL", dict.fromkeys(shelf.FULL, 1))
    contacts.handle([Touched("c:1", "a:1", did(1))])
    before = store.read("contact", 0, ["c:1"])
    contacts.handle([Touched("c:2", "a:2", did(1))])
    assert (before, len(store.waiting("contact", 9))) == ([None], 2)


def test_those_who_wait_as_bytes_are_evaluated_once_and_as_they_are_at_the_epochs_end(
    store: MemoryStore, contacts: ScoreShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_shard, "AT_ONCE", 1)
    evaluated: list[str] = []

    def noted(scoring: Scoring, subject: Subject, now: int, drift: int, before: Standing | None) -> Glance:
        evaluated.append(subject.id)
        return glance(scoring, subject, now, drift, before)

    monkeypatch.setattr(score_shard, "glance", noted)
    ids = [f"c:{number}" for number in range(3)]
    for second in (1, 2):
        contacts.handle([Touched(id_, "a:1", did(second)) for id_ in ids])
    before = evaluated.copy()
    contacts.commit()
    touches = [len(subject.sources["a:1"].ledger.touches["pricing"]) for subject in stored(store, *ids)]
    assert (before, sorted(evaluated), touches) == ([], ids, [2, 2, 2])


def test_no_more_contacts_are_at_hand_between_batches_than_are_written_together(
    contacts: ScoreShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_shard, "AT_ONCE", 2)
    at_hand = []
    for count in (2, 3):
        contacts.handle([Touched(f"c:{count}{number}", "a:1", did(1)) for number in range(count)])
        at_hand.append(len(contacts._shelf.dirty))
    assert at_hand == [2, 0]


def test_a_verdict_is_stored_at_once_so_that_no_older_one_can_wait_as_bytes(
    store: MemoryStore, contacts: ScoreShard
) -> None:
    contacts.handle([LinkFacts(EVERYONE, RETRACTION)])
    assert [one.judged for one in stored(store, EVERYONE)] == [RETRACTION]


def test_a_verdict_reaches_those_who_wait_as_bytes(
    store: MemoryStore, contacts: ScoreShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_shard, "AT_ONCE", 1)
    contacts.handle([Touched(id_, "a:1", did(1)) for id_ in ("e:ann@acme.com", "e:bob@beta.io")])
    contacts.handle([LinkFacts(EVERYONE, RETRACTION)])
    assert [list(one.withheld) for one in stored(store, "e:ann@acme.com")] == [["a:1"]]
