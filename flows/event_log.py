"""The event log of a run, and what the flow writes besides the store: files, or topics of Kafka."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from bytewax.outputs import DynamicSink

from config.settings import Settings
from flows.topic_log import TopicLog
from sinks.dead_letters import DeadLetterSink, Nowhere
from sinks.identity_log import IdentityLogSink, begin_identity_log, identity_folder
from sources.log_source import WRITTEN, Lines
from sources.logs import Logs, Share
from sources.pace import Pace
from state.clock import wall_clock
from state.event import DeadLetter
from state.keys import generation_name
from state.parcel import Parcel
from state.rewind import Reached

ALL = Share((0, 1))

Positions = Mapping[str, Reached]


class EventLog(Protocol):
    """Where events come from, and where facts for known ids and dead letters go."""

    def begin(self) -> None:
        """Make what will be written to. Done by one process of a group, before the others read."""

    def events(self, positions: Positions, share: Share, now: int | None) -> Lines:
        """A share of the events, from where earlier runs came to. `now` is the log's own time (ms), if it has one."""

    def written(self, positions: Positions) -> Lines:
        """The facts that the flow has written itself."""

    def has_facts(self, positions: Positions) -> bool:
        """Whether there are facts that nobody has read."""

    def proven(self, positions: Mapping[str, int]) -> None:
        """All below these positions is in the store."""

    def close(self) -> None:
        """The run is over."""

    def dead_letters(self) -> DynamicSink[DeadLetter]:
        """Where dead letters go."""

    def facts(self) -> DynamicSink[Parcel]:
        """Where facts for known ids go: durable before the epoch ends."""


class FolderLog:
    """JSONL files; see `EventLog`. Each generation of a namespace has an identity log of its own."""

    def __init__(self, settings: Settings, path: Path, generation: int) -> None:
        self._settings = settings
        self._path = path
        self._identity = identity_folder(settings.data, generation_name(settings.namespace, generation))

    def begin(self) -> None:
        """See `EventLog`."""
        begin_identity_log(self._identity).close()

    def events(self, positions: Positions, share: Share, now: int | None) -> Lines:
        """See `EventLog`. A time-lapse goes on where its clock stands, else from the first event of all logs."""
        events = self._logs(positions, share)
        if self._settings.speed:
            start = now or self._logs(positions, ALL).first_time() or wall_clock()
            events.pace(Pace(speed=self._settings.speed, start_wall_ms=wall_clock(), start_log_ms=start))
        return events

    def written(self, positions: Positions) -> Logs:
        """See `EventLog`."""
        own = {name.removeprefix(WRITTEN): one.at for name, one in positions.items() if name.startswith(WRITTEN)}
        return Logs(self._identity, own, follow=True, share=ALL)

    def has_facts(self, positions: Positions) -> bool:
        """See `EventLog`."""
        unread = self.written(positions)
        found = unread.read()
        unread.close()
        return found is not None

    def proven(self, positions: Mapping[str, int]) -> None:
        """Files need not know."""

    def close(self) -> None:
        """See `EventLog`."""

    def dead_letters(self) -> DynamicSink[DeadLetter]:
        """See `EventLog`."""
        return DeadLetterSink(self._settings.data) if self._settings.generation is None else Nowhere()

    def facts(self) -> DynamicSink[Parcel]:
        """See `EventLog`."""
        return IdentityLogSink(self._identity)

    def _logs(self, positions: Positions, share: Share) -> Logs:
        reached = {name: one.at for name, one in positions.items()}
        return Logs(self._path, reached, follow=not self._settings.until_end, share=share)


def event_log(settings: Settings, generation: int = 0) -> EventLog:
    """The one that the settings name, for a generation of the namespace."""
    if settings.kafka:
        return TopicLog(settings, generation)
    assert settings.log is not None
    return FolderLog(settings, settings.log, generation)
