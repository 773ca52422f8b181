"""Commands whose options are settings."""

from typing import Annotated

import typer
from typer.testing import CliRunner

from config.settings import Settings
from flows.command import takes

Name = Annotated[str, typer.Option("--name", envvar="LEADSTREAM_NAME")]


def ran(*arguments: str, env: dict[str, str] | None = None) -> tuple[str, str, int]:
    """The word, the namespace and the shards that a command gets."""
    app = typer.Typer()
    got: list[tuple[str, str, int]] = []

    @takes({"namespace": Name}, {"visitors_per_id": Annotated[int, typer.Option("--most", min=1)]})
    def command(word: str = "none", *, settings: Settings) -> None:
        """What it does."""
        got.append((word, settings.namespace, settings.visitors_per_id))

    app.command()(command)
    assert CliRunner().invoke(app, arguments, env=env or {}, catch_exceptions=False).exit_code == 0
    return got[0]


def test_without_options_settings_have_their_own_defaults() -> None:
    assert ran() == ("none", Settings().namespace, Settings().visitors_per_id)


def test_an_option_is_a_setting() -> None:
    assert ran("--name", "ours", "--most", "7") == ("none", "ours", 7)


def test_the_environment_comes_before_the_default() -> None:
    assert ran(env={"LEADSTREAM_NAME": "theirs"}) == ("none", "theirs", Settings().visitors_per_id)


def test_the_commands_own_parameters_stay() -> None:
    assert ran("--word", "hello") == ("hello", Settings().namespace, Settings().visitors_per_id)
