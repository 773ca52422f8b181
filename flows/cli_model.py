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
from flows import options

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
