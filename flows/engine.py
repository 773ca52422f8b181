"""Running a dataflow in this process."""

import gc
from datetime import timedelta

from bytewax.dataflow import Dataflow
from bytewax.testing import cluster_main

YOUNG_OBJECTS = 100_000
"""New objects between two looks for garbage: our records hold no cycles, and every look costs a walk over them."""


def run_flow(flow: Dataflow, epoch_ms: int) -> None:
    """Run to the end. What a stage, source or sink raised is raised as it was, not as Bytewax wraps it."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)
    try:
        cluster_main(flow, [], 0, epoch_interval=timedelta(milliseconds=epoch_ms))  # type: ignore[no-untyped-call]  # Bytewax's stub
    except Exception as error:  # noqa: BLE001  re-raised below, unwrapped
        cause = error
        while isinstance(cause.__cause__, Exception):
            cause = cause.__cause__
        raise cause from None
