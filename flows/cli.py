"""The command line: parses flags into `Settings` and hands them to what does the work."""

import signal
import sys
from typing import Annotated

import typer

from config.loading import ModelError
from flows import cli_archive, cli_crm, cli_erase, cli_fit, cli_flows, cli_identity, cli_model, cli_read, cli_replay
from flows.erase_hold import CutOff
from flows.exits import CHANGE_SOMETHING, FAILED, NotFound, Problem
from flows.notices import Notice, note
from flows.release import release
from sources.log_error import LogError
from state.codec import UnknownVersion
from state.kafka_trouble import KafkaRefused, KafkaUnavailable
from state.record import SinkStopped
from state.store import Fenced, Maintenance, StoreUnavailable

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Streaming lead scores: events in, believable scores in the CRM within seconds.

Start with `leadstream run`, a demo that needs nothing but this command.

Exit codes: 0 done, 1 failed while running, 2 something has to be changed first (a flag, a file, a server),
3 nothing found.""",
)
model_app = typer.Typer(no_args_is_help=True, help="Check, explain, compare and activate scoring models.")
app.add_typer(model_app, name="model")

app.command("run")(cli_flows.run)
app.command("score")(cli_flows.score)
app.command("deliver")(cli_flows.deliver)
app.command("replay")(cli_replay.replay)
app.command("fit")(cli_fit.fit)
app.command("show")(cli_read.show)
app.command("top")(cli_read.top)
app.command("archive")(cli_archive.archive)
app.command("retract")(cli_identity.retract)
identity_app = typer.Typer(no_args_is_help=True, help="See who is linked to whom, and put it right.")
app.add_typer(identity_app, name="identity")
identity_app.command("show")(cli_identity.show)
identity_app.command("unlink")(cli_identity.unlink)
identity_app.command("merge")(cli_identity.merge)
identity_app.command("split")(cli_identity.split)
model_app.command("check")(cli_model.check)
model_app.command("show")(cli_model.show)
model_app.command("diff")(cli_model.diff)
model_app.command("activate")(cli_model.activate)
model_app.command("rollback")(cli_model.rollback)
model_app.command("history")(cli_model.history)
app.command("erase")(cli_erase.erase)
app.command("simulate-crm")(cli_crm.simulate_crm)

EXPECTED = (
    ModelError, LogError, StoreUnavailable, SinkStopped, UnknownVersion, Fenced, KafkaRefused, KafkaUnavailable, Problem
)  # fmt: skip


def _tell_release(wanted: bool) -> None:
    if wanted:
        print(f"leadstream {release()}")
        raise typer.Exit


@app.callback()
def leadstream(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is, and exit.", is_eager=True, callback=_tell_release),
    ] = False,
) -> None:
    """What goes before every command."""


def main() -> None:
    """The console script. What a user can mend is one clear line on standard error, never a traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever started servers ends them on the way out
    try:
        app()
    except (NotFound, CutOff) as error:
        _fail(error, error.code)
    except Maintenance as error:
        _fail(error, FAILED)
    except EXPECTED as error:
        _fail(error, CHANGE_SOMETHING)


def _fail(error: Exception, code: int) -> None:
    note(Notice("cannot_go_on" if code == CHANGE_SOMETHING else "failed", str(error)))
    sys.exit(code)


if __name__ == "__main__":
    main()
