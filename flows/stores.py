"""The store that the settings name: a Redis URL, or the embedded server on the data folder."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from config.settings import Settings
from flows.exits import Problem
from flows.notices import Notice, note
from state.redis_store import RedisStore
from state.store import NotBegun

LOOK_S = 0.2


@contextmanager
def server(settings: Settings) -> Iterator[Settings]:
    """The settings with a Redis URL that answers for as long as the context lasts. Raises `StoreUnavailable`."""
    if settings.redis:
        yield settings
    else:
        from state import embedded  # noqa: PLC0415  flows that use a server need not start one

        with embedded.serve(settings.data) as url:
            yield msgspec.structs.replace(settings, redis=url)


def revive(settings: Settings) -> None:
    """Within `server`: start the embedded server again if it has died. Raises `StoreUnavailable`."""
    if not settings.redis:
        from state import embedded  # noqa: PLC0415  see above

        embedded.revive(settings.data)


@contextmanager
def connection(settings: Settings, *, begin: bool = True) -> Iterator[RedisStore]:
    """An open store, its namespace begun if need be; `settings.redis` must be set (see `server`).

    Raises `StoreUnavailable`.
    """
    store = RedisStore(
        settings.redis, settings.namespace, settings.shards, settings.secret, begin=begin,
        generation=settings.generation,
    )  # fmt: skip
    try:
        yield store
    finally:
        store.disconnect()


def wait_until_begun(settings: Settings) -> None:
    """Until a score flow has begun the namespace: it decides on the shards, and a misspelt name is never begun.

    Raises `StoreUnavailable`.
    """
    waiting = False
    while True:
        try:
            with connection(settings, begin=False):
                return
        except NotBegun as nothing:
            if not waiting:
                note(Notice("waiting", f"{nothing}; waiting until it is begun"))
            waiting = True
            time.sleep(LOOK_S)


@contextmanager
def open_store(settings: Settings) -> Iterator[RedisStore]:
    """Server and connection in one, for reading what is there. Raises `StoreUnavailable`, or `Problem` without data."""
    with reach_store(settings) as (_, store):
        yield store


@contextmanager
def reach_store(settings: Settings) -> Iterator[tuple[Settings, RedisStore]]:
    """See `open_store`; with the settings that processes of ours reach the same server by."""
    if not settings.redis and not settings.data.is_dir():
        raise Problem(
            f"there is no data folder {settings.data}: run `leadstream score LOG` first, or name the folder with --data"
        )
    with server(settings) as reachable, connection(reachable, begin=False) as store:
        yield reachable, store
