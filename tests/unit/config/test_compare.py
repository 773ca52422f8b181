"""What differs between two models, in words."""

from pathlib import Path

import pytest

from config.compare import Difference, Field, compare, in_a_sentence
from config.loading import load_model
from config.model import Model
from tests.unit.config.small_model import SMALL

WEBINAR = '[signals.webinar]\nwords = "attended a webinar"\n'
WEBINAR_RULE = '[[contact.rules]]\nname = "webinar"\ntype = "points"\nsignal = "webinar"\npoints = 6\n'


def load(folder: Path, text: str) -> Model:
    (folder / "model.toml").write_text(text)
    return load_model(folder / "model.toml")


def replaced(*changes: tuple[str, str]) -> str:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def differences(folder: Path, after: str) -> list[Difference]:
    return compare(load(folder, SMALL), load(folder, after))


def said(folder: Path, after: str) -> list[str]:
    return [in_a_sentence(difference) for difference in differences(folder, after)]


def test_a_model_does_not_differ_from_itself(tmp_path: Path) -> None:
    assert differences(tmp_path, SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("points = 10\nhalf", "points = 12\nhalf", 'rule "pricing" is worth 12 instead of 10'),
        (
            'points = 10\nhalf_life = "14d"',
            'points = 12\nhalf_life = "7d"',
            'rule "pricing" is worth 12 instead of 10 and cools twice as fast (halves every 7 days instead of 14 days)',
        ),
        ('half_life = "14d"\n', "", 'rule "pricing" never halves (it was: halves every 14 days)'),
        ("limit = 5\n", "", 'rule "pricing" counts all that are kept (it was: counts the most recent 5)'),
        ("limit = 5\n", "limit = 5\ncap = 30\n", 'rule "pricing" adds at most 30 (it was: adds any number of points)'),
        ('after = "21d"', 'after = "30d"', 'rule "silence" begins after 30 days instead of 21 days'),
        (
            'eq = "director"',
            'in = ["director", "vp"]',
            'rule "director" asks that seniority is one of "director", "vp" instead of seniority is "director"',
        ),
        ("keep = 10", "keep = 12", 'signal "pricing_viewed" is remembered 12 times instead of 10'),
        (
            "enter = 30, leave = 25",
            "enter = 35, leave = 28",
            'band "medium" begins at 35 instead of 30 and ends below 28 instead of 25',
        ),
        ("evaluation = 60", "evaluation = 50", 'group "evaluation" adds at most 50 instead of 60'),
        ("evaluation = 60", "", 'cap of the group "evaluation" is gone: it was 60 points'),
        ("caps = { evaluation", "max = 90\ncaps = { evaluation", "score ends at 90 instead of 100"),
        ('version = "1"', 'version = "2"', 'model "small" is version "2" instead of "1"'),
    ],
)
def test_a_change_is_told_from_what_to_what(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert said(tmp_path, replaced((old, new))) == [expected]


def test_a_new_signal_has_no_past(tmp_path: Path) -> None:
    after = SMALL.replace("[contact]\n", WEBINAR + "\n[contact]\n") + WEBINAR_RULE
    assert said(tmp_path, after) == [
        (
            'signal "webinar" is new: "attended a webinar": webinar (evaluation, 20 kept); '
            "nobody listened for it, so ledgers lack its past"
        ),
        'rule "webinar" is new: +6 each time someone attended a webinar (webinar) [evaluation]',
    ]


def test_what_is_gone_is_told_as_it_was(tmp_path: Path) -> None:
    before = SMALL.replace("[contact]\n", WEBINAR + "\n[contact]\n") + WEBINAR_RULE
    found = compare(load(tmp_path, before), load(tmp_path, SMALL))
    assert [(one.part, one.change) for one in found] == [("signals", "went"), ("contact", "went")]


def test_a_rule_that_became_another_type_is_told_as_both(tmp_path: Path) -> None:
    after = replaced(
        (
            'type = "frequency"\nsignal = "docs_viewed"\nat_least = 3\nwindow',
            'type = "points"\nsignal = "docs_viewed"\nwindow',
        )
    )
    assert said(tmp_path, after) == [
        (
            'rule "documentation" is another rule: '
            "+5 each time someone read the documentation (docs_viewed) within 7 days [evaluation]; "
            "it was: +5 once someone read the documentation (docs_viewed) 3 times within 7 days [evaluation]"
        )
    ]


def test_rules_in_another_order_are_told(tmp_path: Path) -> None:
    head, first, *rest = SMALL.split("[[contact.rules]]")
    *middle, last = rest
    last, account = last.split("[account]")
    after = "[[contact.rules]]".join([head, *middle, last, first]) + "[account]" + account
    assert [one.what for one in differences(tmp_path, after)] == ["order of the rules"]


def test_the_keys_behind_a_change_are_given_for_machines(tmp_path: Path) -> None:
    [difference] = differences(tmp_path, replaced(('half_life = "14d"', 'half_life = "7d"')))
    assert difference.fields == (Field("half_life", "14d", "7d"),)
