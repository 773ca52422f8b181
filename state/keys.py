"""Redis keys: the shard as a hash tag, the subject as a keyed digest, nothing else.

All keys of a shard share a slot, so one script can change them together in a cluster; and no key, slow log or
monitor line of a key shows whom it is about.
"""

from collections.abc import Callable
from hashlib import blake2b

from state.store import Kind

DIGEST_BYTES = 12
REMEMBERED = 16_384
"""Digests at hand, some 4 MB: who is read is mostly written soon after."""
_LETTERS: dict[Kind, bytes] = {"known": b"k", "visitor": b"v", "contact": b"c", "account": b"a"}


def generation_name(namespace: str, generation: int) -> str:
    """What a generation's keys, and its files, are named by: the first one as the namespace itself.

    >>> generation_name("crm", 0), generation_name("crm", 2)
    ('crm', 'crm~2')
    """
    return f"{namespace}~{generation}" if generation else namespace


def digest(id_: str, key: bytes) -> bytes:
    """What stands for an id under a key of at most 64 bytes."""
    return blake2b(id_.encode(), digest_size=DIGEST_BYTES, key=key).digest()


class _Digests(dict[str, bytes]):
    """Id -> digest, of those asked for lately."""

    def __init__(self, key: bytes) -> None:
        self._keyed = blake2b(digest_size=DIGEST_BYTES, key=key)

    def __missing__(self, id_: str) -> bytes:
        if len(self) == REMEMBERED:
            self.clear()
        hashed = self._keyed.copy()
        hashed.update(id_.encode())
        found = self[id_] = hashed.digest()
        return found


class Keys:
    """The keys of one generation of a namespace. All generations have the same slots, so that one script, or COPY,
    may go from one to another; and with one secret the same digests.
    """

    def __init__(self, namespace: str, secret: bytes, generation: int = 0) -> None:
        self._namespace = generation_name(namespace, generation).encode()
        self._common = b"{%b}" % namespace.encode()
        self._suffix = self._namespace[len(namespace.encode()) :]
        self.key = blake2b(secret, digest_size=32).digest()  # whatever its length
        self.digest: Callable[[str], bytes] = _Digests(self.key).__getitem__
        """96 bits that stand for an id within this namespace."""

    def shard(self, shard: int) -> bytes:
        """The beginning that all of a shard's keys share, with the hash tag."""
        return b"%b:{%d}:" % (self._namespace, shard)

    def record_prefix(self, kind: Kind, shard: int) -> bytes:
        """What comes before the digest in a record's key."""
        return self.shard(shard) + _LETTERS[kind]

    def record(self, kind: Kind, shard: int, id_: str) -> bytes:
        """Where a record is."""
        return self.record_prefix(kind, shard) + self.digest(id_)

    def timers(self, kind: Kind, shard: int) -> bytes:
        """Sorted set: digest -> when to look again (ms)."""
        return self.shard(shard) + b"timers:" + _LETTERS[kind]

    def outbox(self, kind: Kind, shard: int) -> bytes:
        """Sorted set: digest -> urgency."""
        return self.shard(shard) + b"outbox:" + _LETTERS[kind]

    def told(self, sink: str, kind: Kind, shard: int) -> bytes:
        """Hash: digest -> what the sink was last told."""
        return self.shard(shard) + b"told:%b:" % sink.encode() + _LETTERS[kind]

    def fence(self, shard: int) -> bytes:
        """The token of the run that may write this shard."""
        return self.shard(shard) + b"fence"

    def common(self, name: str) -> bytes:
        """A key of all shards; these share a slot of their own."""
        return b"%b%b:%b" % (self._common, self._suffix, name.encode())

    def of_all(self, name: str) -> bytes:
        """A key of all generations, in the slot that their common keys have."""
        return b"%b~%b" % (self._common, name.encode())
