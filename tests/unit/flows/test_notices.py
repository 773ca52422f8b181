"""What stands on standard error, for people and for machines."""

import json
import sys
from io import StringIO

import pytest

from config.settings import Settings
from flows.notices import LEVELS, Notice, Voice, about

AGAIN = Notice("restarting", "the flow ended with a crash", {"cause": "crash", "pause_s": 0.2})


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def said(out: StringIO, notice: Notice, monkeypatch: pytest.MonkeyPatch, form: str = "human") -> str:
    monkeypatch.setattr(sys, "stderr", out)
    voice = Voice()
    voice.form = "json" if form == "json" else "human"
    voice.about = about("score", Settings(namespace="ours", process=1, secret="hunter2"))
    voice.note(notice)
    return out.getvalue()


@pytest.mark.parametrize(("out", "start"), [(Terminal(), "\r\x1b[K"), (StringIO(), "")])
def test_people_get_a_sentence_on_a_line_of_its_own(out: StringIO, start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(out, AGAIN, monkeypatch) == f"{start}leadstream: the flow ended with a crash\n"


def test_people_are_not_told_what_they_see_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(StringIO(), Notice("started", "score starts"), monkeypatch) == ""


def test_machines_get_an_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.loads(said(StringIO(), AGAIN, monkeypatch, "json"))
    assert (line.pop("at")[-1], line) == (
        "Z",
        {
            "level": "warning",
            "event": "restarting",
            "message": "the flow ended with a crash",
            "flow": "score",
            "namespace": "ours",
            "process": 1,
            "cause": "crash",
            "pause_s": 0.2,
        },
    )


def test_machines_on_a_terminal_get_no_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(Terminal(), AGAIN, monkeypatch, "json")[0] == "{"


def test_a_sentence_of_several_lines_is_one_line_for_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(StringIO(), Notice("failed", "one\ntwo"), monkeypatch, "json")
    assert (text.count("\n"), json.loads(text)["message"]) == (1, "one\ntwo")


def test_what_only_tells_how_it_goes_is_information() -> None:
    assert {"started", "resumed", "listening", "let_go", "stopped"} & LEVELS.keys() == set()
