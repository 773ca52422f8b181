"""Changing numbers in a model file where they stand."""

from pathlib import Path

import msgspec
import pytest

from config.loading import load_model, standard_model_path
from config.model import Model, Points, Span
from config.rewriting import CannotRewrite, rewritten
from tests.unit.config.small_model import SMALL


def load(folder: Path, text: str) -> Model:
    (folder / "model.toml").write_text(text)
    return load_model(folder / "model.toml")


def changed(model: Model, place: int = 0, **values: object) -> Model:
    rules = list(model.contact.rules)
    rules[place] = msgspec.structs.replace(rules[place], **values)
    return msgspec.structs.replace(model, contact=msgspec.structs.replace(model.contact, rules=tuple(rules)))


def test_only_the_number_changes(tmp_path: Path) -> None:
    text = SMALL.replace("points = 10\nhalf", "points   =  10  # ten, since May\nhalf")
    model = load(tmp_path, text)
    expected = text.replace("  10  # ten, since May", "  12  # ten, since May")
    assert rewritten(text, model, changed(model, points=12.0)) == expected


def test_spans_and_limits_are_written_as_the_file_has_them(tmp_path: Path) -> None:
    model = load(tmp_path, SMALL)
    after = changed(model, half_life=Span.parse("84h"), limit=3)
    expected = SMALL.replace('half_life = "14d"\nlimit = 5', 'half_life = "84h"\nlimit = 3')
    assert rewritten(SMALL, model, after) == expected


def test_the_rule_is_found_by_its_place(tmp_path: Path) -> None:
    model = load(tmp_path, SMALL)
    assert rewritten(SMALL, model, changed(model, 3, points=11.0)) == SMALL.replace(
        'eq = "director" }]\npoints = 10', 'eq = "director" }]\npoints = 11'
    )


def test_version_and_note_are_rewritten_whatever_is_in_them(tmp_path: Path) -> None:
    model = load(tmp_path, SMALL)
    about = msgspec.structs.replace(model.model, version="2", note='say "why" \\ not')
    after = msgspec.structs.replace(model, model=about)
    assert load(tmp_path, rewritten(SMALL, model, after)) == after


def test_rules_in_another_form_are_refused(tmp_path: Path) -> None:
    head, _, account = SMALL.partition("[[contact.rules]]")
    text = (
        head
        + 'rules = [{ name = "p", type = "points", signal = "pricing_viewed", points = 5 }]\n'
        + account[account.index("[account]") :]
    )
    model = load(tmp_path, text)
    with pytest.raises(CannotRewrite, match="one key a line"):
        rewritten(text, model, changed(model, points=6.0))


def test_every_rule_of_the_standard_model_can_be_rewritten(tmp_path: Path) -> None:
    text, model = standard_model_path().read_text(), load_model(standard_model_path())
    after = model
    for place, rule in enumerate(model.contact.rules):
        if isinstance(rule, Points):
            after = changed(after, place, points=rule.points + 1)
    assert load(tmp_path, rewritten(text, model, after)) == after
