"""One process of a run of the score flow: from an open store to the flow's end."""

import signal
import time
from collections.abc import Callable
from types import FrameType

import msgspec
from msgspec import UNSET, UnsetType

from config.settings import Settings
from flows.course import Course
from flows.engine import GroupBroken, run_flow
from flows.erased import Erased
from flows.event_log import event_log
from flows.group import Group, place_of
from flows.incarnation import Incarnation
from flows.intake import Intake
from flows.metrics.score_meter import ScoreMeter
from flows.models import announce_model, in_use, note_limits, parts_of
from flows.notices import note
from flows.resumed import resumed
from flows.review import review
from flows.score import Ports, score_flow
from operators.decode import Decoder
from sources.log_source import WRITTEN, Lines, LogPartition, LogSource
from sources.ticks import Ticks
from state.clock import Clock, LogClock, WallClock, wall_clock
from state.event import Counts
from state.measures import Measures
from state.moment import iso
from state.rewind import Reached
from state.store import Store, StoreUnavailable

ALIVE_S = 1.0
"""How often at most a flow shows that it is alive while an epoch goes on; its lease is five times as long."""


class Report(msgspec.Struct, frozen=True):
    """How far a process is: what it has read, as of when it scores, after how many seconds.

    `latest` is when the latest event was that was read; empty before the first.
    `shared_devices` are the visitors who came to have too many contacts, `refused_visitors` those who came to an id
    that had its fill, each counted when that was noticed.
    """

    received: int
    used: int
    ignored: int
    dead: int
    as_of: str
    seconds: float
    done: bool = False
    crawlers: int = 0
    shared_devices: int = 0
    refused_visitors: int = 0
    process: int = 0
    latest: str = ""
    measures: Measures | UnsetType = UNSET


