"""Who was erased, for where there is no server: a replay's own processes."""

import msgspec

from state.keys import digest


class Buried(msgspec.Struct, frozen=True):
    """A namespace's tombstones, with the `key` that makes them of ids.

    Whoever has both can find out whether somebody of a known address was erased: they are kept in memory only.
    """

    key: bytes
    digests: frozenset[bytes]

    def tombstone(self, id_: str) -> bytes:
        """See `state.store.Tombstones`."""
        return digest(id_, self.key)

    def tombstones(self) -> frozenset[bytes]:
        """See `state.store.Tombstones`."""
        return self.digests

    def __repr__(self) -> str:
        return f"Buried({len(self.digests)} tombstones)"

    __str__ = __repr__
