"""Rebuilding a namespace: the log is folded under a model into a generation beside the live one, and takes its place.

The fold is the score flow itself, in processes of its own. Until the switch nothing of the live generation is changed,
whatever happens; a rebuild that was cut off begins anew the next time.
"""

import signal
import sys
import time
from pathlib import Path
from types import FrameType

import msgspec

from config.loading import model_file
from config.settings import Settings
from flows.activation import Put
from flows.erase_hold import CutOff
from flows.exits import CHANGE_SOMETHING, Problem
from flows.launcher import Launcher
from flows.models import limits_in
from flows.notices import note
from flows.rebuild_leftovers import remove_generations
from flows.rebuild_log import by_identity, identity, reached, require_whole, shorter
from flows.rebuild_progress import NEAR_S, RebuildProgress
from flows.rebuild_switch import NOTHING_SWITCHED, refuse_news, switch
from flows.rebuild_told import prepare
from flows.stores import connection, revive
from flows.topic_log import identity_topic
from sinks.identity_log import identity_folder
from state.keys import generation_name
from state.redis_store import RedisStore
from state.store import REBUILD, Fenced, Maintenance, Position, StoreUnavailable

EPOCH_MS = 1_000
"""Longer than live ones, since nobody waits for these scores; short enough to see soon that it has caught up."""
LOOK_S = 1.0
PAUSE_S = 0.1


class Rebuild:
    """One rebuild of a live namespace. The settings name a server that answers, and the log."""

    def __init__(self, settings: Settings, live: RedisStore, put: Put, *, incomplete: bool) -> None:
        self._settings = settings
        self._live = live
        self._put = put
        self._incomplete = incomplete
        self._stopped = False
        self._looked = 0.0
        self._launcher: Launcher | None = None
        self._positions: dict[str, Position] = {}

    def run(self, file: Path) -> None:
        """Fold, and switch. Raises `Problem`, `CutOff`, `Held`, and what reading the log raises."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._take_part()
        old = self._live.leftovers()
        try:
            remove_generations(self._settings, self._live, old)
            self._require_log()
            self._in_generation(self._live.begin_generation(), model_file(file))
        finally:
            self._live.release(REBUILD)
        say("removing the generation that was live until now")
        remove_generations(self._settings, self._live, {*old, self._live.generation})
        if self._settings.kafka:
            say(f"nobody reads topic {identity_topic(self._settings, self._live.generation)} any more: delete it")

    def _take_part(self) -> None:
        try:
            self._live.hold(REBUILD)
        except Maintenance:
            raise Problem(
                f"somebody is at work on namespace {self._settings.namespace!r}, erasing or rebuilding: "
                "run this again when they are done"
            ) from None

    def _require_log(self) -> None:
        folder = identity_folder(self._settings.data, generation_name(self._settings.namespace, self._live.generation))
        if not self._settings.kafka and not folder.is_dir():
            raise Problem(
                f"{self._settings.data} is not the folder of the live flow: run this where `leadstream score` runs, "
                "with its --data"
            )
        self._positions = reached(self._live.checkpoints())
        require_whole(self._settings, self._positions, incomplete=self._incomplete)

    def _in_generation(self, number: int, file: bytes) -> None:
        settings = fold_settings(self._settings, self._live, number)
        switched = False
        try:
            with connection(settings) as fresh:
                if not self._put.again:
                    fresh.activate(self._put.entry, file)
                self._fold(settings, fresh)
                if self._prepare(fresh) > NEAR_S:
                    say("reading what came meanwhile")
                    self._fold(settings, fresh)
                self._wait_for_replicas(fresh)
            switch(settings, self._live, self._put, say)
            switched = True
        except (StoreUnavailable, Fenced, Maintenance):
            say("nothing was switched; when what follows is seen to, run this again")
            raise
        finally:
            if not switched:
                remove_generations(self._settings, self._live, {number})

    def _fold(self, settings: Settings, fresh: RedisStore) -> None:
        """Read the log until its end is near. Everything read is in the store then."""
        self._progress, self._caught_up = RebuildProgress(settings.workers, sys.stderr), False
        self._launcher = Launcher("score", settings, note, revive=lambda: revive(self._settings))
        self._refuse_stopped()
        code = self._launcher.run(lambda line: self._hear(line, fresh))
        self._progress.close()
        self._refuse_stopped()
        if not self._caught_up:
            said = f"the log could not be folded: {NOTHING_SWITCHED}"
            raise Problem(said) if code == CHANGE_SOMETHING else CutOff(said)
        say("caught up with the log")

    def _hear(self, line: bytes, fresh: RedisStore) -> None:
        """A report of the fold: see whether it has caught up."""
        now = time.monotonic()
        self._progress.report(line, now)
        if not self._caught_up and self._at_work():
            refuse_news(self._live, fresh, self._put)
            if self._progress.near:
                self._end_if_all_was_read(fresh)

    def _at_work(self) -> bool:
        """Say from time to time that this is; whether it was time."""
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return False
        self._looked = now
        self._live.hold(REBUILD)
        return True

    def _prepare(self, fresh: RedisStore) -> float:
        """All but what can only be done when nobody is at work on the live generation; how long it took (s)."""

        def at_work() -> None:
            self._refuse_stopped()
            self._at_work()

        started = time.monotonic()
        fresh.open()
        prepare(self._live, fresh, at_work)
        fresh.close()
        return time.monotonic() - started

    def _refuse_stopped(self) -> None:
        if self._stopped:
            raise CutOff(f"interrupted: {NOTHING_SWITCHED}")

    def _end_if_all_was_read(self, fresh: RedisStore) -> None:
        """Raises `Problem` when the log has nothing more, and is not all that the live flow has read."""
        read = by_identity(reached(fresh.checkpoints()))
        lacking = [name for name, position in self._positions.items() if read.get(identity(name), 0) < position]
        if not lacking or self._incomplete:
            self._caught_up = True
            assert self._launcher is not None
            self._launcher.stop()
        elif self._progress.behind == 0:
            raise Problem(f"{shorter(lacking)}; {NOTHING_SWITCHED}")

    def _wait_for_replicas(self, fresh: RedisStore) -> None:
        """In a cluster one server may lose its last seconds and another remember the switch: let them grow old."""
        if not fresh.nodes.clustered:
            return
        until = time.monotonic() + (self._settings.rewind_ms + fresh.loses_ms()) / 1000
        while time.monotonic() < until:
            self._refuse_stopped()
            self._at_work()
            time.sleep(PAUSE_S)

    def _stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signature of signal handlers
        self._stopped = True
        if self._launcher is not None:
            self._launcher.stop()


def fold_settings(settings: Settings, live: RedisStore, generation: int) -> Settings:
    """Those of the fold: what the live flow goes by, and what this command was given."""
    limits = limits_in(live)
    return msgspec.structs.replace(
        settings, generation=generation, epoch_ms=EPOCH_MS, log_time=live.clock() is not None,
        contacts_per_visitor=limits.contacts_per_visitor, visitors_per_id=limits.visitors_per_id,
    )  # fmt: skip


def say(text: str) -> None:
    """To people, beside the line of progress."""
    print(f"leadstream: {text}", file=sys.stderr, flush=True)
