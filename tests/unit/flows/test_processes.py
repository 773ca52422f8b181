"""How a group ended, when its processes ended in several ways."""

import itertools
import signal

import pytest

from flows.exits import CHANGE_SOMETHING, CRASHED, FAILED, PAUSED, UNREACHABLE
from flows.processes import _rank

FROM_THE_FIRST = [PAUSED, CHANGE_SOMETHING, UNREACHABLE, -signal.SIGKILL, CRASHED, FAILED]


@pytest.mark.parametrize("codes", list(itertools.pairwise(FROM_THE_FIRST)))
def test_a_pause_comes_before_what_others_make_of_it_and_a_failure_last(codes: tuple[int, int]) -> None:
    assert (min(codes, key=_rank), min(reversed(codes), key=_rank)) == (codes[0], codes[0])
