"""Which signals an event is a touch of: decided once per model and kind of event, not once per event."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from config.model import Condition, Model
from operators.conditions import compile_conditions

REMEMBERED = 20_000
"""Answers kept per event name: most events repeat what was seen before (a page, a plan)."""

UNDER = "properties."
EXACT = frozenset([str, int, type(None)])
"""Types whose values can be keys: 1, 1.0 and true are one key, but not one value."""

Whole = Callable[[], Mapping[str, object]]


class Listeners:
    """The signals of a model by event name.

    `properties` is a struct type with just the properties that some condition looks at, so that the decoder skips
    all others. Conditions elsewhere in an event are looked up in the whole of it.
    """

    def __init__(self, model: Model) -> None:
        self._by_event: dict[str, Listener] = {}
        names = sorted({name for condition in _conditions(model) if (name := _property(condition.path))})
        self._fields = {name: f"p{number}" for number, name in enumerate(names)}
        fields = [(field, Any, None) for field in self._fields.values()]
        renamed = {field: name for name, field in self._fields.items()}
        self.properties = msgspec.defstruct("Properties", fields, rename=renamed, frozen=True)
        for name, signal in model.signals.items():
            for pattern in signal.patterns(name):
                listener = self._by_event.setdefault(pattern.event, Listener())
                listener.add(name, pattern.where, self._fields)

    def signals(self, event: str, properties: object, whole: Whole) -> tuple[str, ...]:
        """The signals that an event touches; `whole` decodes all of it, and is called only if need be."""
        listener = self._by_event.get(event)
        return listener.signals(properties, whole) if listener else ()


class Listener:
    """The signals of one event name."""

    def __init__(self) -> None:
        self._tests: list[tuple[str, Callable[[Mapping[str, object]], bool]]] = []
        self._fields: dict[str, str] = {}
        self._elsewhere = False
        self._plain: tuple[str, ...] = ()
        self._remembered: dict[tuple[object, ...], tuple[str, ...]] = {}

    def add(self, signal: str, where: tuple[Condition, ...], fields: Mapping[str, str]) -> None:
        """Listen for a signal, under these conditions."""
        if not where:
            self._plain = (*self._plain, signal)
        for condition in where:
            name = _property(condition.path)
            self._elsewhere |= name is None
            if name is not None:
                self._fields[name] = fields[name]
        self._tests.append((signal, compile_conditions(where)))

    def signals(self, properties: object, whole: Whole) -> tuple[str, ...]:
        """The signals whose conditions hold."""
        if not self._fields and not self._elsewhere:
            return self._plain
        if self._elsewhere:
            return self._decide(whole())
        values = tuple([getattr(properties, field, None) for field in self._fields.values()])
        for value in values:
            if type(value) not in EXACT:
                return self._decide({"properties": dict(zip(self._fields, values, strict=True))})
        known = self._remembered.get(values)
        if known is None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            known = self._decide({"properties": dict(zip(self._fields, values, strict=True))})
            self._remembered[values] = known
        return known

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
