"""Tombstones that are known where there is no store."""

from state.keys import Keys
from state.tombstones import Buried

ANN, BOB = "e:ann@acme.com", "e:bob@acme.com"
KEYS = Keys("leadstream", b"secret")
BURIED = Buried(KEYS.key, frozenset([KEYS.digest(ANN)]))


def test_an_erased_id_is_known_again() -> None:
    assert [BURIED.tombstone(id_) in BURIED.tombstones() for id_ in (ANN, BOB)] == [True, False]


def test_neither_key_nor_tombstones_are_shown() -> None:
    assert f"{BURIED} {BURIED!r}" == "Buried(1 tombstones) Buried(1 tombstones)"
