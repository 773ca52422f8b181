"""A small model that is right, for tests to spoil."""

from pathlib import Path

import pytest

from config.loading import ModelError, load_model

SMALL = """\
[model]
name = "small"
version = "1"
note = "Why not."

[signals.pricing_viewed]
words = "viewed pricing"
intent = "high"
keep = 10

[signals.docs_viewed]
words = "read the documentation"
event = "page_viewed"
where = [{ path = "properties.pathname", prefix = "/docs" }]

[contact]
bands = [{ name = "low" }, { name = "medium", enter = 30, leave = 25 }, { name = "high", enter = 60, leave = 50 }]
caps = { evaluation = 60 }

[[contact.rules]]
name = "pricing"
type = "points"
signal = "pricing_viewed"
points = 10
half_life = "14d"
limit = 5

[[contact.rules]]
name = "documentation"
type = "frequency"
signal = "docs_viewed"
at_least = 3
window = "7d"
points = 5

[[contact.rules]]
name = "silence"
type = "inactivity"
words = "was silent"
after = "21d"
points = -15

[[contact.rules]]
name = "director"
type = "fit"
words = "can decide"
where = [{ path = "seniority", eq = "director" }]
points = 10

[account]
bands = [{ name = "low" }]

[[account.rules]]
name = "committee"
type = "coverage"
words = "three people looked at everything"
signals = ["pricing_viewed", "docs_viewed"]
people = 3
window = "10d"
points = 30
"""


def rule(kind: str, text: str) -> str:
    """The small model with one more rule."""
    return f"{SMALL}\n[[{kind}.rules]]\n{text}\n"


def spoilt(old: str, new: str) -> str:
    """The small model with something replaced where it stands first."""
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def problems(folder: Path, text: str | bytes) -> list[str]:
    """What loading says about a model, without the file's name."""
    path = folder / "model.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ModelError) as error:
        load_model(path)
    lines = str(error.value).split("\n")
    assert [line.startswith(f"{path}: ") for line in lines] == [True] * len(lines)
    return [line.removeprefix(f"{path}: ") for line in lines]
