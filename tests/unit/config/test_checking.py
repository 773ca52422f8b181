"""What types cannot say: every mistake in a model has its place and its remedy."""

from pathlib import Path

import pytest

from tests.unit.config.small_model import SMALL, problems, rule, spoilt

COMBO = 'name = "combo"\ntype = "combo"\nwords = "w"\npoints = 5\ndistinct = 1\n'
RETURNED = 'name = "return"\ntype = "returned"\nwords = "came back"\npoints = 5\n'
EXCLUSION = 'name = "out"\ntype = "exclusion"\nwords = "w"\n'
PEOPLE = 'name = "people"\ntype = "people"\nwords = "w"\npoints = 5\nat_least = 2\nwindow = "7d"\n'

NAME = "is 1 to 60 characters on one line without space around them, not"
NO_TEST = "tests nothing; add one of 'eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'contains', 'prefix', 'exists'"
WINDOW = "missing key 'window'; add window = \"7d\", the time within which to look"
CAP = "must be above 0, not 0; to switch a group off, remove its rules"
ENTER = "must be above 30 (the band below) and at most 100 (max)"
LEAVE = (
    "must be above 30 (where the band below begins) and at most enter = 60; "
    "somewhat below enter keeps a score near it from flapping"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (spoilt('name = "small"', 'name = ""'), "model: name is empty; say whose model this is"),
        (
            spoilt('version = "1"', 'version = " "'),
            "model: version is empty; change it with every change of the file",
        ),
        (spoilt('note = "Why not."', 'note = ""'), "model: note is empty; say why this version exists"),
    ],
)
def test_a_model_says_what_it_is_and_why(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            SMALL + '[signals.lonely]\nwords = "w"\n',
            "signals.lonely: no rule uses this signal; remove it or give it a rule",
        ),
        (
            spoilt('words = "viewed pricing"', 'words = " "'),
            'signals.pricing_viewed: words is empty; say what the person did, such as words = "viewed pricing"',
        ),
        (spoilt("keep = 10", "keep = 0"), "signals.pricing_viewed: keep must be 1 to 1000, not 0"),
        (spoilt("keep = 10", "keep = 1001"), "signals.pricing_viewed: keep must be 1 to 1000, not 1001"),
        (
            spoilt("keep = 10", "keep = 4"),
            (
                'signals.pricing_viewed: keep = 4, but contact.rules[0] "pricing" needs 5 touches; '
                "raise keep or make the rule count fewer"
            ),
        ),
        (
            spoilt('event = "page_viewed"', 'also = [{ event = "" }]'),
            "signals.docs_viewed.also[0]: event is empty; name the event that the site sends",
        ),
        (
            spoilt('event = "page_viewed"', 'also = [{ event = "leadstream:link" }]'),
            (
                "signals.docs_viewed.also[0]: event 'leadstream:link': names that begin with 'leadstream:' "
                "say whom ids belong to; name an event of the site"
            ),
        ),
        (
            spoilt(', prefix = "/docs"', ""),
            f"signals.docs_viewed.where[0]: {NO_TEST}",
        ),
        (spoilt('"properties.pathname"', '""'), "signals.docs_viewed.where[0]: path is empty; name what is tested"),
        (
            spoilt('"properties.pathname"', '"pathname"'),
            (
                'signals.docs_viewed.where[0]: path "pathname" begins nowhere in an event; '
                "did you mean 'properties.pathname'?"
            ),
        ),
        (
            spoilt('"properties.pathname"', '"property.pathname"'),
            (
                'signals.docs_viewed.where[0]: path "property.pathname" begins nowhere in an event; '
                "did you mean 'properties'?"
            ),
        ),
        (
            spoilt('prefix = "/docs"', 'prefix = ""'),
            'signals.docs_viewed.where[0]: prefix = "" always holds; use exists = true',
        ),
        (
            spoilt('prefix = "/docs"', "in = []"),
            "signals.docs_viewed.where[0]: in = [] never holds; list the values that fit",
        ),
        (
            spoilt('prefix = "/docs"', 'exists = false, prefix = "/docs"'),
            "signals.docs_viewed.where[0]: exists = false leaves nothing for another test; remove one",
        ),
    ],
)
def test_a_signal_can_be_matched_remembered_and_said(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "pricing"', 'name = ""', f'a rule\'s name {NAME} ""'),
        ("points = 10", "points = 0", "points = 0 changes nothing; give it a weight or remove the rule"),
        ("points = 10", "points = -0.0", "points = 0 changes nothing; give it a weight or remove the rule"),
        ("limit = 5", "limit = 0", "limit must be above 0, not 0"),
        ("limit = 5", "limit = -1", "limit must be above 0, not -1"),
        ("limit = 5", "limit = 1001", "counts 1001 touches; at most 1000 are kept of a signal"),
        ("limit = 5", "cap = 10001", "counts 1001 touches; at most 1000 are kept of a signal"),
        ("limit = 5", "cap = -5", "cap must be above 0 (also for negative points: it says how far from 0), not -5"),
        ("limit = 5", 'linear = "7d"', "half_life and linear exclude each other; keep one"),
        ("limit = 5", 'cliff = "7d"', "half_life and cliff exclude each other; keep one"),
        ("limit = 5", 'linear = "7d"\ncliff = "7d"', "half_life and linear and cliff exclude each other; keep one"),
        ("limit = 5", "share = 5", "share limits one person within an account; remove it here"),
    ],
)
def test_a_points_rule_can_be_meant(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = SMALL.replace("keep = 10\n", "").replace(old, new, 1)
    name = "" if 'name = ""' in new else ' "pricing"'
    assert problems(tmp_path, text) == [f"contact.rules[0]{name}: {expected}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            spoilt('window = "7d"\n', ""),
            f'contact.rules[1] "documentation": {WINDOW}',
        ),
        (
            spoilt("at_least = 3", "at_least = 0"),
            'contact.rules[1] "documentation": at_least must be above 0, not 0',
        ),
        (
            spoilt("at_least = 3", "at_least = 3\nlimit = 2"),
            'contact.rules[1] "documentation": limit means nothing here, as the rule counts once; remove it',
        ),
        (
            spoilt('words = "was silent"\n', ""),
            'contact.rules[2] "silence": missing key \'words\'; add words = "...", the reason that a salesperson reads',
        ),
        (
            spoilt('where = [{ path = "seniority", eq = "director" }]', "where = []"),
            'contact.rules[3] "director": where is empty; say whom this fits',
        ),
        (
            spoilt(', eq = "director"', ""),
            f'contact.rules[3].where[0] "director": {NO_TEST}',
        ),
        (
            spoilt('path = "seniority", eq = "director"', 'path = "email_kind", in = ["business", "personel"]'),
            (
                'contact.rules[3].where[0] "director": "personel" is no kind of e-mail address; '
                "did you mean 'personal'?"
            ),
        ),
        (
            rule("contact", RETURNED + 'within = "29m"'),
            'contact.rules[4] "return": within = "29m" never holds; between two visits lie 30m at least',
        ),
        (
            rule("contact", RETURNED + 'within = "7d"\nlimit = 64'),
            'contact.rules[4] "return": limit = 64 is never reached; at most 63 returns are remembered',
        ),
        (
            rule("contact", COMBO.replace("distinct = 1", "distinct = 2")),
            'contact.rules[4] "combo": distinct = 2, but it looks at 1 signals; lower it or name more under signals',
        ),
        (
            rule("contact", COMBO + 'signals = ["pricing_viewed", "pricing_viewed"]'),
            'contact.rules[4] "combo": names a signal twice; name each once',
        ),
        (
            rule("contact", EXCLUSION),
            'contact.rules[4] "out": excludes nobody; add where = [...] or signal = "..."',
        ),
        (
            rule("contact", EXCLUSION + 'signal = "docs_viewed"\nwhere = [{ path = "x", eq = 1 }]'),
            'contact.rules[4] "out": where and signal exclude each other; write two exclusions',
        ),
        (
            rule("contact", EXCLUSION + 'window = "7d"\nwhere = [{ path = "x", eq = 1 }]'),
            'contact.rules[4] "out": window is for a signal\'s touches; use max_age for conditions',
        ),
        (
            rule("contact", EXCLUSION + 'max_age = "7d"\nsignal = "docs_viewed"'),
            'contact.rules[4] "out": max_age is for conditions; use window for a signal\'s touches',
        ),
        (
            rule("contact", PEOPLE),
            'contact.rules[4] "people": counts people, which only an account has; move it to [[account.rules]]',
        ),
        (
            rule("account", PEOPLE + "share = 3"),
            'account.rules[1] "people": share means nothing here, as the rule counts once; remove it',
        ),
        (
            spoilt('intent = "high"\n', "") + f"\n[[account.rules]]\n{PEOPLE}",
            (
                'account.rules[1] "people": there are no signals to look at; '
                'name some under signals, or give some intent = "high"'
            ),
        ),
        (
            spoilt('window = "10d"\n', ""),
            f'account.rules[0] "committee": {WINDOW}',
        ),
        (
            spoilt("people = 3", "people = 0"),
            'account.rules[0] "committee": people must be above 0, not 0',
        ),
        (
            spoilt("people = 3", "people = 3\ndistinct = 3"),
            (
                'account.rules[0] "committee": distinct = 3, but it looks at 2 signals; '
                "lower it or name more under signals"
            ),
        ),
    ],
)
def test_a_rule_can_be_meant(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text) == [expected]


