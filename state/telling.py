"""Telling somebody of an exception before whoever called forgets it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Failed = Callable[[Exception], None]


@contextmanager
def telling(failed: Failed) -> Iterator[None]:
    """Tell what the block raises, and let it go on its way. `StopIteration` is an end, and no failure.

    >>> told: list[Exception] = []
    >>> with telling(told.append):
    ...     raise OSError("no room")
    Traceback (most recent call last):
    OSError: no room
    >>> told
    [OSError('no room')]
    """
    try:
        yield
    except StopIteration:
        raise
    except Exception as error:
        failed(error)
        raise
