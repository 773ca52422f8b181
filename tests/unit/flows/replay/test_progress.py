"""How far a replay is, where there is no terminal: a line now and then, none twice, and none of a short replay."""

import pytest

from flows.replay import progress as module
from flows.replay.feed import Frame
from flows.replay.progress import ReplayProgress
from state.event import Counts


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch) -> ReplayProgress:
    """One that says at once what it would say in time."""
    monkeypatch.setattr(module, "EVERY_S", 0.0)
    return ReplayProgress()


def frame(received: int, looked: int = 0) -> Frame:
    return Frame(0, [], [], 0, 0, Counts(received), 30_000, looked=looked)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.rpartition(", after ")[0] for line in capsys.readouterr().err.splitlines()]


def test_each_phase_is_said_once(progress: ReplayProgress, capsys: pytest.CaptureFixture[str]) -> None:
    for one in (frame(0, looked=30_000), frame(20_000), frame(20_000), frame(30_000)):
        progress.told(one)
    progress.phase("judging by outcomes")
    assert said(capsys) == [
        "leadstream: looked through 30,000 of 30,000 events",
        "leadstream: replayed 20,000 of 30,000 events",
        "leadstream: replayed 30,000 of 30,000 events",
        "leadstream: judging by outcomes",
    ]


def test_a_short_replay_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ReplayProgress()
    progress.told(frame(10))
    progress.phase("judging by outcomes")
    assert said(capsys) == []
