"""Outcomes: who converted when, from a file that people make."""

from pathlib import Path

import pytest

from flows.exits import Problem
from flows.replay.outcomes import Outcomes, read_outcomes
from state.moment import milliseconds

HEAD = "contact,converted_at\n"
MAY = milliseconds("2025-05-27")


def read(tmp_path: Path, text: str) -> Outcomes:
    path = tmp_path / "outcomes.csv"
    path.write_text(text, encoding="utf-8")
    return read_outcomes(path)


def test_a_lead_without_a_time_did_not_convert(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "Ann@Acme.com,2025-05-27T00:00:00Z\nuser:42,\n")
    assert found == {"e:ann@acme.com": MAY, "u:42": None}


@pytest.mark.parametrize("lines", ["a@b.io,\na@b.io,2025-05-27\n", "a@b.io,2025-05-28\na@b.io,2025-05-27\n"])
def test_the_first_conversion_counts(tmp_path: Path, lines: str) -> None:
    assert read(tmp_path, HEAD + lines) == {"e:a@b.io": MAY}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("email,when\n", "the first line must name the columns"),
        (HEAD, "holds no leads"),
        (HEAD + "a@b.io,soon\n", "line 2: converted_at is no time"),
        (HEAD + "a@b.io,\nundefined,\n", "line 3: contact is no e-mail"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        read(tmp_path, text)


def test_an_address_is_in_no_message(tmp_path: Path) -> None:
    with pytest.raises(Problem) as found:
        read(tmp_path, HEAD + "ann@acme.com,soon\n")
    assert "ann" not in str(found.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"none\.csv cannot be read"):
        read_outcomes(tmp_path / "none.csv")
