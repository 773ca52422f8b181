"""What does not fit the model's types: each with its place, what is there, and what should be."""

from pathlib import Path

import pytest

from tests.unit.config.small_model import SMALL, problems, rule, spoilt

RULE_TYPES = "'points', 'frequency', 'returned', 'combo', 'inactivity', 'fit', 'people', 'coverage', 'exclusion'"
SPAN = "a length of time such as '90s', '12h' or '14d', at most ten years"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (spoilt("points = 10", "points = 10\npionts = 3"), "unknown key 'pionts'; did you mean 'points'?"),
        (spoilt("points = 10", "pionts = 10"), "unknown key 'pionts'; did you mean 'points'?"),
        (spoilt("points = 10", ""), "missing key 'points'; add points = 10"),
        (spoilt("points = 10", 'points = "ten"'), 'points must be a number, not "ten"'),
        (spoilt("points = 10", "points = true"), "points must be a number, not true"),
        (spoilt("points = 10", "points = nan"), "points must be a finite number of at most fifteen digits"),
        (spoilt("points = 10", "points = -inf"), "points must be a finite number of at most fifteen digits"),
        (spoilt("limit = 5", "limit = 5.5"), "limit must be a whole number, not 5.5"),
        (
            spoilt("limit = 5", f"limit = 0x{'f' * 6_000}"),
            "limit must be a finite number of at most fifteen digits",
        ),
        (spoilt('"14d"', '"14 days"'), f'half_life must be {SPAN}, not "14 days"'),
        (spoilt('"14d"', "14"), f"half_life must be {SPAN}, not 14"),
        (spoilt('"14d"', '"9999d"'), f'half_life must be {SPAN}, not "9999d"'),
        (spoilt('name = "pricing"', 'name = "pricing"\nwords = 3'), "words must be a text in quotes, not 3"),
        (spoilt('type = "points"', 'type = "point"'), "unknown type \"point\"; did you mean 'points'?"),
        (spoilt('type = "points"', "type = 1"), f"unknown type 1; known are {RULE_TYPES}"),
        (spoilt('type = "points"', ""), f"missing key 'type'; one of {RULE_TYPES}"),
    ],
)
def test_a_rule_that_does_not_fit_is_named_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text) == [f'contact.rules[0] "pricing": {expected}']


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (spoilt('note = "Why not."\n', ""), ["model: missing key 'note'; add note = \"...\""]),
        (spoilt('version = "1"', "version = 1"), ["model: version must be a text in quotes, not 1"]),
        (
            spoilt("evaluation = 60", "evalution = 60"),
            ["contact.caps: unknown key 'evalution'; did you mean 'evaluation'?"],
        ),
        (spoilt("evaluation = 60", "fit = []"), ["contact.caps: fit must be a number, not a list"]),
        (spoilt("caps = { evaluation = 60 }", "caps = 60"), ["contact: caps must be a table, not 60"]),
        (
            spoilt('name = "medium", ', ""),
            ["contact.bands[1]: missing key 'name'; add name = \"...\""],
        ),
        (spoilt('[{ name = "low" }]', '["low"]'), ['account.bands[0]: must be a table, not "low"']),
        (spoilt('[{ name = "low" }]', '"low"'), ['account: bands must be a list of tables, not "low"']),
        (spoilt('bands = [{ name = "low" }]\n', ""), ["account: missing key 'bands'; add bands = [...]"]),
        (
            spoilt('"docs_viewed"]', "3]"),
            ['account.rules[0].signals[1] "committee": must be a text in quotes, not 3'],
        ),
        (
            spoilt('["pricing_viewed", "docs_viewed"]', '"pricing_viewed"'),
            ['account.rules[0] "committee": signals must be a list, not "pricing_viewed"'],
        ),
        (
            spoilt("[[account.rules]]", "[[account.rule]]"),
            ["account: unknown key 'rule'; did you mean 'rules'?"],
        ),
        (
            spoilt("[account]", "[acount]").replace("[[account", "[[acount"),
            ["unknown key 'acount'; did you mean 'account'?"],
        ),
        (
            'signals = 3\ncontact = []\naccount = "x"',
            [
                "missing table 'model'; add [model], see docs/MODEL.md",
                "signals must be a table, not 3",
                "contact: must be a table, not a list",
                'account: must be a table, not "x"',
            ],
        ),
        (
            spoilt('words = "viewed pricing"', 'word = "viewed pricing"'),
            ["signals.pricing_viewed: unknown key 'word'; did you mean 'words'?"],
        ),
        (
            spoilt("keep = 10", "keep = 2026-06-12"),
            ["signals.pricing_viewed: keep must be a whole number, not 2026-06-12"],
        ),
        (
            spoilt("[signals.pricing_viewed]\n", '[signals."pricing\\nviewed"]\ncolour = 1\n'),
            [
                (
                    "signals.\"pricing\\nviewed\": unknown key 'colour'; known are "
                    "'event', 'where', 'also', 'group', 'intent', 'words', 'keep'"
                )
            ],
        ),
        (
            spoilt('event = "page_viewed"', 'also = [{ events = "page_viewed" }]'),
            ["signals.docs_viewed.also[0]: unknown key 'events'; did you mean 'event'?"],
        ),
        (
            spoilt('prefix = "/docs"', "prefix = 1"),
            ["signals.docs_viewed.where[0]: prefix must be a text in quotes, not 1"],
        ),
        (
            spoilt('eq = "director"', 'eq = ["director"]'),
            ['contact.rules[3].where[0] "director": eq must be a text, a number, true or false, not a list'],
        ),
        (
            spoilt('eq = "director"', "in = [1979-05-27]"),
            ['contact.rules[3].where[0].in[0] "director": must be a text, a number, true or false, not 1979-05-27'],
        ),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert problems(tmp_path, text) == expected


def test_a_misspelt_key_is_not_told_twice(tmp_path: Path) -> None:
    assert len(problems(tmp_path, spoilt('signal = "pricing_viewed"', 'signl = "pricing_viewed"'))) == 1


def test_a_rule_with_no_name_is_told_by_its_number(tmp_path: Path) -> None:
    text = rule("contact", 'type = "inactivity"\nafter = "7d"\npoints = -5')
    assert problems(tmp_path, text) == ["contact.rules[4]: missing key 'name'; add name = \"...\""]


def test_a_rule_is_a_table(tmp_path: Path) -> None:
    start, end = SMALL.index("[[contact.rules]]"), SMALL.index("[account]")
    assert problems(tmp_path, f"{SMALL[:start]}rules = [1]\n{SMALL[end:]}") == [
        "contact.rules[0]: must be a table, not 1"
    ]
