"""The flow in this process, over a store in memory, under the simple model."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from flows.delivery import Delivery
from flows.erased import Erased
from flows.inline import Inline
from flows.models import model_of, parts_of, scoring_of
from flows.reading import Reading
from flows.statement_log import Statement
from state.batch import Batch
from state.clock import LogClock
from state.memory import MemoryStore
from state.moment import milliseconds
from state.record import Erasure, Outcome, Record, Written

NOON = milliseconds("2025-06-12T12:00:00Z")
SETTINGS = Settings(model=Path(__file__).parents[2] / "simple.toml", trust_statements=True)
Happen = Callable[..., None]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(shards=4)


@pytest.fixture
def happen(store: MemoryStore) -> Happen:
    """Scores these lines, as of noon; one call is one epoch."""

    def feed(*lines: bytes) -> None:
        flow = Inline(parts_of(SETTINGS, store, LogClock(NOON)), Erased(store))
        flow.feed(Batch("log", 0, list(lines), 0), NOON)
        flow.commit()

    return feed


@pytest.fixture
def reading(store: MemoryStore) -> Reading:
    return Reading(store, model_of(SETTINGS), scoring_of(SETTINGS))


@pytest.fixture
def say(happen: Happen) -> Callable[[list[Statement]], None]:
    """Says something of identifiers in the log."""
    return lambda said: happen(*(msgspec.json.encode(one) for one in said))


class Wall:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


class Remembering:
    """A sink that remembers what it was told, and answers as a test wants."""

    def __init__(self, name: str = "sink") -> None:
        self.name = name
        self.told: list[tuple[str, float]] = []
        self.answers: dict[str, Outcome] = {}

    def write(self, records: Sequence[Record]) -> list[Outcome]:
        outcomes = [self.answers.get(record.key, Written()) for record in records]
        self.told += [
            (record.key, record.score)
            for record, outcome in zip(records, outcomes, strict=True)
            if isinstance(outcome, Written)
        ]
        return outcomes

    def erase(self, ids: Sequence[str]) -> list[Erasure]:
        """Nobody is erased here."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def sink() -> Remembering:
    return Remembering()


@pytest.fixture
def delivery(store: MemoryStore, reading: Reading, sink: Remembering, wall: Wall) -> Delivery:
    return Delivery(store, reading, [sink], wall)
