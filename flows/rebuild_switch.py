"""The moment in which a rebuilt generation takes the place of the live one. Nobody scores or delivers meanwhile."""

import msgspec

from config.settings import Settings
from flows.activation import Put
from flows.erase_hold import Say, Words, to_oneself
from flows.exits import Problem
from flows.rebuild_log import by_identity, identity, reached
from flows.rebuild_told import hand_over
from flows.stores import connection
from state.clock import wall_clock
from state.redis_store import RedisStore
from state.store import Checkpoint, Run, Store

NOTHING_SWITCHED = "nothing was switched, and what was begun is removed"
_WORDS = Words(f"interrupted: {NOTHING_SWITCHED}", f"interrupted: {NOTHING_SWITCHED}")


def switch(settings: Settings, live: RedisStore, put: Put, say: Say) -> None:
    """Make the generation of the settings the current one. Raises `Held`, `CutOff`, `Problem`, `StoreUnavailable`."""
    assert settings.generation is not None
    with to_oneself(live, say, _WORDS) as hold, connection(settings) as fresh:
        refuse_news(live, fresh, put)
        fresh.open()
        hand_over(live, fresh)
        read_again(live, fresh)
        if not put.again:
            fresh.amend(msgspec.structs.replace(put.entry, at=wall_clock()))
        fresh.settle_in()
        fresh.close()
        hold()
        live.switch_to(settings.generation)


def refuse_news(live: Store, fresh: Store, put: Put) -> None:
    """Raises `Problem` when a model was activated, or somebody erased, after the new generation was begun."""
    if live.count_activations() + (not put.again) != fresh.count_activations():
        raise Problem(f"another model was activated meanwhile: {NOTHING_SWITCHED}. See `leadstream model history`")
    if live.tombstones() != fresh.tombstones():
        raise Problem(f"somebody was erased meanwhile: {NOTHING_SWITCHED}. Run it again")


def read_again(live: Run, fresh: Run) -> None:
    """Have the next flow read what the live one has not read: its dead letters were not kept."""
    known = by_identity(reached(live.checkpoints()))
    ahead = {
        name: known.get(identity(name), 0)
        for name, position in reached(fresh.checkpoints()).items()
        if position > known.get(identity(name), 0)
    }
    fresh.rewind({name: Checkpoint(wall_clock(), position) for name, position in ahead.items()})
