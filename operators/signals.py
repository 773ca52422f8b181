"""Which signals an event is a touch of: decided once per model and kind of event, not once per event."""

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from config.model import Condition, Model
from operators.conditions import compile_conditions

REMEMBERED = 20_000
"""Answers kept per event name: most events repeat what was seen before (a page, a plan)."""

REPEATED = (str, int)
"""Types of property values whose answers are kept; no value of one equals a value of the other."""

UNDER = "properties."


class Listeners:
    """The signals of a model by event name.

    `properties` is a struct type with just the properties that some condition looks at, so that the decoder skips
    all others. Conditions elsewhere in an event are looked up in the whole of it.
    """

    def __init__(self, model: Model) -> None:
        self.by_event: dict[str, Listener] = {}
        names = sorted({name for condition in _conditions(model) if (name := _property(condition.path))})
        self._fields = {name: f"p{number}" for number, name in enumerate(names)}
        fields = [(field, Any, None) for field in self._fields.values()]
        renamed = {field: name for name, field in self._fields.items()}
        self.properties = msgspec.defstruct("Properties", fields, rename=renamed, frozen=True, gc=False)
        for name, signal in model.signals.items():
            for pattern in signal.patterns(name):
                listener = self.by_event.setdefault(pattern.event, Listener())
                listener.add(name, pattern.where, self._fields)


class Listener:
    """The signals of one event name."""

    def __init__(self) -> None:
        self._tests: list[tuple[str, Callable[[Mapping[str, object]], bool]]] = []
        self._fields: dict[str, str] = {}
        self._elsewhere = False
        self._conditional = False
        self._plain: tuple[str, ...] = ()
        self._values: Callable[[object], object] = attrgetter("__class__")
        self._remembered: dict[object, tuple[str, ...]] = {}

    def add(self, signal: str, where: tuple[Condition, ...], fields: Mapping[str, str]) -> None:
        """Listen for a signal, under these conditions."""
        if not where:
            self._plain = (*self._plain, signal)
        self._conditional |= bool(where)
        for condition in where:
            name = _property(condition.path)
            self._elsewhere |= name is None
            if name is not None:
                self._fields[name] = fields[name]
                self._values = attrgetter(*self._fields.values())
        self._tests.append((signal, compile_conditions(where)))

    def signals(self, properties: object, line: bytes) -> tuple[str, ...]:
        """The signals whose conditions hold. All of the event is decoded from its line only if need be."""
        if not self._conditional:
            return self._plain
        if self._elsewhere:
            return self._decide(msgspec.json.decode(line, type=dict[str, object]))
        if properties is None:
            return self._decide({})
        values = self._values(properties)
        if type(values) in REPEATED:  # one property: the usual case
            known = self._remembered.get(values)
            if known is not None:
                return known
        return self._look_up(values)

    def _look_up(self, values: object) -> tuple[str, ...]:
        """Decide by the values of the properties that matter, and remember it where they can be a key."""
        several = values if isinstance(values, tuple) else (values,)
        found = self._decide({"properties": dict(zip(self._fields, several, strict=True))})
        if type(values) in REPEATED:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[values] = found
        return found

    def _decide(self, event: Mapping[str, object]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(signal for signal, holds in self._tests if holds(event)))


def _conditions(model: Model) -> Iterator[Condition]:
    for name, signal in model.signals.items():
        for pattern in signal.patterns(name):
            yield from pattern.where


def _property(path: str) -> str | None:
    """The property that a path leads into: its first segment below `properties`.

    >>> _property("properties.page.path"), _property("email")
    ('page', None)
    """
    return path.removeprefix(UNDER).partition(".")[0] if path.startswith(UNDER) else None
