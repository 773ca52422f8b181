"""Redis keys: one slot a shard, and nobody's name."""

import re

import pytest

from state import keys as keys_module
from state.keys import DIGEST_BYTES, Keys, digest
from state.store import KINDS

KEYS = Keys("leadstream", b"secret")
ANN = "e:ann@acme.com"


def all_of_a_shard(keys: Keys, shard: int) -> list[bytes]:
    of_kinds = [
        key
        for kind in KINDS
        for key in (
            keys.record(kind, shard, ANN),
            keys.timers(kind, shard),
            keys.outbox(kind, shard),
            keys.told("hubspot", kind, shard),
        )
    ]
    return [*of_kinds, keys.fence(shard)]


def slot_tag(key: bytes) -> bytes:
    """What Redis Cluster hashes: the text in the first braces."""
    found = re.search(rb"\{([^}]+)\}", key)
    assert found
    return found.group(1)


def test_all_keys_of_a_shard_share_a_slot() -> None:
    assert {slot_tag(key) for key in all_of_a_shard(KEYS, 7)} == {b"7"}


def test_all_keys_of_a_namespace_as_a_whole_share_a_slot() -> None:
    assert {slot_tag(KEYS.common(name)) for name in ("lease", "fence", "positions", "clock")} == {b"leadstream"}


def test_no_two_things_have_the_same_key() -> None:
    every = [key for shard in range(12) for key in all_of_a_shard(KEYS, shard)]
    assert len(set(every)) == len(every)


def test_no_key_shows_an_id() -> None:
    assert not any(part in key for key in all_of_a_shard(KEYS, 7) for part in (b"ann", b"acme", b"e:"))


@pytest.mark.parametrize(
    "other", [Keys("leadstream", b"other"), Keys("leadstream", b""), Keys("leadstream", b"s" * 99)]
)
def test_an_id_stands_for_something_else_under_another_secret(other: Keys) -> None:
    assert other.digest(ANN) != KEYS.digest(ANN)


def test_an_id_stands_for_the_same_everywhere() -> None:
    assert (Keys("leadstream", b"secret").digest(ANN), len(KEYS.digest(ANN))) == (KEYS.digest(ANN), DIGEST_BYTES)


def test_namespaces_are_apart() -> None:
    assert not set(all_of_a_shard(KEYS, 1)) & set(all_of_a_shard(Keys("other", b"secret"), 1))


def test_a_namespaces_digest_is_that_of_its_key() -> None:
    assert KEYS.digest(ANN) == digest(ANN, KEYS.key)


def test_digests_stay_the_same_when_some_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "REMEMBERED", 2)
    keys, ids = Keys("leadstream", b"secret"), [ANN, "a:1", "a:2", "a:3", ANN]
    assert [keys.digest(id_) for id_ in ids] == [digest(id_, keys.key) for id_ in ids]


def test_no_more_digests_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "REMEMBERED", 2)
    digests = keys_module._Digests(KEYS.key)
    assert max([len(digests) for number in range(9) if digests[f"a:{number}"]]) == 2
