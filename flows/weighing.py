"""Weighing on all cores."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from operators.weigh import Each


@contextmanager
def on_all_cores() -> Iterator[Each]:
    """A `map` for `Weigher` with a thread per core; NumPy lets them run side by side.

    Its linear algebra would start threads of its own for each small product, which wait for each other.
    """
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        yield pool.map
