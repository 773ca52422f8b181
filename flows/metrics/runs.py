"""A name for this start of a process, so that who adds up tells it from the start before."""

import os
import time


def this_run() -> str:
    """Unlike any other's on this machine."""
    return f"{os.getpid()}-{time.time_ns()}"
