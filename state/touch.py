"""A touch: one occurrence of a signal, in one integer.

The upper 44 bits are Unix milliseconds, the lower 20 a hash of the message id, so that ordering by time and finding
duplicates are integer work. 44 bits of milliseconds last until the year 2527.
"""

from zlib import crc32

HASH_BITS = 20
HASH_MASK = (1 << HASH_BITS) - 1
TILE_MS = 1_800_000
"""A tile is half an hour: the grain in which activity is remembered."""


def make_touch(at: int, identity: bytes) -> int:
    """The touch of an event at `at` ms with the given message id (or, without one, its own bytes).

    >>> touch = make_touch(1_780_000_000_000, b"m-1")
    >>> touch_at(touch)
    1780000000000
    """
    return at << HASH_BITS | crc32(identity) & HASH_MASK


def touch_at(touch: int) -> int:
    """When the touch happened, in Unix milliseconds."""
    return touch >> HASH_BITS


def first_touch(at: int) -> int:
    """The smallest touch that can happen at `at` ms; a bound for searching."""
    return at << HASH_BITS


def last_touch(at: int) -> int:
    """The largest touch that can happen at `at` ms; a bound for searching."""
    return at << HASH_BITS | HASH_MASK


def tile_of(at: int) -> int:
    """The half hour that `at` ms lies in.

    >>> tile_of(1_800_000), tile_of(1_799_999)
    (1, 0)
    """
    return at // TILE_MS
