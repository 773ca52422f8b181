"""`leadstream score`, `deliver` and `run`: starting flows."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from config.settings import Settings
from flows import kafka_options, options
from flows.command import takes
from flows.delivery_run import Delivered
from flows.demo import Demo
from flows.exits import Problem
from flows.group import place_of
from flows.incarnation import begin_again
from flows.launcher import Launcher
from flows.metrics.alarms import Alarms
from flows.metrics.server import served_if_asked
from flows.metrics.watch import Watch
from flows.models import model_of
from flows.notices import VOICE, Notice, about, note
from flows.progress import Progress
from flows.quiet import quiet_hint
from flows.scoring_run import Report
from flows.stores import connection, revive, server
from flows.topic_log import require_topics
from sources.jsonl_files import find_logs
from sources.logs import require_lines
from state.moment import milliseconds
from state.store import NotBegun

SAMPLE = Path("sample/events.jsonl.zst")
DAY_A_SECOND = 86_400.0
LIVE_EPOCH_MS = 250
CATCHING_UP_EPOCH_MS = 5_000
"""Nobody waits for a finished log's scores second by second: with longer epochs a subject is evaluated less often."""
CATCHING_UP_BUNDLE = 12
"""Batches of such a log that are taken together: what they say of one identifier is told it at once."""


