"""Kafka's topics as the logs of a replay."""

from collections.abc import Iterator
from functools import partial

from flows.replay.outline import Log
from sources.kafka_range import StretchReader
from sources.kafka_stretch import Range, Stretch
from sources.log_error import LogError
from state.batch import Batch
from state.kafka_trouble import KafkaRefused, KafkaUnavailable


def topics_in(found: Range) -> list[Log]:
    """A log for each stretch; each is read by a consumer of its own, and holds that until it is read."""
    reader = StretchReader(found.access, len(found.stretches))
    return [Log(one.partition, partial(_batches, reader, one), len(one)) for one in found.stretches]


def _batches(reader: StretchReader, stretch: Stretch) -> Iterator[Batch]:
    """Trouble with Kafka is trouble with the log, whoever reads it."""
    try:
        yield from reader.batches(stretch)
    except (KafkaRefused, KafkaUnavailable) as error:
        raise LogError(str(error)) from None
