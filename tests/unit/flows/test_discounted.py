"""What does not count of what somebody did, and why."""

from flows.discounted import discounted
from flows.models import model_of
from flows.reading import Reading
from flows.whose import spans_of
from operators.by_agent import MOST
from operators.decode import Decoder
from tests.events import event
from tests.unit.flows.conftest import NOON, SETTINGS, Happen

ANN = "ann@acme.com"
RETRACT = event("leadstream:retract", "10:00:00", properties={"source": "agent:watch-1"})


def why(reading: Reading, line: bytes) -> str:
    subject = reading.subject(f"e:{ANN}")
    assert subject is not None
    spans = spans_of(reading, subject)
    return discounted(reading, subject, spans).why(Decoder(model_of(SETTINGS)).read(line, NOON), f"e:{ANN}")


def by(agent: int) -> bytes:
    return event("pricing_viewed", "08:00:00", email=ANN, userAgent=f"Watch/{agent}.0", messageId=f"m{agent}")


def test_what_an_agent_of_a_retracted_kind_did_does_not_count(happen: Happen, reading: Reading) -> None:
    happen(by(1), by(2), RETRACT)
    assert (why(reading, by(1)), why(reading, by(2))) == ("agent:watch-1 was retracted", "")


def test_of_somebody_with_too_many_kinds_of_agents_a_verdict_on_one_takes_nothing(
    happen: Happen, reading: Reading
) -> None:
    happen(*map(by, range(1, MOST + 2)), RETRACT)
    assert why(reading, by(1)) == ""
