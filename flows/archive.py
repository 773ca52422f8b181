"""Kafka topics to a folder of logs, so that they outlive the topics' retention."""

import signal
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import FrameType

import msgspec
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message
from msgspec import UNSET, UnsetType

from config.settings import Settings
from flows.metrics.archive_meter import ArchiveMeter
from operators.statements import TOPIC
from sinks.archive import Archive, Dated
from sources.kafka_group import GroupOffsets
from sources.kafka_messages import KafkaMessages, KafkaPlan
from state.clock import wall_clock
from state.measures import Measures
from state.rewind import Reached

AT_ONCE = 5_000
WAIT_S = 0.2
GROUP = "leadstream-archive"


class Archived(msgspec.Struct, frozen=True):
    """How far an archive is; `files` are those that were finished."""

    messages: int
    files: int
    seconds: float
    done: bool = False
    measures: Measures | UnsetType = UNSET


class ArchiveRun:
    """Archives until SIGTERM or SIGINT, or what was there at the start; then all of it is in finished files."""

    def __init__(self, settings: Settings, folder: Path, tell: Callable[[Archived], None]) -> None:
        self._settings = settings
        self._folder = folder
        self._tell = tell
        self._stopping = False
        self._count = 0
        self._meter = ArchiveMeter()
        self._group = GroupOffsets(settings.kafka_access(), GROUP)
        self._started = wall_clock()

    def run(self, say: Callable[[str], None]) -> Archived:
        """Run to the end. Raises `KafkaUnavailable`, `KafkaRefused`, `LogError` and `SinkStopped`."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        with closing(self._group), closing(Archive(self._folder)) as archive:
            plan = self._plan(archive)
            with closing(KafkaMessages(self._settings.kafka_access(), plan, say)) as messages:
                while not (self._stopping or messages.at_end):
                    self._turn(messages, archive)
                self._group.note(archive.finish())
            return self._report(archive, {}, done=True)

    def _plan(self, archive: Archive) -> KafkaPlan:
        settings = self._settings
        return KafkaPlan(
            topics=tuple(settings.topics),
            later=(TOPIC,),
            reached={name: Reached(at, at) for name, at in archive.reached().items()},
            since=settings.since,
            until_end=settings.until_end,
        )

    def _turn(self, messages: KafkaMessages, archive: Archive) -> None:
        now = wall_clock()
        for partition, _, run in messages.read(AT_ONCE, WAIT_S):
            archive.write(partition, [_dated(message, now) for message in run])
            self._count += len(run)
        self._group.note(archive.finish_old(now))
        self._tell(self._report(archive, messages.behind(), done=False))

    def _report(self, archive: Archive, behind: Mapping[str, int], *, done: bool) -> Archived:
        measures = self._meter.measures(self._count, archive.files, behind)
        return Archived(self._count, archive.files, (wall_clock() - self._started) / 1000, done, measures)

    def _stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signature of signal handlers
        self._stopping = True


def _dated(message: Message, now: int) -> Dated:
    """A clock that is ahead makes no day of its own."""
    kind, at = message.timestamp()
    return Dated(
        message.offset() or 0, now if kind == TIMESTAMP_NOT_AVAILABLE else min(at, now), message.value() or b""
    )
