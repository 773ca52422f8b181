"""Score changes as messages of a compacted Kafka topic: the last one of each subject is where it stands."""

from collections.abc import Sequence

import msgspec

from config.kafka import KafkaAccess
from sinks.changes import Change, Told, read, told_by, worth_telling
from sinks.kafka_contents import contents
from sinks.kafka_writer import KafkaWriter, Outgoing
from state.kafka_cluster import Cluster
from state.kafka_trouble import KafkaRefused, KafkaUnavailable
from state.record import Erased, Erasure, Later, Name, NotThere, Outcome, Record, Refused, SinkStopped, Written, name_of

RETRY_S = 5.0
DEADLINE_S = 10.0
DAY_MS = "86400000"
COMPACTED = {"cleanup.policy": "compact", "max.compaction.lag.ms": DAY_MS, "segment.ms": DAY_MS}
"""Of who is erased nothing is left within about a day, when brokers have compacted the topic."""


class ChangesTopic:
    """Writes a message for every record that says something new; `write` waits until all brokers in sync have it.

    The key is `email:ann@acme.com`, or crm, user or domain with theirs; the value is a line of the JSONL file
    (`sinks.changes.Change`), or nothing for who was erased. What was told is read back from the topic on opening, so
    `before` is what its readers saw last. The topic is made, compacted, unless it is there. One process a topic.

    Opening raises `SinkStopped`.
    """

    name = "changes topic"

    def __init__(self, access: KafkaAccess, topic: str, deadline_s: float = DEADLINE_S) -> None:
        self._told: dict[Name, Told] = {}
        try:
            Cluster(access).create(topic, COMPACTED)
            self._read_back(access, topic)
            self._writer = KafkaWriter(access, topic, deadline_s)
        except (KafkaRefused, KafkaUnavailable) as error:
            raise SinkStopped(str(error)) from None

    def write(self, records: Sequence[Record]) -> list[Outcome]:
        """Write what is new; `Later` for all when the brokers do not take it."""
        changes = [worth_telling(record, self._told) for record in records]
        new = [change for change in changes if isinstance(change, Change)]
        late = self._send([Outgoing(msgspec.json.encode(change), key_of(change.name)) for change in new])
        if late:
            return [late for _ in records]
        for change in new:
            self._told[change.name] = told_by(change)
        return [change if isinstance(change, Refused) else Written() for change in changes]

    def erase(self, ids: Sequence[str]) -> list[Erasure]:
        """Take back what these keys stand for; `Later` for who is there when the brokers do not take it."""
        names = [name_of(id_) for id_ in ids]
        held = self._told.keys() & set(names)
        done: Erasure = self._send([Outgoing(None, key_of(name)) for name in held]) or Erased()
        if isinstance(done, Erased):
            self._told = {name: told for name, told in self._told.items() if name not in held}
        return [done if name in held else NotThere() for name in names]

    def close(self) -> None:
        """Leave the cluster."""
        self._writer.close()

    def _send(self, messages: Sequence[Outgoing]) -> Later | None:
        try:
            self._writer.write(messages)
        except KafkaUnavailable as error:
            return Later(RETRY_S, str(error))
        except KafkaRefused as error:
            raise SinkStopped(str(error)) from None
        return None

    def _read_back(self, access: KafkaAccess, topic: str) -> None:
        """Remember each subject's last message."""
        by_key: dict[bytes, Change] = {}
        for message in contents(access, topic):
            key, value = message.key() or b"", message.value()
            if value is None:
                by_key.pop(key, None)
            else:
                by_key[key] = read(value, f"topic {topic} offset {message.offset()}")
        self._told = {change.name: told_by(change) for change in by_key.values()}


def key_of(name: Name) -> bytes:
    """The key of a subject's messages.

    >>> key_of(("contact", "email", "ann@acme.com"))
    b'email:ann@acme.com'
    """
    _, key_type, key = name
    return f"{key_type}:{key}".encode()
