"""`leadstream fit`."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from config.loading import standard_model_path
from config.model import Span
from config.settings import Settings
from flows import kafka_options, options
from flows.command import takes
from flows.exits import NOTHING_FOUND, Problem, require_folder
from flows.models import limits_of
from flows.range_asked import wanted_of
from flows.replay.logs import fixed_now
from flows.replay.plan import Plan
from operators.decode import AHEAD_MS
from sources.kafka_stretch import Wanted
from state.clock import wall_clock

ONE_OF = "name a log to fit to, or the brokers with --kafka HOST:PORT; one of the two"

Log = Annotated[
    Path | None,
    typer.Argument(help="JSONL log or folder, or a file saved by `replay --ledgers`. Or --kafka.", show_default=False),
]
Outcomes = Annotated[Path, typer.Option(help="CSV: contact,converted_at of every lead; empty: it did not.")]
Out = Annotated[Path, typer.Option("-o", "--out", help="The model file to propose.")]
Horizon = Annotated[str, typer.Option(help="A score is to tell who converts within.")]


@takes(options.MODEL, options.LIMITS, options.TRUST, kafka_options.ACCESS, kafka_options.RANGE)
def fit(  # noqa: PLR0913  typer takes a command's options as parameters
    context: typer.Context,
    outcomes: Outcomes,
    out: Out,
    log: Log = None,
    horizon: Horizon = "30d",
    json: options.Json = False,
    *,
    settings: Settings,
) -> None:
    """Propose the points, half-lives and limits that rank the leads that convert best, as a model file.

    Learnt from the earlier part of the log and judged by the later one, beside the current model. The file is the
    current one with other numbers; its note says what it was fitted to. Nothing is put to use.

    Examples: `leadstream fit events/ --outcomes outcomes.csv --model ours.toml -o proposed.toml`,
    `leadstream fit --kafka localhost:9092 --topic events --from 2026-01-01 --outcomes outcomes.csv -o proposed.toml`
    """
    from flows.fit.report import print_fit  # noqa: PLC0415  scikit-learn takes a second to load
    from flows.fit.run import fit as fit_model  # noqa: PLC0415

    wanted = wanted_of(context, settings, log, one_of=ONE_OF)
    require_folder(out, "-o")
    found = fit_model(_plan(log, wanted, settings), outcomes, _span(horizon))
    if json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found.report), indent=2) + b"\n")
    else:
        print_fit(Console(), found.report)
    if found.text is None:
        print("leadstream: nothing ranks better than the current model; no file is written", file=sys.stderr)
        raise typer.Exit(NOTHING_FOUND)
    _write(out, found.text)
    print(f"leadstream: proposed in {out}; see `leadstream replay LOG --model {out}` for who moves", file=sys.stderr)


def _plan(log: Path | None, wanted: Wanted | None, settings: Settings) -> Plan:
    return Plan(
        log=log or Path(str(wanted)),
        kafka=fixed_now(wanted),
        models=(settings.model or standard_model_path(),),
        latest=wall_clock() + AHEAD_MS,
        limits=limits_of(settings),
        trust_statements=settings.trust_statements,
    )


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise Problem(f"{out} cannot be written ({error.strerror}): name another file with -o") from None


def _span(text: str) -> int:
    try:
        return int(Span.parse(text))
    except ValueError as error:
        raise Problem(f"--horizon {text}: {error}") from None
