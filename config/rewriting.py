"""Changing numbers in a model file where they stand: comments, order and form stay, so that a reviewer sees little."""

import re
import tomllib
from collections.abc import Sequence

import msgspec

from config.model import Model, Span
from config.shapes import convert


class CannotRewrite(Exception):
    """The file is written in a form in which the numbers were not found; the message names what to do."""


def rewritten(text: str, before: Model, after: Model) -> str:
    """The text of a file that says `before`, changed to say `after`.

    Only the head's version and note, and numbers and spans of contacts' rules that the file gives, may differ. Raises
    `CannotRewrite` when the text, so changed, would not say `after`.
    """
    lines = text.splitlines(keepends=True)
    for key in _changed(before.model, after.model):
        _set(lines, _tables(lines, "[model]"), key, getattr(after.model, key))
    tables = _tables(lines, "[[contact.rules]]")
    for place, (rule, wanted) in enumerate(zip(before.contact.rules, after.contact.rules, strict=True)):
        for key in _changed(rule, wanted):
            _set(lines, tables[place : place + 1], key, getattr(wanted, key))
    changed = "".join(lines)
    if convert(tomllib.loads(changed), Model) != after:
        raise CannotRewrite("its numbers were not found: write each rule as a table [[contact.rules]], one key a line")
    return changed


def _changed(before: msgspec.Struct, after: msgspec.Struct) -> list[str]:
    return [key for key in before.__struct_fields__ if getattr(before, key) != getattr(after, key)]


def _tables(lines: Sequence[str], header: str) -> list[range]:
    """The lines of each table with this header, up to the next header."""
    starts = [number for number, line in enumerate(lines) if re.match(r"\s*\[", line)]
    ends = [*starts[1:], len(lines)]
    return [
        range(start + 1, end)
        for start, end in zip(starts, ends, strict=True)
        if re.sub(r"\s|#.*", "", lines[start]) == header
    ]


def _set(lines: list[str], tables: Sequence[range], key: str, value: object) -> None:
    for number in (number for table in tables for number in table):
        found = re.match(rf"(\s*{key}\s*=\s*)(\"(?:[^\"\\]|\\.)*\"|[^\s#\"]+)(.*)", lines[number], re.DOTALL)
        if found:
            lines[number] = found[1] + _written(value) + found[3]


def _written(value: object) -> str:
    """A value as TOML writes it.

    >>> _written(12.0), _written(Span.parse("5d")), _written('so "called"')
    ('12', '"5d"', '"so \\\\"called\\\\""')
    """
    match value:
        case Span():
            return f'"{value}"'
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            return f"{value:g}"
