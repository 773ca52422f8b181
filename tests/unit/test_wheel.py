"""The wheel: our packages with their data files, and nothing else."""

import os
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
SHIPPED = ("config", "state", "operators", "sources", "sinks", "flows", "simulators")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")))
    return set(ZipFile(built).namelist())


def test_the_wheel_holds_each_file_of_our_packages(wheel: set[str]) -> None:
    ours = {
        os.path.relpath(path, ROOT)
        for package in SHIPPED
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert ours - wheel == set()


def test_the_wheel_holds_nothing_but_our_packages(wheel: set[str]) -> None:
    folders = {name.split("/")[0] for name in wheel}
    assert {name for name in folders if not name.endswith(".dist-info")} == set(SHIPPED)
