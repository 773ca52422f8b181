"""Our import names are plain words: no installed distribution may bring a package of the same name."""

from collections.abc import Mapping, Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = [
    "config",
    "state",
    "operators",
    "sources",
    "sinks",
    "flows",
    "simulators",
    "benchmarks",
    "sample",
    "tests",
]


def other_owners(name: str, distributions: Mapping[str, Sequence[str]]) -> set[str]:
    return set(distributions.get(name, ())) - {"leadstream"}


@pytest.mark.parametrize("name", OURS)
def test_nobody_else_installs_a_package_of_our_name(name: str) -> None:
    assert other_owners(name, packages_distributions()) == set()


def test_another_owner_of_a_name_is_seen() -> None:
    assert other_owners("config", {"config": ["leadstream", "python-config"]}) == {"python-config"}


def test_the_root_is_no_package() -> None:
    assert not (ROOT / "__init__.py").exists()  # Bytewax would climb out of it to find the flow
