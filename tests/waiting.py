"""Waiting for something that another process does."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

LOOK_S = 0.02


def wait_for(look: Callable[[], Found | None], seconds: float = 30.0) -> Found:
    """What `look` finds, as soon as it is true; fails when that takes longer."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing came within {seconds} s"
        time.sleep(LOOK_S)
    return found
