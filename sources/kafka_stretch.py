"""What to read of Kafka's topics, once and for all: the same offsets however often, and however the topics grow."""

import msgspec

from config.kafka import KafkaAccess
from sources.kafka_start import Span
from state.moment import iso


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Topics `since` a time and `until` another (ms; the messages' Kafka timestamps), and those that may be missing."""

    access: KafkaAccess
    topics: tuple[str, ...]
    optional: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None

    def __str__(self) -> str:
        """
        >>> str(Wanted(access=KafkaAccess(), topics=("web", "product"), since=1_780_272_000_000))
        'web, product (Kafka) from 2026-06-01T00:00:00Z'
        """
        times = (("from", self.since), ("until", self.until))
        return " ".join([f"{', '.join(self.topics)} (Kafka)", *(f"{word} {iso(at)}" for word, at in times if at)])

    def nothing(self, *, empty: bool) -> str:
        """The sentence for topics without events, or without any of those times.

        >>> Wanted(access=KafkaAccess(), topics=("web",)).nothing(empty=True)
        'web (Kafka) is empty: name a topic that has events with --topic'
        """
        if empty:
            return f"{', '.join(self.topics)} (Kafka) is empty: name a topic that has events with --topic"
        return f"{self}: no event has a Kafka timestamp in that time; name another with --from and --until"


class Stretch(msgspec.Struct, frozen=True):
    """Part of a partition (by its name): from `span.earliest` up to the offset before `span.latest`."""

    topic: str
    partition: str
    span: Span

    def __len__(self) -> int:
        """How many offsets."""
        return self.span.latest - self.span.earliest


class Range(msgspec.Struct, frozen=True):
    """Stretches of one cluster."""

    access: KafkaAccess
    stretches: tuple[Stretch, ...]
