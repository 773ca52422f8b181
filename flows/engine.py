"""Running a dataflow in this process."""

import gc
import sys
from datetime import timedelta
from typing import NamedTuple

from bytewax.dataflow import Dataflow
from bytewax.testing import cluster_main

YOUNG_OBJECTS = 1_000_000
"""New objects between two looks for garbage: our records hold no cycles, and every look costs a walk over them."""
TURN_S = 0.1
"""For how long the flow may work before another thread gets a turn: Bytewax's own asks for one all the time, to hear of
signals, and each change of turns costs two waits for the system to wake somebody up.
"""


class GroupBroken(Exception):
    """A process of the group died or cannot be reached; the others end with it."""


class Place(NamedTuple):
    """Where a process stands in a group that runs one flow together: its number, and the addresses of all."""

    process: int = 0
    addresses: tuple[str, ...] = ()


def run_flow(flow: Dataflow, epoch_ms: int, place: Place = Place()) -> None:  # noqa: B008  immutable
    """Run to the end, of the whole group. What a stage, source or sink of this process raised is raised as it was, not
    as Bytewax wraps it.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)
    sys.setswitchinterval(TURN_S)
    try:
        epoch = timedelta(milliseconds=epoch_ms)
        cluster_main(flow, list(place.addresses), place.process, epoch_interval=epoch)  # type: ignore[no-untyped-call]  # Bytewax's stub
    except Exception as error:  # noqa: BLE001  re-raised below, unwrapped
        cause = error
        while isinstance(cause.__cause__, Exception):
            cause = cause.__cause__
        raise cause from None
    except BaseException as error:
        if place.addresses and type(error).__name__ == "PanicException":  # Bytewax's, when a connection breaks
            raise GroupBroken("another process of the group is gone, so this one ends as well") from None
        raise
