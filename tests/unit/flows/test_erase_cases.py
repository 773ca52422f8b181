"""Erasures that once went wrong."""

from typing import cast

import pytest

from flows.erase_person import person_of
from flows.erase_records import RecordsErasing
from flows.erased import Erased
from flows.exits import NotFound
from flows.models import parts_of
from flows.reading import Reading
from state import shelf
from state.clock import LogClock
from state.memory import MemoryStore
from state.store import Commit, Kind, Store
from tests.events import event
from tests.unit.flows.conftest import NOON, SETTINGS, Happen

BOB, NEW_BOB, CY = "bob@beta.io", "bob2@beta.io", "cy@gamma.io"


@pytest.fixture
def erased(store: MemoryStore) -> Erased:
    return Erased(cast("Store", store))


def statement(name: str, clock: str, source: str, target: str = "") -> bytes:
    return event(f"leadstream:{name}", clock, properties={"source": source} | ({"target": target} if target else {}))


def erase(key: str, store: MemoryStore, reading: Reading, erased: Erased) -> None:
    person = person_of(store.scan, reading, erased, key)
    RecordsErasing(cast("Store", store), store.scan, parts_of(SETTINGS, store, LogClock(NOON)), person).run()


def test_a_device_that_starts_anew_is_told_again_what_it_follows(
    happen: Happen, store: MemoryStore, reading: Reading, erased: Erased
) -> None:
    happen(
        event("pricing_viewed", "08:00:00", anonymousId="kiosk", email=BOB),
        event("pricing_viewed", "08:10:00", anonymousId="kiosk", email=CY),
        statement("link", "08:20:00", f"email:{BOB}", f"email:{NEW_BOB}"),
    )
    erase(CY, store, reading, erased)
    happen(event("pricing_viewed", "11:00:00", anonymousId="kiosk", email=BOB))
    assert [subject.id for subject in reading.subjects("contact") if subject.sources] == [f"e:{NEW_BOB}"]


def test_accounts_are_written_before_their_contacts_also_when_very_many_change(
    happen: Happen, store: MemoryStore, reading: Reading, erased: Erased, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(
        event("pricing_viewed", "08:00:00", anonymousId="kiosk", email=BOB),
        event("pricing_viewed", "08:10:00", anonymousId="kiosk", email=CY),
    )
    monkeypatch.setattr(shelf, "FULL", dict.fromkeys(shelf.FULL, 0))
    written: list[Kind] = []
    commit = store.commit

    def noted(one: Commit) -> None:
        written.append(one.kind)
        commit(one)

    monkeypatch.setattr(store, "commit", noted)
    erase("visitor:kiosk", store, reading, erased)
    subjects = [kind for kind in written if kind in {"contact", "account"}]
    assert subjects == sorted(subjects, key=["account", "contact"].index) != []


def test_a_visitor_that_was_retracted_can_be_erased(
    happen: Happen, store: MemoryStore, reading: Reading, erased: Erased
) -> None:
    happen(event("pricing_viewed", "08:00:00", anonymousId="solo"), statement("retract", "09:00:00", "visitor:solo"))
    erase("visitor:solo", store, reading, erased)
    assert reading.source("a:solo") is None


def test_a_key_that_is_no_text_is_nobody(store: MemoryStore, reading: Reading, erased: Erased) -> None:
    with pytest.raises(NotFound):
        person_of(store.scan, reading, erased, "\udcff")
