"""A demo that is ended while it starts."""

import threading
from collections.abc import Callable
from typing import cast

import pytest

from flows import demo
from flows.demo import Crm, Demo
from tests.unit.flows.conftest import SETTINGS


class Flow:
    """Runs until it is stopped."""

    made: list["Flow"] = []  # noqa: RUF012  emptied by the test

    def __init__(self, *_: object) -> None:
        self.stopped = threading.Event()
        self.made.append(self)

    def run(self, on_report: Callable[[bytes], None]) -> None:
        self.stopped.wait(30)

    def stop(self) -> None:
        self.stopped.set()


class InterruptedAtTheSecond(threading.Thread):
    """Whose second start a Ctrl-C comes in the way of."""

    def start(self) -> None:
        if any(isinstance(thread, InterruptedAtTheSecond) for thread in threading.enumerate()):
            raise KeyboardInterrupt
        super().start()


def test_interrupted_between_its_flows_it_ends_the_one_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flow, "made", [])
    monkeypatch.setattr(demo, "Launcher", Flow)
    monkeypatch.setattr(threading, "Thread", InterruptedAtTheSecond)
    with pytest.raises(KeyboardInterrupt):
        Demo(SETTINGS, 0, stay=False)._play(SETTINGS, cast("Crm", None))
    assert [flow.stopped.is_set() for flow in Flow.made] == [True, True]
