"""Which incarnation of a namespace a data folder has scored: a Redis that was replaced by an empty one is noticed.

The data folder remembers it as soon as there is something to lose. Before that, starting over costs seconds, and a
server that loses its last second may well have lost the namespace's beginning.
"""

import os
from pathlib import Path

from config.settings import Settings
from sinks.jsonl_file import FileUnusable
from state.clock import wall_clock
from state.store import Replaced, Store

SETTLED_MS = 5_000
"""A server that keeps an append-only file loses a second or two at most."""


class Incarnation:
    """What the data folder knows of the namespace that the settings name."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._path = _path(settings)
        self._settings = settings
        self._store = store
        self._since = wall_clock()
        self._known = _read(self._path)

    def check(self) -> None:
        """Raises `Replaced` when the folder knows another incarnation than the store's."""
        if self._known not in {None, self._store.incarnation}:
            raise Replaced(
                f"namespace {self._settings.namespace!r} is new in Redis, but {self._settings.data} has scored one "
                "that is gone: the server was emptied, or is another. Bring the old one back (its files, a backup, the "
                "right --redis), or read the whole log again with --start-over, and erase again whoever was erased"
            )

    def proven(self) -> None:
        """What was read is in the store."""
        if self._known is None and wall_clock() - self._since > SETTLED_MS:
            self.remember()

    def remember(self) -> None:
        """Know this incarnation from now on. Raises `FileUnusable`."""
        if self._known != self._store.incarnation:
            self._store.settle_in()
            _write(self._path, self._store.incarnation)
            self._known = self._store.incarnation


def begin_again(settings: Settings, store: Store) -> None:
    """Accept the namespace as it is, and have its logs read from their beginning by the next run.

    Where a group's later processes start, the first one has seen to the namespace. Raises `Held` while a flow scores
    it, and `FileUnusable`.
    """
    if settings.process == 0:
        store.start_over()
    _write(_path(settings), store.incarnation)


def _path(settings: Settings) -> Path:
    return settings.data / "scored" / settings.namespace


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise FileUnusable(f"{path} cannot be read ({error.strerror}): see to it, and start again") from None


def _write(path: Path, incarnation: str) -> None:
    """In its place at once, whatever happens; several processes may write the same."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}~")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(fresh, "w") as file:
            file.write(incarnation)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise FileUnusable(
            f"{path} cannot be written ({error.strerror}): see to it, or choose another folder with --data"
        ) from None
