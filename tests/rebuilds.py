"""What tests of rebuilds share: a log, and how far a rebuild is."""

from collections.abc import Callable

import msgspec

from config.settings import Settings
from flows.stores import connection
from state.redis_store import RedisStore
from tests.events import event
from tests.faults.remains import state_of

ANN, BOB, CID = "ann@acme.com", "bob@globex.com", "cid@initech.com"
OLD = [
    event("webinar", "08:00:00", anonymousId="a1", messageId="1"),
    event("pricing_viewed", "08:01:00", anonymousId="a1", email=ANN, messageId="2"),
    event("docs_viewed", "08:02:00", email=BOB, userId="u-bob", messageId="3"),
    event("webinar", "08:03:00", userId="u-bob", messageId="4"),
    b'{"event":"docs_viewed","timestamp":"soon"}',
]
LATER = event("webinar", "10:00:00", email=CID, anonymousId="a2", messageId="6")


def generation(settings: Settings) -> int:
    with connection(settings) as store:
        return store.generation


def in_generation(settings: Settings, number: int, look: Callable[[RedisStore], object]) -> object:
    """What `look` finds in a generation, None before it was begun."""
    with connection(settings) as store:
        if not {number} <= store.leftovers() | {store.generation}:
            return None
    with connection(msgspec.structs.replace(settings, generation=number)) as store:
        return look(store)


def began(settings: Settings) -> object:
    return in_generation(settings, 1, lambda _: True)


def folds(settings: Settings) -> object:
    """Whether the fold runs, and goes on without its command."""
    return in_generation(settings, 1, lambda store: store.reviewed_under())


def read_something(settings: Settings) -> object:
    return in_generation(settings, 1, lambda store: bool(store.checkpoints()))


def records(settings: Settings) -> dict[tuple[str, str], bytes]:
    """What the current generation holds."""
    with connection(settings) as store:
        return state_of(store)
