"""The product on the tests' server: each test has a namespace and a data folder of its own."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
import pytest
from redis import Redis

from config.settings import Settings
from flows.cli import main
from flows.process import ROOT
from flows.scoring_run import Report, ScoringRun
from flows.stores import connection
from state.redis_store import RedisStore
from tests.commands import SIMPLE, Ended, Running, running

Score = Callable[..., Report]
Leadstream = Callable[..., Ended]
Start = Callable[..., Running]


@pytest.fixture
def settings(redis_url: str, namespace: str, tmp_path: Path) -> Settings:
    """Where this test's state is, and the simple model."""
    return Settings(
        data=tmp_path / "data", redis=redis_url, namespace=namespace, model=SIMPLE, until_end=True, epoch_ms=50
    )


@pytest.fixture
def signals() -> Iterator[None]:
    """Flows and launchers in this process set handlers of their own."""
    held = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in held.items():
        signal.signal(number, handler)


@pytest.fixture
def score(settings: Settings, signals: None) -> Score:
    """Runs the score flow over a log in this process, to the log's end."""

    def run(log: Path, **changes: object) -> Report:
        changed = msgspec.structs.replace(settings, log=log, **changes)
        with connection(changed) as store:
            return ScoringRun(changed, store, lambda _: None).run()

    return run


@pytest.fixture
def env(settings: Settings) -> dict[str, str]:
    """The environment that names this test's state to a command."""
    return {
        "LEADSTREAM_REDIS": settings.redis,
        "LEADSTREAM_NAMESPACE": settings.namespace,
        "LEADSTREAM_DATA": str(settings.data),
        "LEADSTREAM_MODEL": str(settings.model),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "160",
    }


@pytest.fixture
def leadstream(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], signals: None
) -> Leadstream:
    """Runs a command in this process; flows are processes of their own all the same."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["leadstream", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def start(env: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts commands that run until they are told to stop."""
    with ExitStack() as started:

        def run(*arguments: str | Path) -> Running:
            return started.enter_context(running(tmp_path, *map(str, arguments), env=env))

        yield run


@pytest.fixture
def connect(redis_url: str, namespace: str) -> Iterator[Callable[..., RedisStore]]:
    """Makes stores of one namespace."""
    with ExitStack() as opened:

        def make(shards: int | None = 4, secret: str = "") -> RedisStore:
            store = RedisStore(redis_url, namespace, shards, secret)
            opened.callback(store.disconnect)
            return store

        yield make


@pytest.fixture
def admin(redis_url: str) -> Iterator["Redis"]:
    with closing(Redis.from_url(redis_url)) as client:
        yield client
