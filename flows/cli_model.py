"""`leadstream model …`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from config.describe import Section, describe, summary
from config.loading import load_model, standard_model_path

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


def _table(section: Section) -> Table:
    table = Table(title=section.title, title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for row in section.rows:
        table.add_row(row.name, row.worth, row.text)
    return table
