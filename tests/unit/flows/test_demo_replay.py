"""The demo's end: an offer that only a terminal is asked about."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from config.loading import load_model, standard_model_path
from config.model import Points, Span
from flows import demo_replay
from flows.demo_replay import changed, offer
from tests.events import write_log
from tests.unit.flows.replay.days import hot, on


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=200)


def said(out: Console) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_changed_model_is_a_model_that_says_what_changed(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    path.write_text(changed(standard_model_path().read_text()))
    model = load_model(path)
    lives = {rule.name: rule.half_life for rule in model.contact.rules if isinstance(rule, Points)}
    assert (model.model.version, model.model.note, lives["pricing"]) == (
        "2-cools-slower", demo_replay.NOTE, Span.parse("20d"),
    )  # fmt: skip


def test_without_a_terminal_nobody_is_asked(tmp_path: Path) -> None:
    out = console(terminal=False)
    offer(tmp_path / "events.jsonl", out, ask=pytest.fail)
    assert "leadstream replay" in said(out)


def test_who_says_no_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    offer(tmp_path / "events.jsonl", console(terminal=True), ask=lambda question: False)
    assert list(tmp_path.iterdir()) == []


def test_a_browser_is_opened_only_for_who_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    log = write_log(tmp_path / "events.jsonl", [*hot(1, "ann@acme.com"), on(3, "docs_viewed", email="ann@acme.com")])
    for answers in ((True, False), (True, True)):
        answer = iter(answers)
        offer(log, console(terminal=True), ask=lambda question, answer=answer: next(answer))  # type: ignore[misc]  # bound now
    assert opened == [(tmp_path / "leadstream-replay" / "report.html").as_uri()]
