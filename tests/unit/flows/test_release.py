"""Which release this is."""

import tomllib
from pathlib import Path

from flows.release import release

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_it_is_the_version_that_the_package_has() -> None:
    assert release() == tomllib.loads(PYPROJECT.read_text())["project"]["version"]