def test_a_rule_s_signal_exists(tmp_path: Path) -> None:
    text = spoilt('signal = "docs_viewed"', 'signal = "docs_veiwed"')
    assert problems(tmp_path, text) == [
        'contact.rules[1] "documentation": signal "docs_veiwed" does not exist; did you mean \'docs_viewed\'?'
    ]


@pytest.mark.parametrize("kind", ["combo", "people"])
def test_a_rule_over_all_of_high_intent_uses_those_signals(tmp_path: Path, kind: str) -> None:
    text = SMALL + '[signals.demo_viewed]\nwords = "w"\nintent = "high"\n'
    with_rule = text + ("[[contact.rules]]\n" + COMBO if kind == "combo" else "[[account.rules]]\n" + PEOPLE)
    assert problems(tmp_path, text + "[signals.lonely]\nwords = 'w'\n") == [
        "signals.demo_viewed: no rule uses this signal; remove it or give it a rule",
        "signals.lonely: no rule uses this signal; remove it or give it a rule",
    ]
    assert problems(tmp_path, with_rule + "[signals.lonely]\nwords = 'w'\n") == [
        "signals.lonely: no rule uses this signal; remove it or give it a rule"
    ]


def test_a_rule_s_name_stands_once_on_a_scorecard(tmp_path: Path) -> None:
    assert problems(tmp_path, spoilt('name = "silence"', 'name = "pricing"')) == [
        'contact.rules[0] "pricing": the name stands 2 times; receipts need one name per rule',
        'contact.rules[2] "pricing": the name stands 2 times; receipts need one name per rule',
    ]


