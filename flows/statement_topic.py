"""Where statements about identifiers are written: into files of the event log, or into a topic beside it."""

from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import msgspec

from config.settings import Settings
from flows.exits import Problem
from flows.statement_log import Statement, require_read, write
from operators.statements import TOPIC
from sinks.kafka_writer import KafkaWriter, Outgoing
from state.kafka_cluster import FOREVER, Cluster


class StatementLog(Protocol):
    """The event log that the score flow reads."""

    def require_read(self, partitions: Collection[str]) -> None:
        """Raises `Problem` when the score flow reads none of it; `partitions` are those that it has read of."""

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
