"""Writing to Kafka so that nothing is lost in silence: every message's delivery is waited for and looked at."""

import time
from collections.abc import Iterable

import msgspec
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from config.kafka import KafkaAccess
from state.kafka_cluster import refused, unavailable
from state.kafka_trouble import refusal

DEADLINE_S = 20.0
"""Brokers may restart within that time; a flow that says nothing for longer counts as hung."""
IN_TIME = {KafkaError._MSG_TIMED_OUT, KafkaError._TIMED_OUT}
LARGEST = 8_388_608
"""Bytes of a message before it is packed, as far as we are concerned; the topic has its own limit."""


class Outgoing(msgspec.Struct, frozen=True):
    """A message to be. Without a value it takes back, in a compacted topic, what its key stood for."""

    value: bytes | None
    key: bytes | None = None
    headers: dict[str, str | bytes | None] = {}


class KafkaWriter:
    """Writes to one topic: acknowledged by all replicas in sync, each message once, in order within a partition.

    Raises `KafkaRefused`, and `KafkaUnavailable` when brokers do not take it in time.
    """

    def __init__(self, access: KafkaAccess, topic: str, deadline_s: float = DEADLINE_S) -> None:
        self._servers = access.servers
        self._topic = topic
        self._deadline_s = deadline_s
        self._failed: list[KafkaError] = []
        self._heard: KafkaError | None = None
        settings = {
            **access.client(),
            "enable.idempotence": True,
            "acks": "all",
            "linger.ms": 1,
            "compression.type": "lz4",
            "message.max.bytes": LARGEST,
            "message.timeout.ms": int(deadline_s * 1000),
            "topic.metadata.propagation.max.ms": int(deadline_s * 500),  # then a topic that is not there is missing
        }
        try:
            self._producer = Producer(settings, error_cb=self._hear)
        except KafkaException as error:
            raise refused(error) from None

    def write(self, messages: Iterable[Outgoing]) -> None:
        """All of them are in the topic when this returns; when it raises, some may be."""
        self._failed.clear()
        until = time.monotonic() + self._deadline_s
        for message in messages:
            self._produce(message, until)
        left = self._producer.flush(max(until - time.monotonic(), 0) + 1.0)  # the client gives up on its own before
        if left or self._failed:
            raise self._trouble(self._failed[-1] if self._failed else KafkaError(KafkaError._TIMED_OUT))

    def close(self) -> None:
        """Forget what was not written."""
        self._producer.purge()
        self._producer.flush(0)

    def _produce(self, message: Outgoing, until: float) -> None:
        while True:
            try:
                self._producer.produce(
                    self._topic, message.value, message.key, headers=message.headers, on_delivery=self._delivered
                )
                return
            except BufferError:  # it holds as many as it may: wait until some are delivered
                if time.monotonic() > until:
                    raise self._trouble(KafkaError(KafkaError._TIMED_OUT)) from None
                self._producer.poll(0.1)
            except KafkaException as error:
                raise self._trouble(error.args[0]) from None

    def _delivered(self, error: KafkaError | None, message: Message) -> None:  # noqa: ARG002  the client's signature
        if error is not None:
            self._failed.append(error)

    def _hear(self, error: KafkaError) -> None:
        """What goes wrong in connections says why nothing is delivered."""
        if error.code() != KafkaError._ALL_BROKERS_DOWN:
            self._heard = error

    def _trouble(self, error: KafkaError) -> Exception:
        why = self._heard if self._heard and error.code() in IN_TIME else error
        return refusal(why, f"topic {self._topic}") or unavailable(self._servers, why)
