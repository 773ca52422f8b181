"""What of Kafka a command reads that reads it once, from its flags."""

import typer

from config.settings import Settings
from flows.exits import Problem
from operators.statements import TOPIC
from sources.kafka_stretch import Wanted


def wanted_of(context: typer.Context, settings: Settings, *others: object, one_of: str) -> Wanted | None:
    """The topics to read; None when one of the `others` is what was asked for.

    Brokers that the environment names are for when nothing else is. Raises `Problem` unless one thing was asked for,
    which `one_of` says.
    """
    source = context.get_parameter_source("kafka")
    asked = sum(map(bool, others)) + (source is not None and source.name == "COMMANDLINE")
    if asked > 1 or not (asked or settings.kafka):
        raise Problem(one_of)
    times = [at for at in (settings.since, settings.until) if at is not None]
    if any(others):
        if times:
            raise Problem(
                "--from and --until are for a range of Kafka's topics: leave them out, or give --kafka instead"
            )
        return None
    if len(times) == 2 and times[0] >= times[1]:
        raise Problem("--until is not later than --from: nothing lies between them")
    return Wanted(
        access=settings.kafka_access(), topics=tuple(settings.topics), optional=(TOPIC,), since=settings.since,
        until=settings.until,
    )  # fmt: skip
