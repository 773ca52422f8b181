"""A model in plain words."""

from pathlib import Path

import pytest

from config.describe import Row, describe, in_words, summary
from config.loading import load_model
from config.model import Span
from tests.unit.config.small_model import SMALL, rule

POINTS = 'type = "points"\nsignal = "pricing_viewed"\n'
COVERAGE = 'type = "coverage"\nsignals = ["docs_viewed", "pricing_viewed"]\nwindow = "10d"\n'


def sections(folder: Path, text: str = SMALL) -> dict[str, tuple[Row, ...]]:
    (folder / "model.toml").write_text(text)
    return {section.title: section.rows for section in describe(load_model(folder / "model.toml"))}


def last_rule(folder: Path, kind: str, text: str) -> Row:
    title = "People: rules" if kind == "contact" else "Companies: rules"
    return sections(folder, rule(kind, 'name = "r"\nwords = "w"\n' + text))[title][-1]


def test_a_description_goes_in_the_order_of_the_file(tmp_path: Path) -> None:
    assert list(sections(tmp_path)) == [
        "small 1",
        "Signals",
        "People: rules",
        "People: limits and bands",
        "Companies: rules",
        "Companies: limits and bands",
    ]


def test_it_says_why_the_version_exists(tmp_path: Path) -> None:
    assert sections(tmp_path)["small 1"] == (Row("why", "", "Why not."),)


def test_a_signal_is_told_with_what_it_listens_for_and_keeps(tmp_path: Path) -> None:
    assert sections(tmp_path)["Signals"] == (
        Row("pricing_viewed", "", '"viewed pricing": pricing_viewed (evaluation, high intent, 10 kept)'),
        Row(
            "docs_viewed",
            "",
            '"read the documentation": page_viewed where properties.pathname begins with "/docs" (evaluation, 20 kept)',
        ),
    )


@pytest.mark.parametrize(
    ("kind", "text", "worth", "expected"),
    [
        (
            "contact",
            POINTS + 'points = 10\nlimit = 5\nwindow = "30d"\nhalf_life = "14d"\ncap = 30',
            "+10",
            (
                "each time someone viewed pricing (pricing_viewed) within 30 days, only the 5 most recent, "
                "halving every 14 days, at most 30 in all [evaluation]"
            ),
        ),
        (
            "contact",
            POINTS + 'points = -2.5\nlimit = 1\nlinear = "1d"\ncap = 5\ngroup = "depth"',
            "-2.5",
            (
                "each time someone viewed pricing (pricing_viewed), only the most recent, "
                "fading to nothing over 1 day, at most -5 in all [depth]"
            ),
        ),
        (
            "account",
            'type = "points"\nsignal = "docs_viewed"\npoints = 2\nlimit = 3\ncliff = "12h"\nshare = 4',
            "+2",
            (
                "each time someone read the documentation (docs_viewed), only the 3 most recent of each person, "
                "gone after 12 hours, at most 4 from one person [evaluation]"
            ),
        ),
        (
            "contact",
            'type = "frequency"\nsignal = "docs_viewed"\npoints = 5\nat_least = 3\nwindow = "7d"',
            "+5",
            "once someone read the documentation (docs_viewed) 3 times within 7 days [evaluation]",
        ),
        (
            "contact",
            'type = "returned"\npoints = 12\nwithin = "7d"\ngroup = "urgency"',
            "+12",
            "each visit that began within 7 days of the one before [urgency]",
        ),
        (
            "contact",
            'type = "combo"\npoints = 15\ndistinct = 1',
            "+15",
            "each visit with 1 of pricing_viewed (all of high intent) [evaluation]",
        ),
        (
            "contact",
            'type = "inactivity"\npoints = -15\nafter = "21d"',
            "-15",
            "once 21 days have passed without activity [urgency]",
        ),
        (
            "contact",
            'type = "fit"\npoints = 5\nmax_age = "365d"\nwhere = [{ path = "employees", gte = 200, lt = 5000.5 }]',
            "+5",
            "if employees is at least 200 and employees is below 5000.5, as said within 365 days [fit]",
        ),
        (
            "contact",
            'type = "exclusion"\nsignal = "docs_viewed"\nwindow = "30d"',
            "0 in all",
            "whoever read the documentation (docs_viewed) within 30 days",
        ),
        (
            "contact",
            'type = "exclusion"\nwhere = [{ path = "stage", in = ["won", "lost"] }, { path = "age", exists = false }]',
            "0 in all",
            'if stage is one of "won", "lost" and age is not known',
        ),
        (
            "account",
            'type = "people"\npoints = 25\nat_least = 5\nwindow = "10d"',
            "+25",
            "once 5 people did any of pricing_viewed (all of high intent) within 10 days [evaluation]",
        ),
        (
            "account",
            COVERAGE + "points = 30\npeople = 1\ndistinct = 1",
            "+30",
            "once 1 person together did 1 of docs_viewed, pricing_viewed within 10 days [evaluation]",
        ),
    ],
)
def test_a_rule_is_told_in_a_sentence(tmp_path: Path, kind: str, text: str, worth: str, expected: str) -> None:
    assert last_rule(tmp_path, kind, text) == Row("r", worth, expected)


def test_limits_and_bands_are_told(tmp_path: Path) -> None:
    assert sections(tmp_path)["People: limits and bands"] == (
        Row("evaluation", "", "counts at most 60 points, either way"),
        Row("score", "", "0 to 100"),
        Row("low", "", "the lowest band"),
        Row("medium", "", "from 30 on, until it falls below 25"),
        Row("high", "", "from 60 on, until it falls below 50"),
    )


def test_the_summary_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text(SMALL)
    assert summary(load_model(tmp_path / "model.toml")) == (
        "small 1: 2 signals, 4 rules for people, 1 for companies, at most 30 touches kept of each identifier"
    )


@pytest.mark.parametrize(
    ("text", "expected"), [("1h", "1 hour"), ("36h", "36 hours"), ("14d", "14 days"), ("90s", "90 seconds")]
)
def test_a_span_is_said_in_its_largest_whole_unit(text: str, expected: str) -> None:
    assert in_words(Span.parse(text)) == expected
