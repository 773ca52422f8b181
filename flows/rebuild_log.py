"""Whether a log is the one that the live flow reads: a rebuild from another one would lose what is not in it."""

from collections.abc import Iterable, Mapping

from confluent_kafka.admin import OffsetSpec

from config.settings import Settings
from flows.exits import Problem
from operators.statements import TOPIC
from sources.jsonl_files import find_logs, packing_of
from sources.kafka_topics import Topics
from sources.log_source import WRITTEN
from state.kafka_cluster import Cluster, partitions_of
from state.store import Checkpoint, Position

NAMED = 3
"""So many logs are named where several have something wrong with them."""


def reached(checkpoints: Mapping[str, list[Checkpoint]]) -> dict[str, Position]:
    """How far the event logs were read, by partition."""
    return {name: history[-1].position for name, history in checkpoints.items() if not name.startswith(WRITTEN)}


def identity(partition: str) -> str:
    """What a log is known by, whatever it is called: files are rotated, packed and moved.

    >>> identity("june/events.jsonl#5f3c0a91"), identity("kafka:events[3]#EbxqULffQDOHe7m80Y22_Q")
    ('5f3c0a91', 'kafka:events[3]#EbxqULffQDOHe7m80Y22_Q')
    """
    return partition if partition.startswith("kafka:") else partition.rpartition("#")[2]


def by_identity(positions: Mapping[str, Position]) -> dict[str, Position]:
    """Positions by what logs are known by; of two logs that begin alike the one that was read further."""
    found: dict[str, Position] = {}
    for name, position in positions.items():
        found[identity(name)] = max(position, found.get(identity(name), 0))
    return found


def require_whole(settings: Settings, live: Mapping[str, Position], *, incomplete: bool) -> None:
    """Raises `Problem` when the log of the settings has not all that the live flow has read, unless that may be.

    Raises what reading raises, too.
    """
    log = f"Kafka at {settings.kafka}" if settings.kafka else f"{settings.log}"
    sizes = _topics(settings) if settings.kafka else _files(settings)
    missing = [name for name in live if identity(name) not in sizes]
    if len(missing) == len(live):
        raise Problem(f"the score flow has read nothing of {log}: give --rebuild what `leadstream score` was given")
    lacking = [name for name, position in live.items() if sizes.get(identity(name), position) < position]
    if incomplete:
        return
    if missing:
        raise Problem(
            f"{log} lacks {len(missing)} of the {len(live)} logs that the score flow has read ({_named(missing)}), and "
            "a rebuild would lose what happened there: bring them back, or accept that with --incomplete"
        )
    if lacking:
        raise Problem(shorter(lacking))
    if settings.kafka and settings.since is None:
        _require_from_the_start(settings)


def shorter(names: Iterable[str]) -> str:
    """The sentence for logs that end before what the live flow has read of them."""
    return (
        f"{_named(names)}: the log ends before what the score flow has read of it, so it is another one or was cut: "
        "bring back all of it, or accept with --incomplete that the rest is lost"
    )


def _files(settings: Settings) -> dict[str, int]:
    """What the logs are known by, and their lengths; how long a packed one is nobody knows before it is read."""
    assert settings.log is not None
    logs = find_logs(settings.log, follow=True)
    return {identity(log.partition): 1 << 62 if packing_of(log.path) else log.path.stat().st_size for log in logs}


def _topics(settings: Settings) -> dict[str, int]:
    return _offsets(settings, OffsetSpec.latest())


def _require_from_the_start(settings: Settings) -> None:
    deleted = [name for name, first in _offsets(settings, OffsetSpec.earliest()).items() if first]
    if deleted:
        raise Problem(
            f"{_named(deleted)}: the topic's retention has deleted its first events, which a rebuild would lose: give "
            "--from TIME if the score flow began there, or accept that with --incomplete"
        )


def _offsets(settings: Settings, which: OffsetSpec) -> dict[str, int]:
    cluster = Cluster(settings.kafka_access())
    found = Topics(cluster, settings.topics, (TOPIC,)).found
    return cluster.offsets(partitions_of(found, (0, 1)), which)


def _named(names: Iterable[str]) -> str:
    shown = sorted({name.rpartition("#")[0] for name in names})
    more = f" and {len(shown) - NAMED} more" if len(shown) > NAMED else ""
    return ", ".join(shown[:NAMED]) + more
