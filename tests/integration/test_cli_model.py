"""`leadstream model …` as a user types it."""

from pathlib import Path

from tests.integration.conftest import Leadstream

STANDARD = Path("config/models/b2b-saas.toml").resolve()


def changed(folder: Path) -> Path:
    path = folder / "ours.toml"
    path.write_text(STANDARD.read_text().replace("points = 10\n", "points = 12\n", 1))
    return path


def test_model_diff_says_what_changed(tmp_path: Path, leadstream: Leadstream) -> None:
    ended = leadstream("model", "diff", str(STANDARD), str(changed(tmp_path)))
    assert (ended.code, ended.out) == (0, 'People\n  rule "pricing" is worth 12 instead of 10\n')


def test_model_diff_says_it_to_machines(tmp_path: Path, leadstream: Leadstream) -> None:
    ended = leadstream("model", "diff", str(STANDARD), str(changed(tmp_path)), "--json")
    assert ended.json == [
        {
            "part": "contact",
            "what": "rule",
            "name": "pricing",
            "change": "changed",
            "text": "is worth 12 instead of 10",
            "fields": [{"key": "points", "before": 10.0, "after": 12.0}],
        }
    ]
