"""Commands that only read leave Redis as it was: also where nobody has scored yet, most likely for a misspelt name."""

from pathlib import Path

import pytest
from redis import Redis

from tests.events import event, write_log
from tests.integration.conftest import Leadstream, Score

ANN = "ann@acme.com"
READING = [
    ("show", ANN),
    ("show", ANN, "--log", "{log}"),
    ("top",),
    ("top", "--accounts"),
    ("identity", "show", ANN),
    ("identity", "show", ANN, "--log", "{log}"),
    ("retract", "--report"),
    ("model", "history"),
    ("replay", "--live"),
]
REFUSED = [
    ("identity", "merge", "old@acme.com", "into", ANN, "--log", "{log}"),
    ("identity", "split", "old@acme.com", "from", ANN, "--log", "{log}"),
    ("identity", "unlink", ANN, "--log", "{log}"),
    ("retract", ANN, "--log", "{log}"),
    ("model", "activate", "{model}"),
    ("model", "rollback"),
    ("erase", ANN, "--yes"),
]
"""What they would write is about what is there."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "events.jsonl", [event("pricing_viewed", email=ANN)])


def held(admin: Redis, namespace: str) -> dict[bytes, bytes | None]:
    """All that Redis has of a namespace, key by key."""
    keys = sorted(admin.scan_iter(f"*{namespace}*"))
    return {key: admin.dump(key) for key in keys}


def filled(arguments: tuple[str, ...], log: Path, model: object) -> list[str]:
    return [argument.format(log=log, model=model) for argument in arguments]


@pytest.mark.parametrize("arguments", READING + REFUSED, ids=" ".join)
def test_a_namespace_that_nobody_scored_is_refused_and_not_begun(
    arguments: tuple[str, ...], log: Path, leadstream: Leadstream, admin: Redis, namespace: str, env: dict[str, str]
) -> None:
    ended = leadstream(*filled(arguments, log, env["LEADSTREAM_MODEL"]))
    assert (ended.code, "name another --namespace" in ended.err, held(admin, namespace)) == (2, True, {})


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_reading_leaves_everything_as_it_was(
    arguments: tuple[str, ...], log: Path, score: Score, leadstream: Leadstream, admin: Redis, namespace: str
) -> None:
    score(log)
    before = held(admin, namespace)
    assert (leadstream(*filled(arguments, log, "")).code, held(admin, namespace)) == (0, before)
