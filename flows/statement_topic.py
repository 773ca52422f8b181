"""Where statements about identifiers are written: into files of the event log, or into a topic beside it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import msgspec

from config.settings import Settings
from flows.exits import Problem
from flows.statement_log import Statement, require_read, unread, write
from operators.statements import TOPIC
from sinks.kafka_writer import KafkaWriter, Outgoing
from sources.kafka_messages import KafkaMessages, KafkaPlan
from state.kafka_cluster import FOREVER, Cluster
from state.rewind import Reached
from state.store import Position

WAIT_S = 0.2


class StatementLog(Protocol):
    """The event log that the score flow reads."""

    def require_read(self, partitions: Collection[str]) -> None:
        """Raises `Problem` when the score flow reads none of it; `partitions` are those that it has read of."""

    def unread(self, positions: Mapping[str, Position]) -> Iterator[bytes]:
        """What may be statements, from where the score flow has come to in each partition."""

    def write(self, statements: Sequence[Statement]) -> str:
        """Append, durably, and say to what."""


class FileStatements:
    """See `flows.statement_log`."""

    def __init__(self, log: Path, *, trusted: bool) -> None:
        self._log = log
        self._trusted = trusted

    def require_read(self, partitions: Collection[str]) -> None:
        """See `StatementLog`."""
        require_read(self._log, partitions)

    def unread(self, positions: Mapping[str, Position]) -> Iterator[bytes]:
        """See `StatementLog`."""
        return unread(self._log, positions)

    def write(self, statements: Sequence[Statement]) -> str:
        """See `StatementLog`."""
        return str(write(self._log, statements, trusted=self._trusted))


class TopicStatements:
    """A topic of our own, the only one that is believed; made if need be."""

    def __init__(self, settings: Settings) -> None:
        self._access = settings.kafka_access()

    def require_read(self, partitions: Collection[str]) -> None:
        """See `StatementLog`."""
        if not any(name.startswith("kafka:") for name in partitions):
            raise Problem("the score flow has read nothing of Kafka: give --log what `leadstream score` was given")

    def unread(self, positions: Mapping[str, Position]) -> Iterator[bytes]:
        """See `StatementLog`."""
        reached = {name: Reached(at, at) for name, at in positions.items()}
        plan = KafkaPlan(topics=(), later=(TOPIC,), reached=reached, until_end=True)
        with closing(KafkaMessages(self._access, plan, lambda _: None)) as messages:
            while not messages.at_end:
                for _, _, run in messages.read(wait_s=WAIT_S):
                    yield from (message.value() or b"" for message in run)

    def write(self, statements: Sequence[Statement]) -> str:
        """See `StatementLog`."""
        Cluster(self._access).create(TOPIC, FOREVER, partitions=1)
        with closing(KafkaWriter(self._access, TOPIC)) as writer:
            writer.write([Outgoing(msgspec.json.encode(one)) for one in statements])
        return f"topic {TOPIC}"


def statement_log(settings: Settings) -> StatementLog:
    """The one that the settings name. Raises `Problem` when they name none, or two."""
    if (settings.log is None) == (not settings.kafka):
        raise Problem("name the --log that the score flow reads, or --kafka; one of the two")
    if settings.log is None:
        return TopicStatements(settings)
    return FileStatements(settings.log, trusted=settings.trust_statements)
