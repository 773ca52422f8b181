"""Where in a model file something is wrong, and how to say it."""

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec


class Spot(msgspec.Struct, frozen=True):
    """A place in a model file: its path (list items counted from 0), and the name of what stands there."""

    path: str
    name: str = ""

    def __truediv__(self, key: str) -> "Spot":
        """The place below this one under a key, written as TOML would.

        >>> str(Spot("signals") / "pricing_viewed" / "where"), str(Spot("signals") / "pricing viewed")
        ('signals.pricing_viewed.where', 'signals."pricing viewed"')
        """
        return Spot(f"{self.path}.{toml_key(key)}" if self.path else toml_key(key), self.name)

    def item(self, index: int, name: object = None) -> "Spot":
        """The place of a list's item, by the item's own name if it has one.

        >>> str(Spot("contact.rules").item(3, "pricing"))
        'contact.rules[3] "pricing"'
        """
        return Spot(f"{self.path}[{index}]", name if isinstance(name, str) else self.name)

    def says(self, problem: str) -> str:
        """The problem with its place in front."""
        return f"{self}: {problem}" if self.path else problem

    def __str__(self) -> str:
        return f"{self.path} {quoted(self.name)}" if self.name else self.path


def quoted(text: str) -> str:
    """A text in double quotes on one line, whatever is in it, cut when it is long.

    >>> quoted("two\\nlines")
    '"two\\\\nlines"'
    """
    plain = text if text.isprintable() else text.encode("unicode_escape").decode()
    return '"' + shortened(plain).replace('"', '\\"') + '"'


def shown(value: object) -> str:
    """A value of a model file as TOML would write it, on one line, cut when it is long.

    >>> shown("ten"), shown(True), shown({"a": 1}), shown([])
    ('"ten"', 'true', 'a table', 'a list')
    """
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return shortened(str(value).lower() if isinstance(value, bool) else str(value))


def shortened(text: str) -> str:
    """At most 60 characters."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def toml_key(key: str) -> str:
    """A key as TOML writes it: bare when it may be."""
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else quoted(key)


def remedy(wrong: str, known: Iterable[str]) -> str:
    """What to write instead: the known word that is nearest, else all of them.

    >>> remedy("pionts", ["points", "limit"]), remedy("colour", ["points", "limit"])
    ("did you mean 'points'?", "known are 'points', 'limit'")
    """
    words = list(known)
    near = get_close_matches(wrong, words, 1, 0.7)
    return f"did you mean '{near[0]}'?" if near else f"known are {listed(words)}"


def listed(words: Iterable[str]) -> str:
    """Words in single quotes, with commas; `none` without words."""
    return ", ".join(f"'{word}'" for word in words) or "none"
