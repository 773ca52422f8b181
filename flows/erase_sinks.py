"""Taking a person out of the CRM and the file of score changes."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing

import msgspec

from config.model import Model
from config.settings import Settings
from flows.delivery_run import sinks_of
from flows.erase_hold import Hold
from flows.erase_person import Person
from state.ids import is_visitor, shard_of
from state.record import Erased, Erasure, Later, Refused, Sink, SinkStopped
from state.store import Store

SINKS = ("hubspot_token", "hubspot_token_file", "changes", "changes_topic")
TRIES = 5
LONGEST_WAIT_S = 60.0


class SinksErasing:
    """Erases one person from the sinks that the settings name, and from what is remembered of all sinks.

    What a sink was told is remembered until it has erased the person: it shows that it still has to.
    """

    def __init__(self, settings: Settings, model: Model, store: Store, hold: Hold) -> None:
        self._settings = settings
        self._model = model
        self._store = store
        self._hold = hold
        self.failed: list[str] = []

    def run(self, person: Person) -> dict[str, int]:
        """How many contacts each sink that was reached has erased."""
        ids = sorted(id_ for id_ in person.ids if not is_visitor(id_))
        if self._settings.names_hubspot and person.begun and not any(id_[0] in "ec" for id_ in ids):
            self.failed.append(
                "HubSpot knows a contact by e-mail address or record id: run this again with one of these"
            )
        done: dict[str, int] = {}
        for settings in self._each():
            try:
                for sink in sinks_of(settings, self._model):
                    with closing(sink):
                        done |= self._of_sink(sink, ids)
            except SinkStopped as stopped:
                self.failed.append(f"{stopped}; then run this again")
        self._untell(ids, set(done))
        return done

    def _each(self) -> list[Settings]:
        """One sink each, so that one that cannot be opened hinders none."""
        replace = msgspec.structs.replace
        nowhere = replace(self._settings, changes=None, hubspot_token="", hubspot_token_file=None, changes_topic="")
        named = {name: value for name in SINKS if (value := getattr(self._settings, name))}
        return [replace(nowhere, **{name: value}) for name, value in named.items()]

    def _of_sink(self, sink: Sink, ids: Sequence[str]) -> dict[str, int]:
        """The sink's name and how many it had, if it is done with all of them."""
        outcomes = self._patiently(sink, ids)
        reasons = {one.reason for one in outcomes if isinstance(one, Refused | Later)}
        self.failed += [f"{sink.name}: {reason}; run this again" for reason in sorted(reasons)]
        return {} if reasons else {sink.name: sum(isinstance(one, Erased) for one in outcomes)}

    def _patiently(self, sink: Sink, ids: Sequence[str]) -> list[Erasure]:
        """The last outcomes; a sink that asks for patience gets some."""
        done: list[Erasure] = []
        outcomes: list[Erasure] = []
        for _ in range(TRIES):
            outcomes = sink.erase(ids)
            late = {id_: one for id_, one in zip(ids, outcomes, strict=True) if isinstance(one, Later)}
            seconds = max((one.seconds for one in late.values()), default=0.0)
            if not late or seconds > LONGEST_WAIT_S:
                break
            done += [one for one in outcomes if not isinstance(one, Later)]
            ids = list(late)
            self._hold.wait(seconds)
        return done + outcomes

    def _untell(self, ids: Sequence[str], done: set[str]) -> None:
        by_shard: dict[int, list[str]] = defaultdict(list)
        for id_ in ids:
            by_shard[shard_of(id_, self._store.shards)].append(id_)
        for sink in self._store.sinks():
            if sink in done:
                for shard, part in by_shard.items():
                    self._store.untell(sink, "contact", shard, part)
            elif any(any(self._store.told(sink, "contact", shard, part)) for shard, part in by_shard.items()):
                self.failed.append(f"{sink} was told of this person, and has not erased them: run this again with it")
