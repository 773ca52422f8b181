"""The examples in docs/MODEL.md work as they stand there."""

import re
from pathlib import Path

import pytest

from config.loading import load_model
from config.shapes import RULES

TEXT = (Path(__file__).parents[3] / "docs" / "MODEL.md").read_text(encoding="utf-8")
WHOLE, *PARTS = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
NEW_RULES = [part for part in PARTS if "rules]]" in part]


def load(folder: Path, text: str) -> str:
    (folder / "model.toml").write_text(text, encoding="utf-8")
    return load_model(folder / "model.toml").model.name


def test_the_whole_model_loads(tmp_path: Path) -> None:
    assert load(tmp_path, WHOLE) == "ours"


@pytest.mark.parametrize("part", NEW_RULES, ids=re.compile(r'name = "(.*)"').findall("".join(NEW_RULES)))
def test_each_rule_loads_as_a_part_of_it(tmp_path: Path, part: str) -> None:
    lonely = WHOLE.replace('name = "security"', 'name = "old security"')
    assert load(tmp_path, f"{lonely}\n{part}") == "ours"


def test_the_frame_of_a_scorecard_loads_in_its_place(tmp_path: Path) -> None:
    (frame,) = [part for part in PARTS if part not in NEW_RULES]
    start, end = WHOLE.index("[contact]"), WHOLE.index("[[contact.rules]]")
    assert load(tmp_path, WHOLE[:start] + frame + WHOLE[end:]) == "ours"


def test_each_type_of_rule_has_an_example() -> None:
    assert set(re.findall(r'type = "(.*)"', "".join(NEW_RULES))) == set(RULES)
