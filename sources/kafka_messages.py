"""The messages of Kafka topics: one consumer that is assigned its partitions, without a group's balancing.

librdkafka connects and tries again by itself. We wait meanwhile, say so once, and stop for what will not pass.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import OffsetSpec

from config.kafka import KafkaAccess
from sources.kafka_stalls import STALLED_MS, Stalls
from sources.kafka_start import Span, begin, require_all, require_kept
from sources.kafka_topics import Topics
from sources.log_error import LogChanged
from state.kafka_cluster import Cluster, Partition, partitions_of, refused
from state.kafka_trouble import KafkaRefused, KafkaUnavailable, refusal, words
from state.rewind import Reached

AT_ONCE = 20_000
"""Messages at most: the more at once, the less each stage pays per event."""
HELD_KBYTES = 32_768
"""What the client fetches ahead."""
HARMLESS = {KafkaError.GROUP_AUTHORIZATION_FAILED}
"""We need no group."""

Place = tuple[str, int]
Run = tuple[Partition, int, list[Message]]
"""A partition, where its reading stood, and the messages that came next, of which there is at least one."""


class KafkaPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What to read: `topics`, and those that may come `later`; the partitions that are this worker's `share` (k of n).

    `reached` says how far earlier runs came, by partition; else reading begins `since` a time (ms), else at the
    beginning. `until_end`: what is there now is all. `within` names the only partitions to read, with the offsets to
    begin and to end at, which were found out before; so many `readers` share the memory for what is fetched ahead.
    """

    topics: tuple[str, ...]
    later: tuple[str, ...] = ()
    share: tuple[int, int] = (0, 1)
    reached: Mapping[str, Reached] = {}
    since: int | None = None
    until_end: bool = False
    within: Mapping[str, Span] = {}
    readers: int = 1


