"""`leadstream replay`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from config.settings import Settings
from flows import kafka_options, options
from flows.command import takes
from flows.models import limits_of
from flows.range_asked import wanted_of
from flows.replay.live import buried, run_live
from flows.replay.run import Request, run
from flows.replay.sides import Load

ONE_OF = "name a log to replay, the brokers with --kafka HOST:PORT, or --live for what is in Redis; one of them"
REPORT = "The report"
GOALS = "What it is measured against"

Log = Annotated[
    Path | None,
    typer.Argument(
        help="JSONL log or folder (.gz, .zst too), or a file saved with --ledgers. Or --kafka.", show_default=False
    ),
]
Live = Annotated[bool, typer.Option("--live", help="Evaluate the ledgers in Redis as of now, without a log.")]
WithoutErased = Annotated[
    bool,
    typer.Option(
        "--without-erased",
        help="Leave out who was erased; their tombstones are read from Redis first, and nothing else is.",
    ),
]
Proposed = Annotated[
    Path | None,
    typer.Option("--model", help="The model to try; without it the current one is reported alone.", show_default=False),
]
Against = Annotated[
    Path | None,
    typer.Option(envvar="LEADSTREAM_MODEL", help="The current model.", show_default="the standard model"),
]
Outcomes = Annotated[
    Path | None,
    typer.Option(
        help="CSV: contact,converted_at of every lead; empty: it did not.", rich_help_panel=GOALS, show_default=False
    ),
]
Horizon = Annotated[str, typer.Option(help="A score is to tell who converts within.", rich_help_panel=GOALS)]
Reps = Annotated[int, typer.Option(min=1, help="Salespeople.", rich_help_panel=GOALS)]
Capacity = Annotated[
    float, typer.Option(min=0.1, help="New leads of the highest band that a rep takes up a day.", rich_help_panel=GOALS)
]
Quota = Annotated[int, typer.Option(min=1, help="CRM calls allowed in 10 seconds.", rich_help_panel=GOALS)]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of", help="Evaluate once, at this time (ISO 8601), by what had happened by then.", show_default=False
    ),
]
Every = Annotated[str, typer.Option(help="Evaluate in steps of this length.", show_default="1d")]
Html = Annotated[Path | None, typer.Option(help="Write a page for people.", rich_help_panel=REPORT, show_default=False)]
Json = Annotated[
    Path | None, typer.Option(help="Write all figures for programs.", rich_help_panel=REPORT, show_default=False)
]
FailIf = Annotated[
    list[str] | None,
    typer.Option(
        help="End with 1 if so, e.g. 'auc < baseline - 0.01'; repeatable.", rich_help_panel=REPORT, show_default=False
    ),
]
Ledgers = Annotated[
    Path | None,
    typer.Option(help="Save what was folded, to be replayed instead of the log; it holds e-mails.", show_default=False),
]


@takes(options.LIMITS, options.TRUST, kafka_options.ACCESS, kafka_options.RANGE, options.STATE)
def replay(  # noqa: PLR0913  typer takes a command's options as parameters
    context: typer.Context,
    log: Log = None,
    live: Live = False,
    without_erased: WithoutErased = False,
    model: Proposed = None,
    against: Against = None,
    outcomes: Outcomes = None,
    horizon: Horizon = "30d",
    reps: Reps = 1,
    capacity: Capacity = 8.0,
    quota: Quota = 100,
    as_of: AsOf = "",
    every: Every = "",
    html: Html = None,
    json: Json = None,
    fail_if: FailIf = None,
    ledgers: Ledgers = None,
    *,
    settings: Settings,
) -> None:
    """What a model would have done with a log, beside the current one; nothing is written but the report.

    The live decoding, identity and scoring code runs over the log in memory, in event time: no CRM, no network.
    With --kafka: over what topics hold now; nothing is written or noted there.
    With --live: over the ledgers in Redis, with a word on the rules that those cannot judge.

    Examples: `leadstream replay events/ --model new.toml --outcomes outcomes.csv --html report.html`,
    `leadstream replay --kafka localhost:9092 --topic events --from 2026-06-01 --until 2026-07-01 --model new.toml`,
    `leadstream replay events/ --ledgers june.ledgers`, `leadstream replay june.ledgers --fail-if "auc < baseline"`
    """
    wanted = wanted_of(context, settings, log, live, one_of=ONE_OF)
    erased = buried(settings, live=live) if without_erased else None
    request = Request(
        log=log or Path(str(wanted or settings.namespace)), wanted=wanted, proposed=model, current=against,
        outcomes=outcomes, as_of=as_of, every=every, horizon=horizon, html=html, json=json,
        fail_if=tuple(fail_if or ()), ledgers=ledgers, load=Load(reps, capacity, quota),
        trust_statements=settings.trust_statements, limits=limits_of(settings), erased=erased,
    )  # fmt: skip
    raise typer.Exit(run_live(request, settings, Console()) if live else run(request, Console()))
