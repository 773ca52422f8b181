"""The history of models: what a rollback goes back to, and who did it."""

from pathlib import Path

import pytest

from config.loading import standard_model_path
from config.settings import Settings
from flows.activation import put_to_use, roll_back
from flows.exits import Problem
from flows.models import in_use
from state.memory import MemoryStore


def model(folder: Path, version: str) -> Path:
    path = folder / f"{version}.toml"
    path.write_text(standard_model_path().read_text().replace('version = "1"', f'version = "{version}"'))
    return path


def versions(folder: Path, *steps: str) -> list[str]:
    """The version in use after each step: a version to activate, or `back`."""
    store, found = MemoryStore(1), []
    for step in steps:
        if step == "back":
            roll_back(Settings(), store, "")
        else:
            put_to_use(Settings(), store, model(folder, step), "", None)
        found.append(in_use(Settings(), store).model.model.version)
    return found


def test_each_rollback_goes_one_model_further_back(tmp_path: Path) -> None:
    assert versions(tmp_path, "2", "3", "4", "back", "back", "back") == ["2", "3", "4", "3", "2", "1"]


def test_a_model_that_is_activated_after_a_rollback_is_rolled_back_to_that(tmp_path: Path) -> None:
    assert versions(tmp_path, "2", "3", "back", "4", "back", "back") == ["2", "3", "2", "4", "2", "1"]


def test_there_is_an_end_to_going_back(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="nothing to roll back"):
        versions(tmp_path, "2", "back", "back")


def test_a_user_without_a_name_is_told_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nameless)
    monkeypatch.setattr("os.getuid", lambda: 12_345)
    put = put_to_use(Settings(), MemoryStore(1), model(tmp_path, "2"), "", None)
    assert put.entry.who.startswith("uid 12345@")
