"""From a file to a model, or to one clear line for each thing that is wrong with it."""

from pathlib import Path

import pytest

from config.loading import ModelError, load_model, standard_model_path
from config.model import Fit, Points, Span
from tests.unit.config.small_model import SMALL, problems, rule, spoilt

LIMIT_LINE = SMALL.splitlines().index("limit = 5") + 1
END_LINE = SMALL.count("\n") + 1
SYNTAX = "texts need quotes, and a key stands once per table"


def test_a_model_file_becomes_typed_values(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text(SMALL)
    model = load_model(tmp_path / "model.toml")
    assert model.contact.rules[0] == Points(
        name="pricing", signal="pricing_viewed", points=10.0, half_life=Span(1_209_600_000), limit=5
    )


def test_a_condition_keeps_its_value_s_type(tmp_path: Path) -> None:
    where = 'where = [{ path = "seats", in = [5, "5", true, 5.5] }]'
    text = f'name = "seats"\ntype = "fit"\nwords = "w"\npoints = 1\n{where}'
    (tmp_path / "model.toml").write_text(rule("contact", text))
    seats = load_model(tmp_path / "model.toml").contact.rules[-1]
    assert isinstance(seats, Fit)
    assert [type(value) for value in seats.where[0].in_ or ()] == [int, str, bool, float]


def test_a_byte_order_mark_is_no_part_of_a_model(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load_model(tmp_path / "model.toml").model.name == "small"


def test_the_standard_model_loads() -> None:
    assert load_model(standard_model_path()).model.name == "b2b-saas"


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        load_model(tmp_path / "none.toml")
    assert str(error.value) == (
        f"{tmp_path / 'none.toml'}: cannot be read (No such file or directory); name a model file"
    )


@pytest.mark.parametrize("text", ["", "\n# to be written\n"])
def test_an_empty_file_says_where_to_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "empty.toml"
    path.write_text(text)
    with pytest.raises(ModelError) as error:
        load_model(path)
    assert str(error.value) == f"{path}: is empty; start from a copy of {standard_model_path()}"


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        load_model(tmp_path)
    assert str(error.value) == f"{tmp_path}: cannot be read (Is a directory); name a model file"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (spoilt("limit = 5", "limit = five"), f"line {LIMIT_LINE}, column 9: not TOML: invalid value; {SYNTAX}"),
        (
            spoilt("limit = 5", "limit = 5\nlimit = 6"),
            f"line {LIMIT_LINE + 1}, column 10: not TOML: cannot overwrite a value; {SYNTAX}",
        ),
        (
            spoilt("limit = 5", "limit"),
            f"line {LIMIT_LINE}, column 6: not TOML: expected '=' after a key in a key/value pair; {SYNTAX}",
        ),
        ('name = "', f"end of document: not TOML: unterminated string; {SYNTAX}"),
        (SMALL.encode() + b"# caf\xe9\n", f"line {END_LINE}: not UTF-8; save the file as UTF-8"),
        ("a = " + "[" * 5_000, "nested too deeply; a model needs no more than four levels"),
        (
            spoilt("limit = 5", "limit = " + "9" * 5_000),
            "holds a number too long to read; write at most fifteen digits",
        ),
    ],
)
def test_what_is_not_toml_is_told_with_its_place(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert problems(tmp_path, text) == [expected]


def test_all_that_does_not_fit_the_types_is_told_at_once(tmp_path: Path) -> None:
    text = (
        SMALL.replace("points = 10\n", "pionts = 10\n")
        .replace('intent = "high"', 'intent = "hihg"')
        .replace("enter = 60", "entry = 60")
    )
    assert problems(tmp_path, text) == [
        "signals.pricing_viewed: intent must be one of 'high', 'normal', not \"hihg\"",
        "contact.rules[0] \"pricing\": unknown key 'pionts'; did you mean 'points'?",
        "contact.rules[3] \"director\": unknown key 'pionts'; did you mean 'points'?",
        "contact.bands[2] \"high\": unknown key 'entry'; did you mean 'enter'?",
    ]


def test_all_that_cannot_be_meant_is_told_at_once(tmp_path: Path) -> None:
    text = SMALL.replace("points = 10\n", "points = 0\n").replace("Why not.", "").replace("keep = 10", "keep = 3")
    assert problems(tmp_path, text) == [
        "model: note is empty; say why this version exists",
        (
            'signals.pricing_viewed: keep = 3, but contact.rules[0] "pricing" needs 5 touches; '
            "raise keep or make the rule count fewer"
        ),
        'contact.rules[0] "pricing": points = 0 changes nothing; give it a weight or remove the rule',
        'contact.rules[3] "director": points = 0 changes nothing; give it a weight or remove the rule',
    ]
