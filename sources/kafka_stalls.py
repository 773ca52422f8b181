"""Partitions that give nothing although there is more.

Brokers that were short of everything have been seen to leave a reader so, connected and without an error, for good.
"""

from collections.abc import Mapping
from concurrent.futures import Future

from confluent_kafka.admin import ListOffsetsResultInfo, OffsetSpec

from state.clock import wall_clock
from state.kafka_cluster import Cluster, Partition
from state.kafka_trouble import KafkaUnavailable

STALLED_MS = 30_000


class Stalls:
    """Finds them, by asking brokers from time to time how far partitions reach. It never waits for the answers."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._asked: dict[Partition, Future[ListOffsetsResultInfo]] = {}
        self._looked = wall_clock()
        self._stood: dict[Partition, tuple[int, int]] = {}
        self._told: dict[Partition, int] = {}

    def found(self, positions: Mapping[Partition, int]) -> list[Partition]:
        """Those that stand where they stood `STALLED_MS` ago, when they already reached further.

        To be asked when nothing that was fetched is left. Each is found once for the same end: behind the last message
        there may be offsets without any, of transactions that were given up.
        """
        if self._asked:
            self._take(positions)
            return []
        if wall_clock() - self._looked < STALLED_MS:
            return []
        ends = {one: end for one, (at, end) in self._stood.items() if positions.get(one) == at < end}
        stalled = [one for one, end in ends.items() if self._told.get(one) != end]
        self._told |= ends
        self._asked = self._cluster.ask_offsets([*positions], OffsetSpec.latest())
        return stalled

    def _take(self, positions: Mapping[Partition, int]) -> None:
        """Note where partitions stand and end, when all answers are there."""
        if not all(answer.done() for answer in self._asked.values()):
            return
        asked, self._asked, self._looked = self._asked, {}, wall_clock()
        try:
            ends = {one: self._cluster.offset_in(answer) for one, answer in asked.items()}
        except KafkaUnavailable:  # the next time, then
            ends = {}
        self._stood = {one: (positions[one], end) for one, end in ends.items()}
