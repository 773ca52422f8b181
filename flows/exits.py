"""How a command, and a flow's own process, ends."""

from pathlib import Path

FAILED = 1
"""It failed while running; what is in the store is right, and starting again goes on from there."""
CHANGE_SOMETHING = 2
"""A person has to change something first; starting again would not help."""
NOTHING_FOUND = 3
UNREACHABLE = 69
"""The server of the state could not be used, said by a flow's process to its launcher only; `EX_UNAVAILABLE`."""
PAUSED = 75
"""It let go of the namespace for maintenance, said by a flow's process to its launcher only; `EX_TEMPFAIL`."""
CRASHED = 70
"""A defect of ours, said by a flow's process to its launcher only; `EX_SOFTWARE` of sysexits.h."""


class Problem(Exception):
    """Something that the user has to change; the message says what, and how."""


def require_folder(path: Path, flag: str) -> None:
    """Say before long work that its result has no place. Raises `Problem`."""
    if not path.parent.is_dir():
        raise Problem(f"{flag} {path}: there is no folder {path.parent}; make it first, or name another file")


class NotFound(Problem):
    """What was asked for is not there."""

    code = NOTHING_FOUND
