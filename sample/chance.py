"""Choices that look random and are functions of their key alone, so that the sample is the same every time."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Option = TypeVar("Option")


def digest(*key: str | int) -> int:
    """40 bits that depend on the key and nothing else."""
    text = "|".join(map(str, key))
    return int.from_bytes(blake2b(text.encode(), digest_size=5).digest(), "big")


def draw(*key: str | int) -> float:
    """A number in [0, 1).

    >>> draw("session", 7) == draw("session", 7)
    True
    """
    return digest(*key) / 2**40


def between(low: int, high: int, *key: str | int) -> int:
    """A whole number, both ends included.

    >>> {between(1, 3, "visits", n) for n in range(50)}
    {1, 2, 3}
    """
    return low + int(draw(*key) * (high - low + 1))


def choice(options: Sequence[Option], *key: str | int) -> Option:
    return options[int(draw(*key) * len(options))]