class ScoringRun:
    """Notes positions when they are proven, ends on SIGTERM. `Group` settles what all processes must agree on."""

    def __init__(self, settings: Settings, store: Store, tell: Callable[[Report], None]) -> None:
        self._settings = settings
        self._store = store
        self._tell = tell
        self._stopping = False
        self._course = Course()
        self._seen_alive = 0.0
        self._shared_time = 0
        self._measures: Measures | UnsetType = UNSET
        self._saved: dict[str, int] = {}
        self._positions: dict[str, Reached] = {}
        self._place = place_of(settings)
        self._group = Group(self._place, store, lambda: self._stopping)
        self.clock: Clock = _clock(settings, store)
        self._model = in_use(settings, store)
        self._outdated = False
        """Whether another model was activated: then this round of the flow ends, and the next one uses that."""
        self._parts = parts_of(settings, store, self.clock, self._model)
        self._intake = Intake(
            Decoder(self._parts.model, trust_statements=settings.trust_statements), store.shards, self.clock
        )
        self._meter = ScoreMeter(self._parts, self._intake, self._place.process, store if self._group.leads else None)
        self._log = event_log(settings, store.generation)
        self._logs: LogPartition | None = None
        self._times = 0
        self._incarnation = Incarnation(settings, store)
        self._started = wall_clock()

    def run(self) -> Report:
        """Run to the end of a finite log, or until SIGTERM or SIGINT; everything read is in the store then."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._incarnation.check()
        self._group.open()
        if self._group.leads:
            self._log.begin()
            self._review()
        self._tell(self._report(done=False))
        self._started = wall_clock()
        self._flow_once()
        while self._group.goes_on(self._has_more):
            self._use_what_is_active()
            self._flow_once()
        self._log.close()
        self._incarnation.remember()
        self._store.close()
        return self._report(done=True)

    def _use_what_is_active(self) -> None:
        """All processes are between two rounds of the flow: everything is in the store, and nobody is at work."""
        number = int(self._group.agree(f"model {self._times}", lambda: str(self._store.count_activations())))
        if number != self._model.number:
            self._model = used = in_use(self._settings, self._store, number)
            self._parts = self._parts.under(used.model, used.scoring, used.keep)
            self._intake.listen_with(Decoder(used.model, trust_statements=self._settings.trust_statements))
            if self._group.leads:
                self._review()
        self._outdated = False

    def _review(self) -> None:
        if self._settings.generation is None:
            announce_model("scoring", self._model)
        under = f"{self._model.digest}, {self._settings.forget_after_days} days"
        review(self._store, under, self.clock())

    def _flow_once(self) -> None:
        """Run the flow until the events end, and move the positions on. It drains then, which may write facts to the
        identity log that nobody reads any more: they are for the next time.
        """
        source = LogSource(self._place.process, self._open_logs, self)
        ports = Ports(source, self._log.dead_letters(), self._log.facts())
        self._course = Course(self.at_work)
        try:
            run_flow(score_flow(self._parts, ports, self._intake, self._course), self._settings.epoch_ms, self._place)
        except GroupBroken as broken:
            raise self._course.trouble or broken from None
        assert self._logs is not None
        self._positions |= {name: Reached(at, at) for name, at in self._logs.positions.items()}
        self.prove(self._logs.positions)

    def _open_logs(self) -> LogPartition:
        """The whole group has found together, so the namespace is ours, and nobody else moves its positions."""
        if not self._times:
            self._group.join()
            note_limits(self._store, self._parts.limits)
            self._intake.erased = Erased(self._store)
            self._positions = self._group.positions(self._settings.rewind_ms)
            self._require_one_model()
        self._times += 1
        self._agree_on_the_time()
        written = self._log.written(self._positions) if self._group.leads else None
        events = self._log.events(self._positions, self._group.share, self._store.clock())
        if self._times == 1:
            self._say_where(events)
        self._logs = LogPartition(events, written, Ticks(self._store.shards), self, self._settings.bundle)
        return self._logs

    def _say_where(self, events: Lines) -> None:
        known = sum(not name.startswith(WRITTEN) for name in self._positions)
        if known and self._group.leads:
            note(resumed(known, events.behind() if self._group.alone and events.unit == "bytes" else {}))

    def _require_one_model(self) -> None:
        number = str(self._model.number)
        if self._group.agree("model", lambda: number) != number:
            raise StoreUnavailable("another model was activated while the processes found together; start them again")

    def _agree_on_the_time(self) -> None:
        if isinstance(self.clock, WallClock):
            self._store.stop_clock()
        else:
            self.clock.reach(self._store.clock() or 0)

    def prove(self, positions: dict[str, int]) -> None:
        """See `Progress`: an epoch is in the store."""
        moved = {name: at for name, at in positions.items() if self._saved.get(name) != at}
        if moved:
            self._store.save(moved, wall_clock())
            self._saved |= moved
            self._log.proven(moved)
        else:
            self._store.renew()
        self._outdated |= self._store.count_activations() != self._model.number
        self._incarnation.proven()
        self._share_time()
        self._meter.proven()
        self._seen_alive = time.monotonic()
        self._tell(self._report(done=False))

    def at_work(self) -> None:
        """See `Progress`: a bundle may take longer than the lease, and than others wait for a sign of life.

        Before anything is scored as of a time of the log, others know that time: delivery goes by it, and would take
        what is news as of then for nothing new.
        """
        if isinstance(self.clock, LogClock) and self.clock() > self._shared_time:
            self._share_time()
        if time.monotonic() - self._seen_alive > ALIVE_S:
            self._seen_alive = time.monotonic()
            self._store.stay()
            self._tell(self._counted(done=False))

    def _share_time(self) -> None:
        """Bring the time of the log, if that rules, to the latest that any process of the group came to."""
        if isinstance(self.clock, LogClock):
            self._shared_time = self._store.advance_clock(self.clock())
            self.clock.reach(self._shared_time)

    def stopping(self) -> bool:
        """See `Progress`."""
        return self._stopping or self._outdated

    def failed(self, error: Exception) -> None:
        """See `Progress`."""
        self._course.failed(error)

    def _stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signature of signal handlers
        self._stopping = True

    def _report(self, *, done: bool) -> Report:
        self._measures = self._meter.measures(self._logs)
        return self._counted(done=done)

    def _counted(self, *, done: bool) -> Report:
        """With what was measured when an epoch ended: how far behind the log it is, is told of what is in the store."""
        counts: Counts = self._intake.counts
        refused = self._parts.probes.refusals
        seconds = (wall_clock() - self._started) / 1000
        return Report(
            counts.received, counts.used, counts.ignored, counts.dead, iso(self.clock()), seconds, done,
            counts.crawlers, refused.shared_device, refused.id_full, self._place.process, self._latest(),
            self._measures,
        )  # fmt: skip

    def _latest(self) -> str:
        at = max(self._intake.reached.values(), default=0)
        return iso(at) if at else ""

    def _has_more(self) -> bool:
        """Whether there is another model; or facts came back that no flow has read; or the processes have come to
        different times of the log, so that what is due by now has to be looked at once more.
        """
        if self._outdated:
            return True
        if self._times == 1 and isinstance(self.clock, LogClock) and not self._group.alone:
            return True
        return self._log.has_facts(self._positions)


def _clock(settings: Settings, store: Store) -> Clock:
    if settings.log_time or settings.speed:
        return LogClock(store.clock() or 0)
    return WallClock()
