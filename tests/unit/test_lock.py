"""The lock: everything that `pyproject.toml` asks for, by hash, from wherever the reader's pip looks."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = {
    canonicalize_name(name): version for name, version in re.findall(r"^([a-z0-9-]+)==([^ ;]+)", LOCK, re.MULTILINE)
}


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]


def locked(requirement: Requirement) -> bool:
    pin = PINS.get(canonicalize_name(requirement.name))
    return pin is not None and requirement.specifier.contains(pin, prereleases=True)


def test_the_lock_names_neither_host_nor_option() -> None:
    assert re.findall(r"://|^\s*--(?!hash=)\S+", LOCK, re.MULTILINE) == []


def test_each_pin_has_a_hash() -> None:
    pins = re.findall(r"^[a-z0-9-]+==", LOCK, re.MULTILINE)  # one for each Python where they differ
    assert len(re.findall(r"==[^\n]+ \\\n    --hash=sha256:[0-9a-f]{64}", LOCK)) == len(pins)


def test_the_lock_holds_a_fitting_version_of_each_requirement() -> None:
    assert [str(requirement) for requirement in wanted() if not locked(requirement)] == []
