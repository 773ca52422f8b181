"""A namespace to rebuild: a log, a model with a signal more, and the command."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from config.settings import Settings
from tests.commands import SIMPLE, Running
from tests.events import write_log
from tests.faults.remains import compare
from tests.integration.conftest import Leadstream, Start
from tests.rebuilds import OLD

SHOWN = ("--json", "--at", "2025-06-12T12:00:00Z")
Rebuild = Callable[[], Running]
Folded = Callable[[list[bytes]], None]
Shown = Callable[[str], float | None]


@pytest.fixture
def webinar(tmp_path: Path) -> Path:
    """The simple model with a signal more, worth 7."""
    path = tmp_path / "webinar.toml"
    path.write_text(
        SIMPLE.read_text()
        .replace('version = "1"', 'version = "2"', 1)
        .replace("[contact]\n", '[signals.webinar]\nwords = "attended"\n\n[contact]\n', 1)
        + '\n[[contact.rules]]\nname = "webinar"\ntype = "points"\nsignal = "webinar"\npoints = 7\n'
    )
    return path


@pytest.fixture
def folded(settings: Settings, webinar: Path) -> Folded:
    """Every ledger, score and dead letter is what a fold of these lines under the new model gives."""
    return lambda lines: compare(msgspec.structs.replace(settings, model=webinar), lines)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "logs" / "events.jsonl", OLD)


@pytest.fixture
def rebuild(start: Start, webinar: Path, log: Path) -> Rebuild:
    """Starts a rebuild."""
    return lambda: start("model", "activate", webinar, "--rebuild", log.parent)


@pytest.fixture
def shown(leadstream: Leadstream) -> Shown:
    """Somebody's score at noon of the log's day, None while there is nobody."""

    def look(key: str) -> float | None:
        ended = leadstream("show", key, *SHOWN)
        return None if ended.code else float(ended.json["score"])

    return look
