"""`leadstream model …`."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.compare import Difference, compare, in_a_sentence
from config.describe import Section, describe, summary
from config.loading import load_model, standard_model_path
from config.settings import Settings
from flows import kafka_options, options, rebuild_options
from flows.activation import Put, considered, put_to_use, roll_back
from flows.command import takes
from flows.show_text import when
from flows.stores import open_store, reach_store
from state.moment import iso

File = Annotated[Path | None, typer.Argument(help="A model file (TOML); without one the standard model.")]


def check(file: File = None) -> None:
    """Check a model file; every mistake is named with its place and its remedy.

    Example: `leadstream model check models/ours.toml`
    """
    print(f"ok: {summary(load_model(file or standard_model_path()))}")


def show(file: File = None) -> None:
    """Explain a model in plain words.

    Example: `leadstream model show models/ours.toml`
    """
    console = Console()
    for section in describe(load_model(file or standard_model_path())):
        console.print(_table(section))


def diff(
    before: Annotated[Path, typer.Argument(help="A model file.")],
    after: Annotated[Path, typer.Argument(help="Another one.")],
    json: options.Json = False,
) -> None:
    """Say in words what differs between two models: what came, what went, what changed from what to what.

    Example: `leadstream model diff config/models/b2b-saas.toml ours.toml`
    """
    found = compare(load_model(before), load_model(after))
    if json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    else:
        print_differences(Console(), found)


@takes(
    options.MODEL,
    options.STATE,
    rebuild_options.FOLD,
    kafka_options.ACCESS,
    kafka_options.EVENTS,
)
def activate(  # noqa: PLR0913  typer takes a command's options as parameters
    file: Annotated[Path, typer.Argument(help="The model file.")],
    why: Annotated[str, typer.Option(help="Why; without it the model's note.")] = "",
    report: Annotated[
        Path | None, typer.Option(help="What it was decided on: a report of `replay --json`.", show_default=False)
    ] = None,
    rebuild: rebuild_options.Rebuild = "",
    incomplete: rebuild_options.Incomplete = False,
    *,
    settings: Settings,
) -> None:
    """Put a model to use: running flows switch at the end of their epoch, and look at everybody again.

    It stays active, whatever `--model` flows are started with, until another one is activated.

    What nobody listened for has no past. `--rebuild LOG` gives it one: the log is folded anew beside the live flows,
    which go on meanwhile, and when it has caught up they go over to what came of it. Give what `score` was given.
    Ctrl-C before that leaves all as it was.

    Examples: `leadstream model activate ours.toml --report report.json`,
    `leadstream model activate ours.toml --rebuild events/`,
    `leadstream model activate ours.toml --rebuild kafka --kafka localhost:9092 --topic events`
    """
    if rebuild:
        _rebuild(rebuild_options.reading(settings, rebuild), file, why, report, incomplete=incomplete)
        return
    with open_store(settings) as store:
        put = put_to_use(settings, store, file, why, report)
    _print_put(put, f"active: {put.entry.model}")


def _rebuild(settings: Settings, file: Path, why: str, report: Path | None, *, incomplete: bool) -> None:
    from flows.rebuild import Rebuild  # noqa: PLC0415  it starts flows; the other commands of this module need none

    with reach_store(settings) as (reachable, live):
        put = considered(settings, live, file, why, report)
        print_differences(Console(), put.differences)
        _print_past(put.unknown, "gets its past from the log")
        _print_past(put.lost, "a rollback would not have its past")
        _warn_of_namesake(put)
        sys.stdout.flush()
        Rebuild(reachable, live, put, incomplete=incomplete).run(file)
    print(f"active: {put.entry.model}; running flows go on in the new generation")


@takes(options.MODEL, options.STATE)
def rollback(
    why: Annotated[str, typer.Option(help="Why; it stands in the history.")] = "", *, settings: Settings
) -> None:
    """Go back to the model that was active before; again, to the one before that.

    Example: `leadstream model rollback --why "too many highs"`
    """
    with open_store(settings) as store:
        put = roll_back(settings, store, why)
    _print_put(put, f"active: {put.entry.model or 'the file that each flow was started with'}")


def _print_put(put: Put, title: str) -> None:
    print_differences(Console(), put.differences)
    _print_past(put.unknown, "its past is not known")
    if put.unknown:
        print("the log has it: `leadstream model activate FILE --rebuild LOG` takes it from there, now or later")
    _warn_of_namesake(put)
    back = ", `leadstream model rollback` takes it back" if put.entry.model else ""
    print(f"{title}; running flows switch at the end of their epoch{back}")


def _print_past(rules: list[str], what: str) -> None:
    for text in rules:
        print(f"{what}: {text}")


def _warn_of_namesake(put: Put) -> None:
    if put.namesake and not put.again:
        print(
            f"leadstream: the model before is called {put.entry.model} as well: raise `version` in [model], so that "
            "the history and the receipts tell them apart",
            file=sys.stderr,
        )


@takes(options.STATE)
def history(json: options.Json = False, *, settings: Settings) -> None:
    """Which models were active: since when, by whom, why, and the report that was decided on. The last one is.

    Example: `leadstream model history`
    """
    with open_store(settings) as store:
        entries = store.activations()
    if json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n")
        return
    if not entries:
        print(
            "no model was ever activated: each flow uses the file it is started with; `leadstream model activate FILE` "
            "has all of them use one"
        )
        return
    table = Table("since", "model", "by", "why", "report", box=None)
    table.columns[0].no_wrap = True
    for entry in entries:
        model = entry.model or "as each flow was started"
        what = f"{model} ({entry.digest or '-'})" if entry.back_to is None else f"back to {model}"
        report = ", ".join(f"{name} {value:.4g}" for name, value in entry.report.items() if name in TOLD)
        table.add_row(when(iso(entry.at)), *map(escape, (what, entry.who, entry.why, report)))
    Console().print(table)


TOLD = ("auc", "baseline.auc", "high_per_day", "baseline.high_per_day", "moved_up", "moved_down")
"""The figures of a report that a table has room for."""


PARTS = {"model": "Model", "signals": "Signals", "contact": "People", "account": "Companies"}


def print_differences(console: Console, found: list[Difference]) -> None:
    """Differences under the part of the model that they are in."""
    if not found:
        console.print("no difference: both score alike and say the same")
    for part, title in PARTS.items():
        of_part = [difference for difference in found if difference.part == part]
        if of_part:
            console.print(f"[bold]{title}[/]", *(f"  {escape(in_a_sentence(one))}" for one in of_part), sep="\n")


def _table(section: Section) -> Table:
    table = Table(title=section.title, title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for row in section.rows:
        table.add_row(row.name, row.worth, row.text)
    return table
