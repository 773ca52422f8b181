"""Having a namespace to oneself, and giving it back however that ends."""

import signal

import pytest

from flows import erase_hold
from flows.erase_hold import CutOff, to_oneself
from state.memory import MemoryStore
from state.store import Held, StoreUnavailable


class Watched(MemoryStore):
    """Says what is taken and given back; scoring is held for so many looks."""

    def __init__(self, looks: int = 0) -> None:
        super().__init__()
        self.events: list[str] = []
        self.looks = looks
        self.broken = False

    def open(self) -> None:
        self.looks -= 1
        if self.looks >= 0:
            raise Held("another flow (process 7 on here) is scoring; stop it first", elsewhere=False)
        self.events.append("open")

    def hold(self, role: str) -> None:
        self.events.append(f"hold {role}")

    def release(self, role: str) -> None:
        if self.broken:
            raise StoreUnavailable("gone")
        self.events.append(f"release {role}")

    def close(self) -> None:
        self.events.append("close")


TAKEN = ["hold rebuild", "hold maintenance", "open", "hold deliver"]
GIVEN_BACK = ["release deliver", "close", "release rebuild", "release maintenance"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase_hold, "LOOK_S", 0.001)


def ignore(text: str) -> None:
    """Nobody reads it."""


def test_a_free_namespace_is_taken_and_given_back() -> None:
    store = Watched()
    with to_oneself(store, ignore):
        assert store.events == TAKEN
    assert store.events == TAKEN + GIVEN_BACK


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, StoreUnavailable])
def test_it_is_given_back_when_something_goes_wrong(error: type[BaseException]) -> None:
    store = Watched()
    with pytest.raises(error), to_oneself(store, ignore):
        raise error
    assert store.events == TAKEN + GIVEN_BACK


def test_a_store_that_is_gone_does_not_hide_what_went_wrong() -> None:
    store = Watched()
    store.broken = True
    with pytest.raises(ValueError, match="the trouble"), to_oneself(store, ignore):
        raise ValueError("the trouble")


def test_a_running_flow_is_waited_for_and_the_user_is_told_once() -> None:
    store, said = Watched(looks=3), list[str]()
    with to_oneself(store, said.append):
        pass
    assert said == ["another flow (process 7 on here) is scoring: waiting until it pauses"]
    assert store.events.count("hold maintenance") == 4


def test_a_flow_that_never_pauses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erase_hold, "PATIENCE_S", 0.0)
    store = Watched(looks=1_000)
    with pytest.raises(Held, match="process 7"), to_oneself(store, ignore):
        pytest.fail("it is held")
    assert store.events[-1] == "release maintenance"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_between_two_steps(number: signal.Signals) -> None:
    store = Watched()
    before = signal.getsignal(number)
    with to_oneself(store, ignore) as hold:
        signal.raise_signal(number)
        with pytest.raises(CutOff, match="run it again"):
            hold()
    assert (store.events[-len(GIVEN_BACK) :], signal.getsignal(number)) == (GIVEN_BACK, before)


def test_a_signal_ends_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Watched(looks=1_000)
    with (
        pytest.raises(CutOff, match="nothing was erased"),
        to_oneself(store, lambda _: signal.raise_signal(signal.SIGINT)),
    ):
        pytest.fail("it is held")


def test_who_is_at_work_says_so_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Watched()
    monkeypatch.setattr(erase_hold, "RENEW_S", 0.0)
    with to_oneself(store, ignore) as hold:
        del store.events[:]
        hold()
        assert store.events == ["hold maintenance", "hold deliver"]
