"""The sinks that the contract is held against, each with a place to write to and a way to disturb it."""

import resource
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import msgspec
import pytest

from dev.kafka_broker import Broker
from sinks.changes import Change, Changes
from sinks.changes_topic import ChangesTopic
from sinks.hubspot import HubSpot, HubSpotSettings
from state.record import Record, Sink
from tests.clock import Clock
from tests.kafka_topics import TestTopics
from tests.records import contact
from tests.simulated_crm import TOKEN, SimulatedCrm, running_crm

Score = tuple[float, str]


class Bench(Protocol):
    """A sink's other side."""

    refusable: Record
    """A record that this sink refuses; its `key` is the personal data in it."""

    def open(self) -> Sink:
        """A sink that writes here; a second one is what a restart opens."""

    def score(self, record: Record) -> Score | None:
        """The score and band that the record's subject has here now."""

    def content(self) -> object:
        """All that is here, without what the other side adds on its own, such as when it was written."""

    def disturbed(self) -> AbstractContextManager[None]:
        """Writes fail for now."""

    def erasing_disturbed(self) -> AbstractContextManager[None]:
        """Nobody can be erased for now."""

    def wait(self, seconds: float) -> None:
        """Let the sink's clock move on."""


class GuardedBench(Bench, Protocol):
    """One that asks for a token."""

    def open_with_wrong_token(self) -> Sink:
        """A sink that may not write here."""


class HubSpotBench:
    """A simulated CRM."""

    refusable = contact("not an address")

    def __init__(self, crm: SimulatedCrm) -> None:
        self._crm = crm
        self._clock = Clock()

    def open(self) -> Sink:
        return HubSpot(HubSpotSettings(token=TOKEN, base_url=self._crm.url), clock=self._clock)

    def open_with_wrong_token(self) -> Sink:
        return HubSpot(HubSpotSettings(token="a-secret-of-another", base_url=self._crm.url), clock=self._clock)

    def score(self, record: Record) -> Score | None:
        found = [each for each in self._crm.records("contacts") if each["email"] == record.key]
        return (float(found[0]["leadstream_score"]), found[0]["leadstream_band"]) if found else None

    def content(self) -> object:
        return [{**each, "lastmodifieddate": ""} for each in self._crm.records("contacts")]

    @contextmanager
    def disturbed(self) -> Iterator[None]:
        self._crm.fail("500")
        yield
        self._crm.heal()

    def erasing_disturbed(self) -> AbstractContextManager[None]:
        return self.disturbed()

    def wait(self, seconds: float) -> None:
        self._clock.advance(seconds)


class ChangesBench:
    """A file."""

    refusable = contact("ann\ud800@acme.example")

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> Sink:
        return Changes(self._path)

    def score(self, record: Record) -> Score | None:
        lines = [msgspec.json.decode(line, type=Change) for line in self._path.read_bytes().splitlines()]
        scores = [(line.score, line.band) for line in lines if line.key == record.key]
        return scores[-1] if scores else None

    def content(self) -> object:
        return self._path.read_bytes()

    def disturbed(self) -> AbstractContextManager[None]:
        """The disk takes ten bytes more and is full then."""
        return room_for(self._path.stat().st_size + 10)

    def erasing_disturbed(self) -> AbstractContextManager[None]:
        """As `disturbed`, for a file that is written from its start."""
        return room_for(10)

    def wait(self, seconds: float) -> None:
        """It keeps no clock."""


class ChangesTopicBench:
    """A topic. What it holds is the last message of each key: what compaction leaves of it."""

    refusable = contact("ann\ud800@acme.example")

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._topics = TestTopics(broker.address)
        self._topic = self._topics.make()

    def open(self) -> Sink:
        return ChangesTopic(self._topics.access, self._topic, deadline_s=3.0)

    def score(self, record: Record) -> Score | None:
        line = self.content().get(b"email:" + record.key.encode())
        change = msgspec.json.decode(line, type=Change) if line else None
        return (change.score, change.band) if change else None

    def content(self) -> dict[bytes, bytes]:
        held = {message.key() or b"": message.value() for message in self._topics.messages(self._topic)}
        return {key: value for key, value in held.items() if value is not None}

    @contextmanager
    def disturbed(self) -> Iterator[None]:
        """The broker is down."""
        self._broker.stop()
        yield
        self._broker.start()

    def erasing_disturbed(self) -> AbstractContextManager[None]:
        return self.disturbed()

    def wait(self, seconds: float) -> None:
        """It keeps no clock."""


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes."""
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def hubspot(_folder: Path, _request: pytest.FixtureRequest) -> Iterator[Bench]:
    """HubSpot."""
    with running_crm() as crm:
        yield HubSpotBench(crm)


@contextmanager
def changes(folder: Path, _request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The file of score changes."""
    yield ChangesBench(folder / "changes.jsonl")


@contextmanager
def changes_topic(_folder: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The topic of score changes."""
    yield ChangesTopicBench(request.getfixturevalue("own_broker"))


BENCHES = {"hubspot": hubspot, "changes": changes, "changes topic": changes_topic}
GUARDED = {"hubspot": hubspot}
"""Those that ask for a token."""
