"""Facts as they are stored of whoever stays: more tightly than they are kept.

A signal's touches are eight bytes each (little-endian), tiles the first one and then the steps between neighbours, and
the latest event's time ms from the start of the last tile.
"""

from collections.abc import Callable, Collection
from itertools import accumulate
from operator import sub
from struct import Struct

import msgspec

from state.ledger import KEEP_TILES, Ledger
from state.links import Links
from state.subject import Facts
from state.touch import TILE_MS
from state.traits import Traits

canonical: Callable[[object], bytes] = msgspec.msgpack.Encoder(order="deterministic").encode
"""The bytes of a value; dictionaries are sorted by key, so equal values are equal bytes."""


StoredFacts = tuple[dict[str, bytes], list[int], int, Traits, Links]
"""`Facts`, its ledger with it, on their way out; read back they are `ReadFacts`."""


class ReadFacts(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`StoredFacts` by name; to write them so would take longer."""

    touches: dict[str, bytes]
    steps: list[int]
    since_tile: int
    traits: Traits
    groups: Links


_decoder = msgspec.msgpack.Decoder(ReadFacts)


class _Pack(dict[int, Callable[..., bytes]]):
    """Count -> what packs so many touches; to make it takes longer than to use it."""

    def __missing__(self, count: int) -> Callable[..., bytes]:
        pack = self[count] = Struct(f"<{count}Q").pack
        return pack


class _Unpack(dict[int, Callable[[bytes], tuple[int, ...]]]):
    """The same back, by length in bytes."""

    def __missing__(self, length: int) -> Callable[[bytes], tuple[int, ...]]:
        unpack = self[length] = Struct(f"<{length // 8}Q").unpack
        return unpack


_PACK, _UNPACK = _Pack(), _Unpack()


def stored(facts: Facts) -> StoredFacts:
    """Facts in the form in which they are stored."""
    ledger = facts.ledger
    tiles = ledger.tiles
    touches = {}
    for signal, known in ledger.touches.items():  # few; a comprehension costs more
        touches[signal] = _PACK[len(known)](*known)
    steps = tiles if len(tiles) < 2 else [tiles[0], *map(sub, tiles[1:], tiles)]
    since_tile = ledger.last_at - TILE_MS * tiles[-1] if tiles else ledger.last_at
    return touches, steps, since_tile, facts.traits, facts.groups


def facts_of(read: ReadFacts) -> Facts:
    """Facts back from the form in which they are stored."""
    touches = {}
    for signal, known in read.touches.items():
        touches[signal] = [*_UNPACK[len(known)](known)]
    tiles = read.steps if len(read.steps) < 2 else [*accumulate(read.steps)]
    last_at = read.since_tile + TILE_MS * tiles[-1] if tiles else read.since_tile
    return Facts(Ledger(touches, tiles, last_at), read.traits, read.groups)


def pack(facts: Facts) -> msgspec.Raw:
    """Facts as bytes; the same facts give the same bytes."""
    return msgspec.Raw(canonical(stored(facts)))


def unpack(packed: msgspec.Raw) -> Facts:
    """Facts back from bytes."""
    return facts_of(_decoder.decode(packed))


def skim(packed: msgspec.Raw, wanted: Collection[str]) -> Facts:
    """Facts back from bytes: only the touches of these signals, and no accounts.

    All touches of whoever was so active that tiles were left out: only then a touch can be older than every tile.
    """
    read = _decoder.decode(packed)
    if len(read.steps) >= KEEP_TILES:
        return facts_of(read)
    touches = {signal: [*_UNPACK[len(known)](known)] for signal, known in read.touches.items() if signal in wanted}
    tiles = read.steps if len(read.steps) < 2 else [*accumulate(read.steps)]
    last_at = read.since_tile + TILE_MS * tiles[-1] if tiles else read.since_tile
    return Facts(Ledger(touches, tiles, last_at), read.traits)
