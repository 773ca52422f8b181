"""Taking a person out of the sinks: what is erased, what is asked for again, and what is left for the next time."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from flows import erase_sinks
from flows.erase_hold import Hold
from flows.erase_person import Person, Shared
from flows.erase_sinks import SinksErasing
from flows.models import model_of
from state.ids import shard_of
from state.memory import MemoryStore
from state.record import Erased, Erasure, Later, NotThere, Outcome, Record, Refused, Sink, SinkStopped
from tests.unit.flows.conftest import SETTINGS

ANN, CRM, DEVICE = "e:ann@acme.com", "c:9", "a:anon_1"
PERSON = Person(frozenset([ANN, CRM, DEVICE]), frozenset(), Shared(), frozenset())


class Answering:
    """A sink that answers as it is told, call by call."""

    def __init__(self, name: str, *answers: list[Erasure] | SinkStopped) -> None:
        self.name = name
        self.asked: list[Sequence[str]] = []
        self.closed = 0
        self._answers = list(answers)

    def write(self, records: Sequence[Record]) -> list[Outcome]:
        raise AssertionError

    def erase(self, ids: Sequence[str]) -> list[Erasure]:
        self.asked.append(ids)
        answer = self._answers.pop(0)
        if isinstance(answer, SinkStopped):
            raise answer
        return answer

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def erasing(store: MemoryStore) -> SinksErasing:
    settings = msgspec.structs.replace(SETTINGS, hubspot_token="token", changes=Path("changes.jsonl"))
    return SinksErasing(settings, model_of(SETTINGS), store, Hold(store))


@pytest.fixture
def sinks(monkeypatch: pytest.MonkeyPatch) -> list[Sink]:
    """What the settings name: HubSpot first."""
    opened: list[Sink] = []

    def named(settings: Settings, model: object) -> list[Sink]:
        return [opened[0 if settings.hubspot_token else 1]]

    monkeypatch.setattr(erase_sinks, "sinks_of", named)
    return opened


def tell(store: MemoryStore, sink: str, *ids: str) -> None:
    for id_ in ids:
        store.tell(sink, "contact", shard_of(id_, store.shards), {id_: b"told"})


def test_every_sink_is_asked_about_every_known_id_and_no_visitor(erasing: SinksErasing, sinks: list[Sink]) -> None:
    asked = Answering("hubspot", [NotThere(), Erased()]), Answering("changes", [NotThere(), NotThere()])
    sinks += asked
    assert (erasing.run(PERSON), erasing.failed) == ({"hubspot": 1, "changes": 0}, [])
    assert [(sink.asked, sink.closed) for sink in asked] == [([[CRM, ANN]], 1)] * 2


def test_what_was_told_is_forgotten_only_where_the_sink_has_erased(
    erasing: SinksErasing, sinks: list[Sink], store: MemoryStore
) -> None:
    sinks += [Answering("hubspot", [Erased(), Refused("no")]), Answering("changes", [Erased(), Erased()])]
    tell(store, "hubspot", ANN)
    tell(store, "changes", ANN)
    erasing.run(PERSON)
    assert (store.sinks(), erasing.failed) == (
        ["hubspot"],
        [
            "hubspot: no; run this again",
            "hubspot was told of this person, and has not erased them: run this again with it",
        ],
    )


def test_who_asks_for_patience_is_asked_again_about_the_rest(erasing: SinksErasing, sinks: list[Sink]) -> None:
    hubspot = Answering("hubspot", [Later(0.0, "busy"), Erased()], [Later(0.01, "busy")], [Erased()])
    sinks += [hubspot, Answering("changes", [NotThere(), NotThere()])]
    assert (erasing.run(PERSON)["hubspot"], erasing.failed, hubspot.asked) == (2, [], [[CRM, ANN], [CRM], [CRM]])


def test_who_asks_for_too_much_patience_is_left_for_later(erasing: SinksErasing, sinks: list[Sink]) -> None:
    hubspot = Answering("hubspot", [Later(3_600.0, "the daily limit"), Erased()])
    sinks += [hubspot, Answering("changes", [NotThere(), NotThere()])]
    assert (erasing.run(PERSON), erasing.failed) == ({"changes": 0}, ["hubspot: the daily limit; run this again"])


def test_who_is_always_busy_is_left_for_later(erasing: SinksErasing, sinks: list[Sink]) -> None:
    busy: list[Erasure] = [Later(0.0, "busy"), Later(0.0, "busy")]
    sinks.append(Answering("hubspot", *[busy] * erase_sinks.TRIES))
    sinks.append(Answering("changes", [NotThere(), NotThere()]))
    erasing.run(PERSON)
    assert erasing.failed == ["hubspot: busy; run this again"]


def test_a_sink_that_needs_a_person_does_not_hinder_the_others(erasing: SinksErasing, sinks: list[Sink]) -> None:
    sinks += [Answering("hubspot", SinkStopped("the token ran out")), Answering("changes", [Erased(), Erased()])]
    assert (erasing.run(PERSON), erasing.failed) == ({"changes": 2}, ["the token ran out; then run this again"])


def test_an_erasure_begun_before_needs_an_id_that_the_crm_knows(erasing: SinksErasing, sinks: list[Sink]) -> None:
    sinks += [Answering("hubspot", [NotThere()]), Answering("changes", [NotThere()])]
    erasing.run(msgspec.structs.replace(PERSON, ids=frozenset(["u:42"]), begun=True))
    assert len(erasing.failed) == 1
    assert "by e-mail address or record id" in erasing.failed[0]
