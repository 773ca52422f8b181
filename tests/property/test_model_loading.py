"""Whatever is done to a model file, it loads, or it is refused in clear lines: never anything else."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.checking import needed_keep
from config.describe import describe, summary
from config.loading import ModelError, load_model, standard_model_path

STANDARD = standard_model_path().read_text(encoding="utf-8")
LINES = STANDARD.splitlines()
WORDS = sorted(set(re.findall(r"[A-Za-z_]+", STANDARD)))

VALUES = st.one_of(
    st.sampled_from(
        """0 -1 1 5 1001 3.5 -0.0 nan inf -inf 1e308 true false [] {} [1] "" "x" "14d" "0d" "9999w" 1979-05-27
        [[]] [{}] {name=1} 0xffffffffffffffffffffff 'high' [{path=""}] [{path="a",eq=1}] ["pricing_viewed"]""".split()
    ),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(WORDS).map(lambda word: f'"{word}"'),
    st.text(max_size=8).map(lambda text: f"'{text}'"),
)


@st.composite
def other_value(draw: st.DrawFn) -> str:
    """The standard model with another value on one to three of its lines."""
    lines = list(LINES)
    for at in draw(st.lists(st.sampled_from(range(len(lines))), min_size=1, max_size=3)):
        key, equals, _ = lines[at].partition(" = ")
        if equals:
            lines[at] = f"{key} = {draw(VALUES)}"
    return "\n".join(lines)


@st.composite
def other_words(draw: st.DrawFn) -> str:
    """One word replaced by another of the file's, in one place or everywhere."""
    old, new = draw(st.sampled_from(WORDS)), draw(st.sampled_from(WORDS))
    return re.sub(rf"\b{old}\b", new, STANDARD, count=draw(st.sampled_from([0, 1])))


@st.composite
def other_lines(draw: st.DrawFn) -> str:
    """Lines left out, doubled and moved."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(lines) - 1))
        taken = lines[start : start + draw(st.integers(1, 6))]
        if draw(st.booleans()):
            del lines[start : start + len(taken)]
        to = draw(st.integers(0, len(lines)))
        lines[to:to] = draw(st.sampled_from([taken, []]))
    return "\n".join(lines)


@st.composite
def other_bytes(draw: st.DrawFn) -> bytes:
    """A few bytes replaced, anywhere."""
    whole = STANDARD.encode()
    at = draw(st.integers(0, len(whole)))
    return whole[:at] + draw(st.binary(max_size=6)) + whole[at + draw(st.integers(0, 40)) :]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model") / "model.toml"


@settings(max_examples=150)
@given(text=st.one_of(other_value(), other_words(), other_lines()).map(str.encode) | other_bytes() | st.binary())
def test_a_model_file_loads_or_is_refused_in_lines_that_name_it(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    try:
        model = load_model(file)
    except ModelError as error:
        lines = str(error).split("\n")
        assert [line for line in lines if not line.startswith(f"{file}: ")] == []
        assert [line for line in lines if not line.isprintable()] == []
    else:
        assert set(needed_keep(model)) == set(model.signals)
        assert len(describe(model)) == 6
        assert len(summary(model).split("\n")) == 1
