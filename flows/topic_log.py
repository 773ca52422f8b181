"""The event log on Kafka: topics of events, of statements, and of what the flow tells itself; see `EventLog`."""

from collections.abc import Mapping

from bytewax.outputs import DynamicSink

from config.settings import Settings
from flows.notices import Notice, note
from operators.statements import TOPIC
from sinks.dead_letter_topic import DeadLetterTopicSink
from sinks.dead_letters import DeadLetterSink, Nowhere
from sinks.identity_topic import IdentityTopicSink
from sources.kafka import KafkaLog
from sources.kafka_group import GroupOffsets
from sources.kafka_messages import KafkaPlan
from sources.kafka_topics import Topics
from sources.log_source import WRITTEN, Lines
from sources.logs import Share
from state.event import DeadLetter
from state.kafka_cluster import FOREVER, Cluster
from state.parcel import Parcel
from state.rewind import Reached

WAIT_S = 0.2


class TopicLog:
    """Events from the topics that the settings name, and from that of statements once there is one."""

    def __init__(self, settings: Settings, generation: int) -> None:
        self._settings = settings
        self._access = settings.kafka_access()
        self._identity = identity_topic(settings, generation)
        self._group = GroupOffsets(self._access, settings.namespace) if settings.generation is None else None
        """People look at the lag of the flow that is live; a rebuild tells its own."""

    def begin(self) -> None:
        """Make the topics to write to, unless they are there."""
        cluster = Cluster(self._access)
        cluster.create(self._identity, FOREVER, partitions=1)
        if self._settings.dead_letter_topic:
            cluster.create(self._settings.dead_letter_topic, {})

    def events(self, positions: Mapping[str, Reached], share: Share, now: int | None) -> Lines:  # noqa: ARG002  no time-lapse on Kafka
        """See `EventLog`."""
        settings = self._settings
        plan = KafkaPlan(
            topics=tuple(settings.topics), later=(TOPIC,), share=share, reached=positions, since=settings.since,
            until_end=settings.until_end,
        )  # fmt: skip
        return KafkaLog(self._access, plan, _say)

    def written(self, positions: Mapping[str, Reached]) -> Lines:
        """See `EventLog`."""
        return KafkaLog(self._access, self._plan(positions, until_end=False), _say)

    def has_facts(self, positions: Mapping[str, Reached]) -> bool:
        """See `EventLog`."""
        unread = KafkaLog(self._access, self._plan(positions, until_end=True), _say)
        found = False
        while not (found or unread.at_end):
            batch = unread.read(wait_s=WAIT_S)
            found = batch is not None and bool(batch.lines)
        unread.close()
        return found

    def proven(self, positions: Mapping[str, int]) -> None:
        """Note it in the group, for people who look at lag."""
        if self._group:
            self._group.note({name.removeprefix(WRITTEN): at for name, at in positions.items()})

    def close(self) -> None:
        """See `EventLog`."""
        if self._group:
            self._group.close()

    def dead_letters(self) -> DynamicSink[DeadLetter]:
        """See `EventLog`."""
        if self._settings.generation is not None:
            return Nowhere()
        topic = self._settings.dead_letter_topic
        return DeadLetterTopicSink(self._access, topic) if topic else DeadLetterSink(self._settings.data)

    def facts(self) -> DynamicSink[Parcel]:
        """See `EventLog`."""
        return IdentityTopicSink(self._access, self._identity)

    def _plan(self, positions: Mapping[str, Reached], *, until_end: bool) -> KafkaPlan:
        own = {name.removeprefix(WRITTEN): one for name, one in positions.items() if name.startswith(WRITTEN)}
        return KafkaPlan(topics=(self._identity,), reached=own, until_end=until_end)


def require_topics(settings: Settings) -> None:
    """Raises `KafkaRefused` when a topic of events is missing, and `KafkaUnavailable`."""
    Topics(Cluster(settings.kafka_access()), settings.topics, ())


def identity_topic(settings: Settings, generation: int) -> str:
    """The topic of what the flow tells itself: one for each generation of a namespace."""
    first = settings.identity_topic or f"{settings.namespace}-identity"
    return f"{first}-{generation}" if generation else first


def _say(text: str) -> None:
    note(Notice("source", text))
