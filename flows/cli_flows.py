"""`leadstream score`, `deliver` and `run`: starting flows."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from config.settings import Settings
from flows import options
from flows.delivery_run import Delivered
from flows.demo import Demo
from flows.exits import Problem
from flows.launcher import Launcher
from flows.models import model_of
from flows.progress import Progress
from flows.scoring_run import Report
from flows.stores import connection, server
from sources.jsonl_files import find_logs
from sources.logs import require_lines

DAY_A_SECOND = 86_400.0
LIVE_EPOCH_MS = 250
CATCHING_UP_EPOCH_MS = 5_000
"""Nobody waits for a finished log's scores second by second: with longer epochs a subject is evaluated less often."""


def score(  # noqa: PLR0913  typer takes a command's options as parameters
    log: Annotated[Path, typer.Argument(help="JSONL file, or a folder of them; .gz and .zst too.")],
    until_end: options.UntilEnd = False,
    speed: options.Speed = 0.0,
    log_time: options.LogTime = False,
    contacts_per_visitor: options.ContactsPerVisitor = 5,
    visitors_per_id: options.VisitorsPerId = 250,
    forget_after: options.ForgetAfter = 180,
    trust_statements: options.TrustStatements = False,
    workers: options.Workers = 1,
    addresses: options.Addresses = "",
    process: options.Process = 0,
    json: options.Json = False,
    model: options.ModelFile = None,
    data: options.Data = Path("leadstream-data"),
    redis: options.RedisUrl = "",
    namespace: options.Namespace = "leadstream",
    secret: options.Secret = "",
    shards: options.Shards = None,
) -> None:
    """The live flow: reads event logs, keeps everybody's score in Redis, says who has to be told.

    It follows growing logs until Ctrl-C; `--until-end` reads finished ones. Started again, it goes on where it was.
    Lines that cannot be used are in `dead-letters.jsonl` in the data folder, each with the reason.

    Examples: `leadstream score events/`, `leadstream score june.jsonl.zst --until-end --log-time`,
    `leadstream score events.jsonl --redis redis://localhost:6379/0 --model ours.toml`
    """
    settings = Settings(
        data=data, redis=redis, namespace=namespace, secret=secret, shards=shards, model=model, log=log,
        until_end=until_end, speed=speed * DAY_A_SECOND, log_time=log_time,
        contacts_per_visitor=contacts_per_visitor, visitors_per_id=visitors_per_id, forget_after_days=forget_after,
        trust_statements=trust_statements,
        workers=workers, addresses=_group(addresses, process, workers), process=process,
        epoch_ms=CATCHING_UP_EPOCH_MS if until_end and not speed else LIVE_EPOCH_MS,
    )  # fmt: skip
    model_of(settings)
    if until_end:
        require_lines(log)
    else:
        find_logs(log, follow=True)
    raise typer.Exit(_launch("score", settings, Progress(Report, sys.stderr), json=json))


def _group(addresses: str, process: int, workers: int) -> tuple[str, ...]:
    """The addresses of all processes. Raises `Problem` when those that start here are not among them."""
    all_of_them = tuple(addresses.split(",")) if addresses else ()
    if process + workers > max(len(all_of_them), 0 if process else workers):
        raise Problem(
            f"--process {process} --workers {workers} does not fit into --addresses, which names {len(all_of_them)}: "
            "give the address of every process of the group, on all machines, in the same order"
        )
    return all_of_them


def deliver(  # noqa: PLR0913  typer takes a command's options as parameters
    until_empty: Annotated[bool, typer.Option("--until-empty", help="End when nobody waits to be written.")] = False,
    hubspot_token: options.HubSpotToken = "",
    hubspot_url: options.HubSpotUrl = "https://api.hubapi.com",
    create_companies: options.CreateCompanies = False,
    changes: options.ChangesFile = None,
    json: options.Json = False,
    model: options.ModelFile = None,
    data: options.Data = Path("leadstream-data"),
    redis: options.RedisUrl = "",
    namespace: options.Namespace = "leadstream",
    secret: options.Secret = "",
) -> None:
    """The deliver flow: writes what changed to the CRM, most important first, until Ctrl-C.

    It reads who waits, evaluates them now and writes only what a sink does not know yet, so nothing stale is ever
    written and starting it again costs nothing.

    Examples: `leadstream deliver --changes changes.jsonl`,
    `LEADSTREAM_HUBSPOT_TOKEN=… leadstream deliver --create-companies`
    """
    settings = Settings(
        data=data, redis=redis, namespace=namespace, secret=secret, model=model, until_end=until_empty,
        hubspot_token=hubspot_token, hubspot_url=hubspot_url, create_companies=create_companies, changes=changes,
    )  # fmt: skip
    model_of(settings)
    if not (hubspot_token or changes):
        raise Problem("deliver has nowhere to write: give --hubspot-token (or LEADSTREAM_HUBSPOT_TOKEN), or --changes")
    raise typer.Exit(_launch("deliver", settings, Progress(Delivered, sys.stderr), json=json))


def run(
    log: Annotated[Path, typer.Argument(help="The log to play.")] = Path("sample/events.jsonl.zst"),
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
    settings = Settings(log=log, speed=speed * DAY_A_SECOND, until_end=True, model=model)
    model_of(settings)
    require_lines(log)
    raise typer.Exit(Demo(settings, port, stay=not exit_at_end).run())


def _launch(flow: str, settings: Settings, progress: Progress, *, json: bool) -> int:
    """Run a flow in its own process on a server that answers, and print its last report; its exit code."""
    with server(settings) as reachable:
        with connection(reachable):
            pass
        launcher = Launcher(flow, reachable, progress.say)
        launcher.stop_on_signals()
        code = launcher.run(progress.report)
    progress.close()
    if json and progress.last is not None:
        print(msgspec.json.encode(progress.last).decode())
    return code
