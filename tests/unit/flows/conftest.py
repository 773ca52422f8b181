"""The flow in this process, over a store in memory, under the simple model."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from flows.erased import Erased
from flows.inline import Inline
from flows.models import model_of, parts_of, scoring_of
from flows.reading import Reading
from flows.statement_log import Statement
from state.batch import Batch
from state.clock import LogClock
from state.memory import MemoryStore
from state.moment import milliseconds

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