@takes(
    options.READING,
    kafka_options.ACCESS,
    kafka_options.EVENTS,
    kafka_options.WRITTEN,
    options.LIMITS,
    options.FORGETTING,
    options.TRUST,
    options.MODEL,
    options.PROCESSES,
    options.STATE,
    options.SHARDS,
    options.SEEN,
)
def score(
    log: Annotated[
        Path | None,
        typer.Argument(help="JSONL file, or a folder of them; .gz and .zst too. Or --kafka.", show_default=False),
    ] = None,
    start_over: options.StartOver = False,
    speed: options.Speed = 0.0,
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """The live flow: reads event logs, keeps everybody's score in Redis, says who has to be told.

    It follows growing logs until Ctrl-C; `--until-end` reads finished ones. Started again, it goes on where it was.
    Lines that cannot be used are in `dead-letters.jsonl` in the data folder, each with the reason.

    Examples: `leadstream score events/`, `leadstream score june.jsonl.zst --until-end --log-time`,
    `leadstream score events/ --workers 4 --redis redis://localhost:6379/0 --model ours.toml`,
    `leadstream score --kafka localhost:9092 --topic events --from 2026-06-01`
    """
    catching_up = settings.until_end and not speed
    settings = msgspec.structs.replace(
        settings, log=log, speed=speed * DAY_A_SECOND,
        epoch_ms=CATCHING_UP_EPOCH_MS if catching_up else LIVE_EPOCH_MS,
        bundle=CATCHING_UP_BUNDLE if catching_up else 1,
    )  # fmt: skip
    _require_places(settings)
    model_of(settings)
    _require_log(settings)
    raise typer.Exit(_launch("score", settings, Progress(Report, sys.stderr), json=json, start_over=start_over))


def _require_log(settings: Settings) -> None:
    """Raises `Problem`, `LogError` or what is wrong with Kafka when there is nothing to read."""
    if (settings.log is None) == (not settings.kafka):
        raise Problem("name a LOG to read, or the brokers with --kafka HOST:PORT; one of the two")
    if settings.kafka and settings.speed:
        raise Problem("--speed plays logs that are files; leave it out with --kafka")
    if settings.kafka:
        require_topics(settings)
    elif settings.log and settings.until_end:
        require_lines(settings.log)
    elif settings.log:
        find_logs(settings.log, follow=True)


def _require_places(settings: Settings) -> None:
    """Raises `Problem` when the processes that start here are not among those of the group."""
    named = len(place_of(settings).addresses)
    if (named or settings.process) and settings.process + settings.workers > named:
        raise Problem(
            f"--process {settings.process} --workers {settings.workers} does not fit into --addresses, which names "
            f"{named}: give the address of every process of the group, on all machines, in the same order"
        )


@takes(options.SINKS, kafka_options.ACCESS, kafka_options.CHANGES, options.MODEL, options.STATE, options.SEEN)
def deliver(
    until_empty: Annotated[bool, typer.Option("--until-empty", help="End when nobody waits to be written.")] = False,
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """The deliver flow: writes what changed to the CRM, most important first, until Ctrl-C.

    It reads who waits, evaluates them now and writes only what a sink does not know yet, so nothing stale is ever
    written and starting it again costs nothing.

    Examples: `leadstream deliver --changes changes.jsonl`,
    `LEADSTREAM_HUBSPOT_TOKEN=… leadstream deliver --create-companies`
    """
    settings = msgspec.structs.replace(settings, until_end=until_empty)
    model_of(settings)
    if settings.changes_topic and not settings.kafka:
        raise Problem("--changes-topic needs the brokers: --kafka HOST:PORT")
    if not (settings.names_hubspot or settings.changes or settings.changes_topic):
        raise Problem(
            "deliver has nowhere to write: give --hubspot-token (or LEADSTREAM_HUBSPOT_TOKEN), --changes, or "
            "--kafka and --changes-topic"
        )
    raise typer.Exit(_launch("deliver", settings, Progress(Delivered, sys.stderr), json=json))


def run(
    log: Annotated[Path, typer.Argument(help="The log to play.")] = SAMPLE,
    speed: Annotated[float, typer.Option(min=0.01, max=10_000, help="Days of the log per second.")] = 1.0,
    port: Annotated[int, typer.Option(help="Port of the CRM's page; 0 takes a free one.")] = 8090,
    model: options.ModelFile = None,
    exit_at_end: Annotated[bool, typer.Option("--exit", help="End after the summary; the pages go too.")] = False,
) -> None:
    """The demo: four months of a company's traffic in time-lapse, through the real flows, into a simulated CRM.

    Everything is real but the CRM: the dataflow, a Redis-protocol server, the HubSpot API. It ends in a summary; the
    CRM's pages stay up until Ctrl-C.

    Examples: `leadstream run`, `leadstream run --speed 5 --exit`
    """
    if log == SAMPLE and not log.exists():
        raise Problem(f"{SAMPLE} is not here: go to the folder of the repository, or name a log (leadstream run LOG)")
    settings = Settings(log=log, speed=speed * DAY_A_SECOND, until_end=True, model=model)
    model_of(settings)
    require_lines(log)
    raise typer.Exit(Demo(settings, port, stay=not exit_at_end).run())


def _counts(progress: Progress) -> dict[str, int]:
    """The numbers of the last report."""
    last = progress.last
    numbers = msgspec.structs.asdict(last).items() if last else ()
    return {name: value for name, value in numbers if type(value) is int and name != "process"}


def _tell_of_dead_letters(settings: Settings, progress: Progress) -> None:
    """For people; machines have been told, and count them."""
    if VOICE.form == "human" and isinstance(progress.last, Report) and (dead := progress.last.dead):
        where = f"topic {topic}" if (topic := settings.dead_letter_topic) else settings.data / "dead-letters.jsonl"
        note(
            Notice(
                "dead_letters", f"{dead:,} lines could not be used; {where} has each with the reason", {"dead": dead}
            )
        )


def _hint_at_the_past(settings: Settings, progress: Progress) -> None:
    """Scores as of now of a log that ended long ago tell nobody anything."""
    last = progress.last
    if settings.until_end and isinstance(last, Report) and last.done and last.latest:
        hint = quiet_hint(milliseconds(last.latest), milliseconds(last.as_of))
        if hint:
            note(Notice("quiet", hint, {"latest": last.latest}))


def _check(flow: str, settings: Settings, start_over: bool) -> None:
    """See that the store can be used before anything starts. Deliver waits for who begins it, if it waits at all."""
    try:
        with connection(settings, begin=flow == "score") as store:
            if start_over:
                begin_again(settings, store)
    except NotBegun:
        if settings.until_end:
            raise


def _launch(flow: str, settings: Settings, progress: Progress, *, json: bool, start_over: bool = False) -> int:
    """Run a flow in its own process on a server that answers, and print its last report; its exit code."""
    VOICE.about = about(flow, settings)
    with server(settings) as reachable:
        _check(flow, reachable, start_over)
        watch = Watch(flow)
        launcher = Launcher(flow, reachable, note, watch, lambda: revive(settings))
        launcher.stop_on_signals()

        alarms = Alarms(watch.samples)

        def hear(line: bytes) -> None:
            watch.report(line)
            progress.report(line)
            for notice in alarms.look():
                note(notice)

        with served_if_asked(watch, settings):
            note(Notice("started", f"{flow} starts", {"workers": settings.workers}))
            code = launcher.run(hear)
            _tell_of_dead_letters(settings, progress)
            _hint_at_the_past(settings, progress)
            note(Notice("stopped", f"{flow} ended with exit code {code}", {"code": code, **_counts(progress)}))
    progress.close()
    if json and progress.last is not None:
        print(msgspec.json.encode(progress.last).decode())
    return code
