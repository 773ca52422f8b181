"""Taking what only one process may have."""

import pytest

from flows import taking
from flows.taking import when_free
from state.store import Held, Maintenance, Switched


class Lease:
    """Free after so many looks."""

    def __init__(self, looks: int, *, elsewhere: bool = False, trouble: Exception | None = None) -> None:
        self._left = looks
        self._trouble = trouble or Held("held", elsewhere=elsewhere)
        self.looks = 0

    def take(self) -> None:
        self.looks += 1
        if self.looks <= self._left:
            raise self._trouble


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "LOOK_S", 0.001)


def test_what_is_free_is_taken() -> None:
    lease = Lease(0, elsewhere=False)
    when_free(lease.take, 5_000, lambda: False)
    assert lease.looks == 1


def test_what_is_held_here_is_held_by_the_living() -> None:
    lease = Lease(1, elsewhere=False)
    with pytest.raises(Held):
        when_free(lease.take, 5_000, lambda: False)


def test_what_is_held_elsewhere_may_become_free() -> None:
    lease = Lease(3, elsewhere=True)
    when_free(lease.take, 5_000, lambda: False)
    assert lease.looks == 4


def test_past_the_lease_it_is_held_by_the_living() -> None:
    lease = Lease(1_000_000, elsewhere=True)
    with pytest.raises(Held):
        when_free(lease.take, -1_000, lambda: False)


def test_told_to_stop_it_waits_no_longer() -> None:
    lease = Lease(1_000_000, elsewhere=True)
    with pytest.raises(Held):
        when_free(lease.take, 60_000, lambda: lease.looks == 3)


def test_the_end_of_maintenance_is_waited_for_however_long() -> None:
    lease = Lease(5, trouble=Maintenance("at work"))
    when_free(lease.take, -1_000, lambda: False)
    assert lease.looks == 6


def test_told_to_stop_it_does_not_wait_for_the_end_of_maintenance() -> None:
    lease = Lease(1_000_000, trouble=Maintenance("at work"))
    with pytest.raises(Maintenance):
        when_free(lease.take, 60_000, lambda: lease.looks == 3)


def test_a_namespace_that_goes_on_in_another_generation_is_not_waited_for() -> None:
    lease = Lease(1_000_000, trouble=Switched("rebuilt"))
    with pytest.raises(Switched):
        when_free(lease.take, 60_000, lambda: lease.looks == 3)
    assert lease.looks == 1
