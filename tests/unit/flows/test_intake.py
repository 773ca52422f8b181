"""What happens to a batch on its way in."""

import msgspec
import pytest

from flows import intake as module
from flows.intake import Intake
from flows.models import model_of
from operators.decode import Decoder
from sources.log_error import LogError
from state.batch import Batch, BundleEnd
from state.clock import LogClock
from state.event import Counts, DeadLetter
from state.messages import LinkFacts, Seen
from state.parcel import Parcel
from tests.events import event
from tests.unit.flows.conftest import NOON, SETTINGS

FACTS = LinkFacts("u:1", {"c:1": {"e:ann@acme.com": [5]}}, ("c:1",))


@pytest.fixture
def clock() -> LogClock:
    return LogClock()


@pytest.fixture
def intake(clock: LogClock) -> Intake:
    return Intake(Decoder(model_of(SETTINGS)), 4, clock)


def _seen(said: list[Parcel | DeadLetter]) -> list[Seen]:
    parcels = [one for one in said if isinstance(one, Parcel)]
    return [message for parcel in parcels for message in parcel.messages if isinstance(message, Seen)]


def batch(*lines: bytes, partition: str = "a.jsonl#1") -> Batch:
    return Batch(partition, sum(len(line) + 1 for line in lines), list(lines), 0)


def bundle(intake: Intake, *batches: Batch) -> list[Parcel | DeadLetter]:
    return list(intake.decode([*batches, BundleEnd()]))


def test_an_event_goes_to_each_of_its_identifiers(intake: Intake) -> None:
    parcels = list(bundle(intake, batch(event("x", anonymousId="a1", userId="u1", email="ann@acme.com"))))
    found = [
        (parcel.stage, message.to) for parcel in parcels if isinstance(parcel, Parcel) for message in parcel.messages
    ]
    assert sorted(found) == [("known", "e:ann@acme.com"), ("known", "u:u1"), ("visitor", "a:a1")]


def test_what_a_bundle_says_of_one_identifier_is_one_message(intake: Intake) -> None:
    said = bundle(intake, *(batch(event("x", anonymousId="visitor-1", n=number)) for number in range(3)))
    assert [len(seen.did) for seen in _seen(said)] == [3]


def test_nothing_goes_on_before_its_bundle_ends(intake: Intake, clock: LogClock) -> None:
    early = list(intake.decode([batch(event("x", "12:00:00", userId="u1"))]))
    assert (early, clock()) == ([], 0)


def test_bundles_are_told_apart(intake: Intake) -> None:
    told = [bundle(intake, batch(event("x", anonymousId=f"visitor-{number}"))) for number in (1, 2)]
    assert [[one.to for one in _seen(said)] for said in told] == [["a:visitor-1"], ["a:visitor-2"]]


def test_a_bundle_of_too_many_identifiers_goes_on_in_parts(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDS", 1)
    batches = [batch(event("x", anonymousId=f"visitor-{number}")) for number in range(3)]
    assert [len(_seen(list(intake.decode([one])))) for one in batches] == [0, 2, 0]


def test_ticks_go_on_to_their_stages(intake: Intake) -> None:
    tick = Parcel("contact", 3, [])
    assert list(intake.decode([tick])) == [tick]


def test_what_cannot_be_used_comes_out_as_a_dead_letter(intake: Intake) -> None:
    assert list(intake.decode([batch(b"{")])) == [
        DeadLetter("a.jsonl#1", 0, "malformed", "Input data was truncated", b"{")
    ]


def test_every_line_is_counted(intake: Intake) -> None:
    list(intake.decode([batch(b"{", b""), batch(event("x", userId="u1"))]))
    assert intake.counts == Counts(received=3, used=1, ignored=1, dead=1)


def test_the_clock_is_told_how_far_the_log_has_come(intake: Intake, clock: LogClock) -> None:
    bundle(intake, batch(event("x", "12:00:00", userId="u1"), event("x", "11:00:00", userId="u1")))
    assert clock() == NOON


def test_a_batch_without_events_leaves_the_clock_where_it_is(intake: Intake, clock: LogClock) -> None:
    clock.reach(NOON)
    bundle(intake, batch(b"{"))
    assert clock() == NOON


def test_facts_that_come_round_go_to_their_known_id_and_are_not_counted(intake: Intake) -> None:
    header = b'{"leadstream":"identity log","version":1,"id":"x"}'
    (parcel,) = intake.decode([batch(header, msgspec.json.encode(FACTS), partition="@identity.jsonl#1")])
    assert isinstance(parcel, Parcel)
    assert (parcel.stage, parcel.messages, intake.counts) == ("known", [FACTS], Counts())


@pytest.mark.parametrize("line", [b'{"event": "x"}', b'{"to": "", "links": {}}', b'{"to": "x:1", "links": {}}'])
def test_what_the_flow_never_told_itself_is_refused_with_the_way_out(intake: Intake, line: bytes) -> None:
    with pytest.raises(LogError, match=r"^kafka:shop-identity\[0\] holds .* --identity-topic"):
        list(intake.decode([batch(line, partition="@kafka:shop-identity[0]#id")]))


def test_dead_letters_are_counted_by_reason(intake: Intake) -> None:
    list(intake.decode([batch(b"{", event("x")), batch(b"[")]))
    assert intake.dead == {"malformed": 2, "no_identifier": 1}


def test_how_far_each_partition_has_been_read_is_known_by_its_events(intake: Intake) -> None:
    list(intake.decode([batch(event("x", "12:00:00", userId="u1")), batch(event("x", "11:00:00", userId="u1"), b"{")]))
    list(intake.decode([batch(b"{", partition="b.jsonl#2")]))
    assert intake.reached == {"a.jsonl#1": NOON, "b.jsonl#2": 0}
