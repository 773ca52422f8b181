"""What a command says on standard error: a sentence for people, or a JSON object a line for machines.

One line for what is worth waking up for. It names logs, flags and numbers, never who somebody is, no secret and nothing
that stands in an event.
"""

import sys
from collections.abc import Mapping
from typing import Literal

import msgspec

from config.settings import Settings
from state.clock import wall_clock
from state.moment import iso

Form = Literal["human", "json"]
Level = Literal["info", "warning", "error"]
Event = Literal[
    "started", "resumed", "listening", "source", "let_go", "stopped", "restarting", "gave_up", "fenced",
    "cannot_go_on", "failed", "crashed", "dead_letters", "dead_letters_over", "crm_refused", "crm_failing",
    "crm_quota_spent", "crm_reserved", "crm_token", "model", "model_passed_over", "quiet", "waiting",
]  # fmt: skip

LEVELS: dict[Event, Level] = {
    "restarting": "warning",
    "source": "warning",
    "model_passed_over": "warning",
    "dead_letters": "warning",
    "crm_refused": "warning",
    "crm_failing": "warning",
    "crm_quota_spent": "warning",
    "crm_reserved": "warning",
    "crm_token": "warning",
    "gave_up": "error",
    "fenced": "error",
    "cannot_go_on": "error",
    "failed": "error",
    "crashed": "error",
}
"""All others are information."""
SEEN_ANYWAY: tuple[Event, ...] = ("started", "stopped")
"""People see these by the line of progress."""


class Notice(msgspec.Struct, frozen=True):
    """Something that happened: in a sentence, and in facts that machines can count with."""

    event: Event
    text: str
    facts: Mapping[str, str | int | float] = {}


class Voice:
    """How this process speaks, and what it adds to every JSON line."""

    def __init__(self) -> None:
        self.form: Form = "human"
        self.about: Mapping[str, str | int] = {}

    def note(self, notice: Notice) -> None:
        """Say it; in one write, since several processes share standard error."""
        if self.form == "json":
            line = self._json(notice)
        elif notice.event in SEEN_ANYWAY:
            return
        else:
            start = "\r\x1b[K" if sys.stderr.isatty() else ""  # the line of progress may stand there
            line = f"{start}leadstream: {notice.text}"
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def _json(self, notice: Notice) -> str:
        first = {"at": iso(wall_clock()), "level": LEVELS.get(notice.event, "info"), "event": notice.event}
        return msgspec.json.encode({**first, "message": notice.text, **self.about, **notice.facts}).decode()


def about(flow: str, settings: Settings) -> dict[str, str | int]:
    """What every line of a flow's process says of it."""
    return {"flow": flow, "namespace": settings.namespace, "process": settings.process}


VOICE = Voice()
"""This process's."""


def note(notice: Notice) -> None:
    """Say it as this process speaks."""
    VOICE.note(notice)
