"""Which events count for a subject, and when."""

import pytest

from flows.models import model_of
from flows.reading import Reading
from flows.whose import counts, spans_of
from operators.decode import Decoder
from state.event import Event
from tests.events import event
from tests.unit.flows.conftest import NOON, SETTINGS, Happen

ANN, BOB = "ann@acme.com", "bob@acme.com"
MACHINE = {"anonymousId": "a1"}
LINES = [
    event("1", "06:00:00", **MACHINE),
    event("2", "07:00:00", **MACHINE, email=ANN),
    event("3", "08:00:00", **MACHINE, email=BOB),
    event("4", "09:00:00", **MACHINE),
    event("5", "10:00:00", email=ANN),
    event("6", "10:30:00", email=ANN, accountDomain="globex.com"),
    event("7", "11:00:00", anonymousId="a2", accountDomain="globex.com"),
    event("8", "11:00:00", anonymousId="a3"),
]


def decoded(line: bytes) -> Event:
    return Decoder(model_of(SETTINGS)).read(line, NOON)


def counted(reading: Reading, id_: str) -> str:
    """The names of the events that count for a subject."""
    subject = reading.subject(id_)
    assert subject is not None
    spans = spans_of(reading, subject)
    return "".join(str(number) for number, line in enumerate(LINES, 1) if counts(decoded(line), spans))


@pytest.mark.parametrize(
    ("id_", "names"),
    [
        (f"e:{ANN}", "1256"),  # of the shared machine until Bob came
        (f"e:{BOB}", "34"),
        ("d:acme.com", "34"),  # Ann named another account, which has all of hers
        ("d:globex.com", "12567"),
    ],
)
def test_these_events_count(id_: str, names: str, happen: Happen, reading: Reading) -> None:
    happen(*LINES)
    assert counted(reading, id_) == names


def test_an_event_counts_under_the_id_that_its_touch_belongs_to(happen: Happen, reading: Reading) -> None:
    happen(*LINES)
    subject = reading.subject(f"e:{ANN}")
    assert subject is not None
    assert [counts(decoded(line), spans_of(reading, subject)) for line in (LINES[1], LINES[4])] == ["a:a1", f"e:{ANN}"]
