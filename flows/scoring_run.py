"""One run of the score flow in this process: from an open store to the flow's end."""

import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

import msgspec

from config.settings import Settings
from flows.engine import run_flow
from flows.erased import Erased
from flows.intake import Intake
from flows.models import parts_of
from flows.score import Ports, score_flow
from flows.taking import when_free
from operators.decode import Decoder
from sinks.identity_log import identity_folder
from sources.log_source import WRITTEN, LogPartition, LogSource
from sources.logs import Logs, Share
from sources.pace import Pace
from sources.ticks import Heartbeat, Ticks
from state.clock import Clock, LogClock, WallClock, wall_clock
from state.event import Counts
from state.moment import iso
from state.rewind import resume_at
from state.store import LEASE_MS, Store


class Report(msgspec.Struct, frozen=True):
    """How far a run is: what it has read, as of when it scores, after how many seconds."""

    received: int
    used: int
    ignored: int
    dead: int
    as_of: str
    seconds: float
    done: bool = False
    crawlers: int = 0


class ScoringRun:
    """Holds the namespace while it runs, notes positions when they are proven, ends on SIGTERM."""

    def __init__(self, settings: Settings, store: Store, tell: Callable[[Report], None]) -> None:
        self._settings = settings
        self._store = store
        self._tell = tell
        self._stopping = False
        self._heartbeat = Heartbeat()
        self._saved: dict[str, int] = {}
        self.clock: Clock = _clock(settings, store)
        self._parts = parts_of(settings, store, self.clock)
        self._intake = Intake(
            Decoder(self._parts.model, trust_statements=settings.trust_statements), store.shards, self.clock
        )
        self._started = wall_clock()

    def run(self) -> Report:
        """Run to the end of a finite log, or until SIGTERM or SIGINT; everything read is in the store then."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        when_free(self._store.open, LEASE_MS, self.stopping)
        self._intake.erased = Erased(self._store)
        if isinstance(self.clock, WallClock):
            self._store.set_clock(None)
        identity = identity_folder(self._settings.data, self._settings.namespace)
        positions = self._reached()
        events = self._open_events(positions)
        self._started = wall_clock()
        self._flow_once(events, identity, positions)
        while not self._stopping and _has_more(identity, positions):
            self._flow_once(events, identity, positions)
        self._store.close()
        return self._report(done=True)

    def _flow_once(self, events: Logs, identity: Path, positions: dict[str, int]) -> None:
        """Run the flow until the events end, and move the positions on. It drains then, which may write facts to the
        identity log that nobody reads any more: they are for the next time.
        """
        logs = LogPartition(events, _identity_log(identity, positions), self)
        self._heartbeat = Heartbeat()
        ticks = Ticks(self._store.shards, self._heartbeat)
        ports = Ports(LogSource({"0": logs}), ticks, self._settings.data, identity)
        run_flow(score_flow(self._parts, ports, self._intake), self._settings.epoch_ms)
        positions |= logs.positions
        self.prove(logs.positions)

    def prove(self, positions: dict[str, int]) -> None:
        """See `Progress`: an epoch is in the store."""
        moved = {name: at for name, at in positions.items() if self._saved.get(name) != at}
        if moved:
            self._store.save(moved, wall_clock())
            self._saved |= moved
        else:
            self._store.renew()
        if isinstance(self.clock, LogClock):
            self._store.set_clock(self.clock())
        self._tell(self._report(done=False))

    def stopping(self) -> bool:
        """See `Progress`."""
        return self._stopping

    def ended(self) -> None:
        """See `Progress`."""
        self._heartbeat.stopped = True

    def _stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signature of signal handlers
        self._stopping = True

    def _report(self, *, done: bool) -> Report:
        counts: Counts = self._intake.counts
        seconds = (wall_clock() - self._started) / 1000
        as_of = iso(self.clock())
        return Report(counts.received, counts.used, counts.ignored, counts.dead, as_of, seconds, done, counts.crawlers)

    def _reached(self) -> dict[str, int]:
        """Where to read on, by partition."""
        held = self._store.checkpoints().items()
        return {name: resume_at(points, self._settings.rewind_ms) for name, points in held}

    def _open_events(self, positions: Mapping[str, int]) -> Logs:
        settings = self._settings
        assert settings.log is not None
        events = Logs(settings.log, positions, follow=not settings.until_end, share=Share((0, 1)))
        if settings.speed:
            events.pace(self._pace(events))
        return events

    def _pace(self, events: Logs) -> Pace:
        """A time-lapse goes on where the store's clock stands, else from the log's first event."""
        begin = self._store.clock() or events.first_time() or wall_clock()
        return Pace(speed=self._settings.speed, start_wall_ms=wall_clock(), start_log_ms=begin)


def _identity_log(folder: Path, positions: Mapping[str, int]) -> Logs:
    own = {name.removeprefix(WRITTEN): at for name, at in positions.items() if name.startswith(WRITTEN)}
    return Logs(folder, own, follow=True, share=Share((0, 1)))


def _has_more(identity: Path, positions: Mapping[str, int]) -> bool:
    """Whether facts came back that no flow has read."""
    unread = _identity_log(identity, positions)
    found = unread.read()
    unread.close()
    return found is not None


def _clock(settings: Settings, store: Store) -> Clock:
    if settings.log_time or settings.speed:
        return LogClock(store.clock() or 0)
    return WallClock()
