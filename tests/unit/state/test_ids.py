"""Ids with their kind in front, and the shard each is routed to."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from state.ids import PREFIXES, TYPES, IdType, bare, id_type, is_visitor, shard_of


@pytest.mark.parametrize(("prefix", "expected"), TYPES.items())
def test_an_id_says_what_it_is(prefix: str, expected: IdType) -> None:
    id_ = f"{prefix}:some:thing"
    assert (id_type(id_), bare(id_), PREFIXES[expected]) == (expected, "some:thing", prefix)


@pytest.mark.parametrize(("id_", "expected"), [("a:1", True), ("u:a:1", False), ("", False)])
def test_only_anonymous_ids_are_visitors(id_: str, expected: bool) -> None:
    assert is_visitor(id_) is expected


def test_a_shard_is_the_same_in_every_process() -> None:
    ids = ["a:anon_1", "e:jürgen@acme.com", "d:acme.com"]
    say = f"from state.ids import shard_of; print([shard_of(id_, 32) for id_ in {ids!r}])"
    answers = {
        subprocess.run(
            [sys.executable, "-c", say],
            cwd=Path(__file__).parents[3],
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert answers == {str([shard_of(id_, 32) for id_ in ids])}


def test_a_shard_is_the_same_in_every_version() -> None:
    assert [shard_of(id_, 32) for id_ in ("a:anon_1", "e:jürgen@acme.com", "d:acme.com")] == [29, 0, 13]


def test_ids_spread_over_the_shards() -> None:
    found = Counter(shard_of(f"a:{number}", 32) for number in range(32_000))
    assert (len(found), max(found.values()) < 1_300) == (32, True)
