"""Which topics there are, and how many partitions they have by now."""

from collections.abc import Sequence
from concurrent.futures import Future

from confluent_kafka.admin import TopicDescription

from sources.log_error import LogChanged
from state.clock import wall_clock
from state.kafka_cluster import Cluster, Topic
from state.kafka_trouble import KafkaRefused, KafkaUnavailable

LOOK_AGAIN_MS = 5_000


class Topics:
    """Topics that must be there, and some that may come later."""

    def __init__(self, cluster: Cluster, names: Sequence[str], later: Sequence[str]) -> None:
        """Raises `KafkaRefused` when one is missing, and `KafkaUnavailable`."""
        self._cluster = cluster
        self._names = tuple(names)
        self._all = tuple(dict.fromkeys((*names, *later)))
        self._asked: dict[str, Future[TopicDescription]] = {}
        self._looked = wall_clock()
        self.found: list[Topic] = []
        self._take(cluster.describe(self._all))

    def look_again(self) -> bool:
        """Whether there is news in `found`. It asks from time to time, and never waits for the answers."""
        if not self._asked and wall_clock() - self._looked >= LOOK_AGAIN_MS:
            self._asked = self._cluster.describe(self._all)
        if not self._asked or not all(answer.done() for answer in self._asked.values()):
            return False
        answers, self._asked, self._looked = self._asked, {}, wall_clock()
        before = self.found
        try:
            self._take(answers)
        except KafkaUnavailable:  # the next time, then
            self.found = before
        return self.found != before

    def _take(self, answers: "dict[str, Future[TopicDescription]]") -> None:
        known = {topic.name: topic for topic in self.found}
        found = {name: self._cluster.topic_in(answer) for name, answer in answers.items()}
        missing = [name for name in self._names if found[name] is None]
        if missing:
            raise KafkaRefused(f"there is no topic {', '.join(missing)}: create it, or name another with --topic")
        self.found = [topic for topic in found.values() if topic]
        for topic in self.found:
            if topic.name in known and topic.id != known[topic.name].id:
                raise LogChanged(f"topic {topic.name} was deleted and made anew: start again to read the new one")
