"""All stores, for what they promise."""

from collections.abc import Iterator

import pytest

from state.memory import MemoryStore
from state.redis_store import RedisStore
from state.store import Store

SHARDS = 4


def in_memory() -> Iterator[Store]:
    yield MemoryStore(SHARDS)


def in_redis(url: str, namespace: str) -> Iterator[Store]:
    store = RedisStore(url, namespace, SHARDS)
    store.open()
    yield store
    store.disconnect()


@pytest.fixture(params=["memory", "redis_url", "cluster_url"])
def store(request: pytest.FixtureRequest, namespace: str) -> Iterator[Store]:
    """An open store with nothing in it."""
    if request.param == "memory":
        yield from in_memory()
    else:
        yield from in_redis(request.getfixturevalue(request.param), namespace)
