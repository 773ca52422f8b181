"""The logs of a plan: files, or what was fixed of Kafka's topics."""

from functools import partial

from flows.replay.outline import Log, batches
from flows.replay.plan import Plan
from sources.jsonl_files import find_logs
from sources.kafka_stretch import Range, Wanted


def fixed_now(wanted: Wanted | None) -> Range | None:
    """What there is now of what is wanted of Kafka; from here on it stays the same. Raises as `fixed` does."""
    if wanted is None:
        return None
    from sources.kafka_range import fixed  # noqa: PLC0415  a replay of files loads no client of anything

    return fixed(wanted)


def logs_of(plan: Plan) -> list[Log]:
    """All of them. Raises `LogError`."""
    if plan.kafka:
        from flows.replay.topics import topics_in  # noqa: PLC0415  as above

        return topics_in(plan.kafka)
    return [Log(log.name, partial(batches, log)) for log in find_logs(plan.log)]