@pytest.mark.parametrize("name", ["clamp", "cap: fit"])
def test_a_rule_is_not_called_what_receipts_call_their_corrections(tmp_path: Path, name: str) -> None:
    assert problems(tmp_path, spoilt('name = "pricing"', f'name = "{name}"')) == [
        f'contact.rules[0] "{name}": receipts have lines of that name already; choose another'
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("evaluation = 60", "evaluation = 0", f"contact.caps: evaluation {CAP}"),
        ("caps =", "min = 5\ncaps =", "contact: min = 5 and max = 100; 0 must lie between them, max above it"),
        ("caps =", "max = 0\ncaps =", "contact: min = 0 and max = 0; 0 must lie between them, max above it"),
        (
            '[{ name = "low" }, { name = "medium"',
            '[{ name = "low", enter = 1 }, { name = "medium"',
            'contact.bands[0] "low": the lowest band is the first and has neither enter nor leave',
        ),
        (
            'name = "medium"',
            'name = "low"',
            'contact.bands[0] "low": another band has this name; give each its own',
        ),
        ("enter = 60", "enter = 30", f'contact.bands[2] "high": enter = 30 {ENTER}'),
        ("enter = 60", "enter = 101", f'contact.bands[2] "high": enter = 101 {ENTER}'),
        ("leave = 50", "leave = 61", f'contact.bands[2] "high": leave = 61 {LEAVE}'),
        (", leave = 50", "", f'contact.bands[2] "high": leave = 0 {LEAVE}'),
        ('name = "medium"', 'name = " medium"', f'contact.bands[1] " medium": a band\'s name {NAME} " medium"'),
    ],
)
def test_bands_caps_and_clamp_can_be_meant(tmp_path: Path, old: str, new: str, expected: str) -> None:
    found = problems(tmp_path, spoilt(old, new))
    assert found[0] == expected


def test_a_scorecard_has_a_band(tmp_path: Path) -> None:
    assert problems(tmp_path, spoilt('bands = [{ name = "low" }]\n', "bands = []\n")) == [
        'account.bands: no bands; add at least the lowest, such as bands = [{ name = "low" }]'
    ]
