"""Options of a rebuild: what to fold, and how."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from config.settings import Settings
from flows import kafka_options, options
from flows.exits import Problem

KAFKA = "kafka"
PANEL = "Rebuild"

Rebuild = Annotated[
    str,
    typer.Option(
        "--rebuild",
        metavar="LOG",
        help="Fold this log anew: what `score` reads, a file, a folder, or the word kafka for the topics of --kafka.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Incomplete = Annotated[
    bool,
    typer.Option(
        "--incomplete",
        help="Rebuild though the log lacks some of what the live flow has read: that is lost.",
        rich_help_panel=PANEL,
    ),
]
FOLD = {
    "workers": options.Workers,
    "trust_statements": options.TrustStatements,
    "forget_after_days": options.ForgetAfter,
    "identity_topic": kafka_options.IdentityTopic,
}


def reading(settings: Settings, log: str) -> Settings:
    """The settings of a flow that reads what `--rebuild` says. Raises `Problem`."""
    if log != KAFKA:
        return msgspec.structs.replace(settings, log=Path(log), kafka="")
    if not settings.kafka:
        raise Problem("--rebuild kafka needs the brokers: --kafka HOST:PORT (a file of that name is ./kafka)")
    return settings