class KafkaMessages:
    """Runs of messages. Raises `KafkaRefused`, `LogError` and, on opening, `KafkaUnavailable`."""

    def __init__(
        self, access: KafkaAccess, plan: KafkaPlan, say: Callable[[str], None], cluster: Cluster | None = None
    ) -> None:
        self._plan = plan
        self._say = say
        self._access = access
        self._cluster = cluster or Cluster(access)
        self._stalls = Stalls(self._cluster)
        self._topics = Topics(self._cluster, plan.topics, plan.later)
        self._partitions: dict[Place, Partition] = {}
        self._next: dict[Place, int] = {}
        self._ends: dict[Place, int] = {}
        self._latest: dict[str, int] = {}
        """The ends that partitions had when they were opened: a consumer knows none before it was sent something."""
        self._refused: KafkaRefused | KafkaUnavailable | None = None
        self.skipped: list[tuple[Partition, int]] = []
        """Where reading began behind what earlier runs had noted, since nothing is there any more."""
        self._left: dict[str, int] | None = None
        self.waiting = False
        self.troubles = 0
        """How often something went wrong that passes by itself."""
        self._consumer = self._connected()
        self._add(self._wanted())

    @property
    def at_end(self) -> bool:
        """All that was there at the start was given, and it was to be read until then."""
        return self._plan.until_end and not self._ends

    def read(self, most: int = AT_ONCE, wait_s: float = 0.0) -> Iterator[Run]:
        """What has come since the last time; waits so long at most for as many."""
        if self.at_end:
            return
        self._look_again()
        messages = self._consumer.consume(most, wait_s)
        if self._refused:
            raise self._refused
        if not messages:
            self._revive()
        for place, run in groupby(messages, _place):
            good = [message for message in run if self._is_good(message)]
            if good:
                yield self._partitions[place], self._moved(place, good), good

    def behind(self) -> dict[str, int]:
        """How many offsets are ahead, by partition, as far as the brokers have told; does not ask them."""
        if self._left is not None:
            return self._left
        return {one.name: max(self._end(one) - self._next[place], 0) for place, one in self._partitions.items()}

    def close(self) -> None:
        """Leave the cluster. Closing again does no harm."""
        self._left = self.behind()
        self._consumer.close()

    def _connected(self) -> Consumer:
        settings = {
            **self._access.client(),
            "group.id": "leadstream",  # the client wants one; nobody balances in it, and nothing is noted there
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": self._plan.until_end,
            "topic.metadata.refresh.fast.interval.ms": 10,  # else what is assigned waits a second for its leader
            "queued.max.messages.kbytes": max(HELD_KBYTES // self._plan.readers, 1),
            "fetch.queue.backoff.ms": 10,  # else it pauses for a second whenever so much is held
        }
        try:
            return Consumer(settings, error_cb=self._hear)
        except KafkaException as error:
            raise refused(error) from None

    def _wanted(self) -> list[Partition]:
        """The partitions that are there, as far as they are to be read. Raises `LogChanged` for one that is missing."""
        found = partitions_of(self._topics.found, self._plan.share)
        if not self._plan.within:
            return found
        if missing := set(self._plan.within) - {one.name for one in found}:
            raise LogChanged(
                f"{min(missing)} is gone: its topic was deleted meanwhile; start again with what is there now"
            )
        return [one for one in found if one.name in self._plan.within]

    def _add(self, partitions: list[Partition]) -> None:
        """Read these too."""
        starts = self._starts(partitions)
        for one in partitions:
            place = one.topic.name, one.number
            self._partitions[place], self._next[place] = one, starts[one.name]
        if partitions:
            self._assign({(one.topic.name, one.number): starts[one.name] for one in partitions})

    def _assign(self, positions: Mapping[Place, int]) -> None:
        self._consumer.incremental_assign([TopicPartition(*place, at) for place, at in positions.items()])

    def _starts(self, partitions: list[Partition]) -> dict[str, int]:
        """Where to begin in each, noting where it ends if that is to be the end."""
        spans = self._spans(partitions)
        self._latest |= {name: span.latest for name, span in spans.items()}
        asked: dict[str, int] = {}
        if self._plan.since is not None:
            asked = self._cluster.offsets(partitions, OffsetSpec.for_timestamp(self._plan.since))
            asked = {name: spans[name].latest if at < 0 else at for name, at in asked.items()}
        starts = {}
        for one in partitions:
            span, reached = spans[one.name], self._plan.reached.get(one.name)
            if fixed := self._plan.within.get(one.name):
                require_all(one.name, span, fixed, fixed.earliest)
                span = fixed
            starts[one.name] = at = begin(one.name, span, reached, asked.get(one.name))
            if reached and at > reached.newest:
                self._say(
                    f"{one.name}: {at - reached.newest} offsets are gone unread; going on at {at}, as --from says"
                )
            if reached and at > reached.at:
                self.skipped.append((one, at))
            if self._plan.until_end and at < span.latest:
                self._ends[one.topic.name, one.number] = span.latest
        return starts

    def _spans(self, partitions: list[Partition]) -> dict[str, Span]:
        first = self._cluster.offsets(partitions, OffsetSpec.earliest())
        last = self._cluster.offsets(partitions, OffsetSpec.latest())
        return {name: Span(first[name], last[name]) for name in first}

    def _look_again(self) -> None:
        """New partitions, and topics that were to come later. Without an answer it is asked again later."""
        if self._plan.until_end or not self._topics.look_again():
            return
        self._add([
            one
            for one in self._wanted()
            if (one.topic.name, one.number) not in self._partitions
        ])  # fmt: skip

    def _is_good(self, message: Message) -> bool:
        """Whether it is a message, not news of trouble."""
        error = message.error()
        if error is None:
            return self._is_before_the_end(_place(message), message.offset() or 0)
        if error.code() == KafkaError._PARTITION_EOF:
            self._came_to(_place(message), message.offset() or 0)
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:
            self._out_of_range(_place(message))
        else:
            self._hear(error)
        return False

    def _is_before_the_end(self, place: Place, offset: int) -> bool:
        """Whether it was there at the start, if that is what counts."""
        if not self._plan.until_end:
            return True
        self._came_to(place, offset)
        return place in self._ends

    def _moved(self, place: Place, run: list[Message]) -> int:
        """Where reading of the place stood before this run."""
        if self.waiting:
            self.waiting = False
            self._say("Kafka answers again")
        before = self._next[place]
        self._next[place] = (run[-1].offset() or 0) + 1
        self._came_to(place, self._next[place])
        return before

    def _end(self, one: Partition) -> int:
        place = TopicPartition(one.topic.name, one.number)
        _, end = self._consumer.get_watermark_offsets(place, cached=True)
        return max(end, self._latest[one.name])

    def _came_to(self, place: Place, offset: int) -> None:
        if self._ends.get(place, offset + 1) <= offset:
            del self._ends[place]

    def _out_of_range(self, place: Place) -> None:
        """The offset that comes next is not there; raises what that means."""
        partition, at = self._partitions[place], self._next[place]
        name, span = partition.name, self._spans([partition])[partition.name]
        if fixed := self._plan.within.get(name):
            require_all(name, span, fixed, at)
        else:
            begin(name, span, Reached(at, at))
            require_kept(name, span, at)
        self._consumer.incremental_unassign([TopicPartition(*place)])  # it is there after all: go on with it
        self._consumer.incremental_assign([TopicPartition(*place, at)])

    def _revive(self) -> None:
        """Go on with another consumer when this one gives nothing of what there is."""
        stalled = self._stalls.found({one: self._next[place] for place, one in self._partitions.items()})
        if stalled:
            self.troubles += 1
            names = ", ".join(sorted(one.name for one in stalled))
            self._say(f"{names} gave nothing for {STALLED_MS / 1000:g} s, and is not at its end; connecting anew")
            self._consumer.close()
            self._consumer = self._connected()
            self._assign(self._next)

    def _hear(self, error: KafkaError) -> None:
        """Trouble: what needs a person stops the next read, all else is waited for."""
        if error.code() in HARMLESS:
            return
        if error.fatal():
            self._refused = KafkaUnavailable(f"Kafka's client cannot go on: {words(error)}")
        self._refused = self._refused or refusal(error)
        self.troubles += 1
        if error.code() == KafkaError._ALL_BROKERS_DOWN and not self.waiting:
            self.waiting = True
            self._say(f"Kafka at {self._access.servers} does not answer ({words(error)}); waiting for it")


def _place(message: Message) -> Place:
    return message.topic() or "", message.partition() or 0
