"""Reading subjects and evaluating them as of a moment."""

import msgspec
import pytest

from flows.models import note_limits
from flows.reading import Reading, account_of
from operators.identify_shard import Limits
from state.memory import MemoryStore
from state.subject import Standing
from tests.events import event
from tests.unit.flows.conftest import NOON, Happen

ANN = "ann@acme.com"


def test_what_nobody_has_stored_is_none(reading: Reading) -> None:
    assert (reading.subject("e:nobody@acme.com"), reading.source("a:nobody")) == (None, None)


def test_every_subject_of_a_kind_is_found(happen: Happen, reading: Reading) -> None:
    happen(event("x", email=ANN), event("x", email="bob@globex.com"), event("x", anonymousId="a1"))
    assert sorted(subject.id for subject in reading.subjects("contact")) == ["e:ann@acme.com", "e:bob@globex.com"]


def test_who_was_erased_does_not_come_in_again(happen: Happen, reading: Reading, store: MemoryStore) -> None:
    store.bury([f"e:{ANN}"])
    happen(event("x", email=ANN))
    assert (list(reading.subjects("contact")), reading.is_erased(f"e:{ANN}")) == ([], True)


def test_owners_are_read_by_the_limits_that_the_flow_had(reading: Reading, store: MemoryStore) -> None:
    note_limits(store, Limits(2, 3))
    assert reading.limits == Limits(2, 3)


def test_a_score_is_as_of_the_moment_that_is_asked_for(happen: Happen, reading: Reading) -> None:
    happen(event("pricing_viewed", "08:00:00", email=ANN))
    subject = reading.subject(f"e:{ANN}")
    assert subject is not None
    assert [reading.score(subject, at).total for at in (0, NOON)] == [0.0, 10.0]


def test_a_contact_is_with_the_account_it_named_last_else_that_of_its_address(happen: Happen, reading: Reading) -> None:
    happen(event("x", email=ANN), event("x", email="bob@acme.com", accountDomain="globex.com"), event("x", userId="u1"))
    subjects = {subject.id: account_of(subject) for subject in reading.subjects("contact")}
    assert subjects == {f"e:{ANN}": "d:acme.com", "e:bob@acme.com": "d:globex.com", "u:u1": None}


def test_a_contacts_record_carries_its_accounts_score(happen: Happen, reading: Reading) -> None:
    happen(event("pricing_viewed", email=ANN), event("pricing_viewed", userId="u1"))
    records = {record.key: record for record in reading.records(list(reading.subjects("contact")), NOON)}
    assert (records[ANN].account_score, records["u1"].account_score) == (5.0, None)


def test_an_accounts_record_carries_no_accounts_score(happen: Happen, reading: Reading) -> None:
    happen(event("pricing_viewed", email=ANN))
    (record,) = reading.records(list(reading.subjects("account")), NOON)
    assert (record.kind, record.key, record.score, record.account_score) == ("account", "acme.com", 5.0, None)


def test_reading_changes_nothing(happen: Happen, reading: Reading, store: MemoryStore) -> None:
    happen(event("pricing_viewed", email=ANN))
    before = {shard: dict(records) for shard, records in store.records.items()}
    reading.records([*reading.subjects("contact"), *reading.subjects("account")], NOON)
    assert store.records == before


@pytest.mark.parametrize(
    ("standing", "stands"),
    [
        (None, True),  # the flow marks whoever it looks at for the first time
        (Standing(100, 0, "pricing"), True),
        (Standing(150, 0, "pricing"), True),
        (Standing(151, 0, "pricing"), False),
        (Standing(100, 1, "pricing"), False),
        (Standing(100, 9, "pricing"), False),  # under a model with more bands
    ],
)
def test_a_record_is_where_the_flow_stands_in_its_band_and_within_the_drift(
    happen: Happen, reading: Reading, standing: Standing | None, stands: bool
) -> None:
    happen(event("pricing_viewed", email=ANN))
    subject = reading.subject(f"e:{ANN}")
    assert subject is not None
    (record,) = reading.records([subject], NOON)
    assert reading.is_where_it_stands(msgspec.structs.replace(subject, standing=standing), record) == stands
