"""How a command ends."""

FAILED = 1
CHANGE_SOMETHING = 2
NOTHING_FOUND = 3


class Problem(Exception):
    """Something that the user has to change; the message says what, and how."""


class NotFound(Problem):
    """What was asked for is not there."""

    code = NOTHING_FOUND
