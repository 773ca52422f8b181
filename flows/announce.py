"""A line on standard error, beside a launcher's line of progress."""

import sys


def announce(said: str) -> None:
    """Say something once."""
    start = "\r\x1b[K" if sys.stderr.isatty() else ""  # the launcher may be rewriting its line of progress
    print(f"{start}leadstream: {said}", file=sys.stderr, flush=True)
