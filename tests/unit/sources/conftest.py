"""Logs on disk, and what reading them gives."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from sources.jsonl import Reader
from sources.jsonl_files import find_logs
from state.batch import BatchReader


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


@pytest.fixture
def open_log() -> Iterator[Callable[..., Reader]]:
    """Opens the log at a path as it is found there now, and closes it after the test."""
    with ExitStack() as open_readers:
        yield lambda path, position=0, **settings: open_readers.enter_context(
            closing(opened(path, position, **settings))
        )


def opened(path: Path, position: int = 0, *, follow: bool = False, **limit: int) -> Reader:
    (found,) = find_logs(path, follow=follow)
    return Reader(found, position, follow=follow, **limit)


@pytest.fixture
def read_all() -> Callable[[BatchReader], list[bytes]]:
    def lines(reader: BatchReader) -> list[bytes]:
        found: list[bytes] = []
        while not reader.at_end:
            if (batch := reader.read()) is not None:
                found += batch.lines
        return found

    return lines
