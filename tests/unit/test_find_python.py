"""Which Python `make` builds `.venv` with, and what it says when there is none."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "find-python"
BROKEN = "exit 127"


def find_python(path: Path, *given: str, **installed: str) -> subprocess.CompletedProcess[str]:
    """Run the script where only `installed` is, written `python3_12="echo 3.12"`."""
    for name, says in installed.items():
        program = path / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\n{says}\n")
        program.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", SCRIPT, *given],
        env={"PATH": f"{path}:/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("installed", "found"),
    [
        ({"python3_12": "echo 3.12", "python3_11": "echo 3.11"}, "python3.12\n"),
        ({"python3_12": BROKEN, "python3_11": "echo 3.11"}, "python3.11\n"),
        ({"python3_12": "echo 3.12 without venv", "python3": "echo 3.11"}, "python3\n"),
        ({"python3": "echo 3.13"}, ""),
    ],
)
def test_the_first_python_that_runs_and_fits_is_taken(tmp_path: Path, installed: dict[str, str], found: str) -> None:
    assert find_python(tmp_path, **installed).stdout == found


def test_the_python_that_was_given_is_the_only_one_tried(tmp_path: Path) -> None:
    result = find_python(tmp_path, "/opt/my python", python3_12="echo 3.12")
    assert (result.returncode, "Found: /opt/my python (not installed)." in result.stderr) == (1, True)


def test_without_a_fitting_python_it_says_what_was_found_and_what_is_needed(tmp_path: Path) -> None:
    result = find_python(tmp_path, python3_12=BROKEN, python3="echo 3.13")
    assert "needs Python 3.11 or 3.12" in result.stderr
    assert "Found: python3.12 (does not run), python3.11 (not installed), python3 (3.13)." in result.stderr
