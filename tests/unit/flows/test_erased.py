"""What names an erased person does not come in again, and is counted as ignored."""

import json
from collections.abc import Iterator

import msgspec
import pytest

from flows.erased import Erased
from flows.intake import Intake
from flows.models import model_of
from operators.decode import Decoder
from operators.statements import LINK, UNLINK
from state.batch import Batch, BundleEnd
from state.clock import LogClock
from state.event import Counts, DeadLetter
from state.links import Links
from state.memory import MemoryStore
from state.messages import LinkFacts
from state.parcel import Parcel
from tests.events import event
from tests.unit.flows.conftest import SETTINGS

ANN = "e:ann@acme.com"
IDS = (ANN, "a:anon_1", "c:crm_1", "u:42")
BOB = event("x", email="bob@acme.com")


@pytest.fixture
def clock() -> LogClock:
    return LogClock()


@pytest.fixture
def intake(store: MemoryStore, clock: LogClock) -> Intake:
    store.bury(IDS)
    made = Intake(Decoder(model_of(SETTINGS)), 4, clock)
    made.erased = Erased(store)
    return made


def come_in(intake: Intake, *lines: bytes, partition: str = "a.jsonl#1") -> list[Parcel | DeadLetter]:
    return list(intake.decode([Batch(partition, 0, list(lines), 0), BundleEnd()]))


def whom(found: list[Parcel | DeadLetter]) -> set[str]:
    return {message.to for parcel in found if isinstance(parcel, Parcel) for message in parcel.messages}


@pytest.mark.parametrize(
    "named",
    [{"email": " Ann@ACME.com"}, {"anonymousId": "anon_1"}, {"contactId": "crm_1"}, {"userId": 42}],
    ids=lambda named: next(iter(named)),
)
def test_an_event_that_names_an_erased_id_is_ignored(intake: Intake, named: dict[str, object]) -> None:
    line = json.dumps({**json.loads(event("x", userId="bob", email="bob@acme.com")), **named}).encode()
    found = come_in(intake, line, BOB)
    assert (whom(found), intake.counts) == ({"e:bob@acme.com"}, Counts(received=2, used=1, ignored=1))


@pytest.mark.parametrize(
    "line",
    [
        event(LINK, properties={"source": "user:42", "target": "email:bob@acme.com"}),
        event(LINK, properties={"source": "visitor:a9", "target": "email:ann@acme.com"}),
        event(UNLINK, properties={"source": "visitor:a9", "target": "email:ann@acme.com"}),
    ],
)
def test_a_statement_about_an_erased_id_is_ignored(intake: Intake, line: bytes) -> None:
    assert (come_in(intake, line), intake.counts) == ([], Counts(received=1, ignored=1))


@pytest.mark.parametrize(
    "line",
    [
        b'{"event":"x","timestamp":"soon","email":"Ann@acme.com"}',
        b'{"event":"x","timestamp":"soon","userId":42}',
        b'{"event":"x","email":"\\u0061nn@acme.com"}',
        b'{"event":"x","anonymousId":"anon_1","pro',
        b'{"event":"%s","properties":{"source":"visitor:anon_1"},' % LINK.encode(),
        b"no JSON, but ann@acme.com\xff",
    ],
)
def test_a_dead_letter_that_names_an_erased_id_is_ignored(intake: Intake, line: bytes) -> None:
    assert (come_in(intake, line), intake.counts) == ([], Counts(received=1, ignored=1))


def test_dead_letters_of_others_stay_dead_letters(intake: Intake) -> None:
    found = come_in(intake, b'{"event":"x","email":"joann@acme.com"}', b'{"event":"x","userId":421}', b"")
    assert (len(found), intake.counts) == (2, Counts(received=3, ignored=1, dead=2))


def test_the_clock_does_not_hear_of_the_erased(intake: Intake, clock: LogClock) -> None:
    come_in(intake, event("x", "12:00:00", email="ann@acme.com"))
    assert clock() == 0


OF_BOB = LinkFacts("u:7", {"c:9": {"e:bob@acme.com": [5]}}, ("c:9",))
LINKS: Links = {"e:bob@acme.com": [5], ANN: [6], f"!{ANN}": [7]}


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        (LinkFacts("u:42", {"c:9": {"c:8": [1]}}), None),
        (LinkFacts("u:7", {"u:42": {"c:8": [1]}}), None),
        (
            LinkFacts("u:7", {"c:9": LINKS}, ("c:9", "u:42")),
            LinkFacts("u:7", {"c:9": {"e:bob@acme.com": [5]}}, ("c:9",)),
        ),
    ],
)
def test_facts_come_round_without_the_erased(intake: Intake, facts: LinkFacts, left: LinkFacts | None) -> None:
    found = come_in(intake, msgspec.json.encode(facts), b"   ", partition="@identity.jsonl#1")
    messages = [message for parcel in found if isinstance(parcel, Parcel) for message in parcel.messages]
    assert messages == ([left] if left else [])


def test_without_tombstones_nothing_is_looked_at(store: MemoryStore) -> None:
    assert not Erased(store)


def test_an_answer_is_remembered(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.bury([ANN])
    asked: Iterator[str] = iter([ANN])
    tombstone = store.tombstone
    monkeypatch.setattr(store, "tombstone", lambda id_: tombstone(next(asked)))
    erased = Erased(store)
    assert [erased.is_erased(ANN), erased.is_erased(ANN)] == [True, True]
