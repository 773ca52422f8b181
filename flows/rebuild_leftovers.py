"""Removing generations of a namespace that nobody uses any more, from the server and from the data folder."""

import shutil
from collections.abc import Collection

from config.settings import Settings
from flows.exits import Problem
from sinks.identity_log import identity_folder
from state.keys import generation_name
from state.redis_store import RedisStore


def remove_generations(settings: Settings, store: RedisStore, generations: Collection[int]) -> None:
    """All of them, with what the flow told itself there. Raises `StoreUnavailable`, `Problem`."""
    store.remove(generations)
    for number in generations:
        folder = identity_folder(settings.data, generation_name(settings.namespace, number))
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Problem(f"{folder} cannot be removed ({error.strerror}); nobody reads it: remove it") from None
