"""Starting programs of ours from this very installation, whatever folder the user is in."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def program(module: str) -> list[str]:
    """The beginning of a command. A folder of the user's called `config` or `state` must not pass for ours (`-P`)."""
    return [sys.executable, "-P", "-m", module]


def environment() -> dict[str, str]:
    """Ours, with the way to our packages, installed or not."""
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{others}" if others else str(ROOT)}
