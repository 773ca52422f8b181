"""Commands whose options are settings: declared once, in `flows.options`, with the defaults that `Settings` has."""

import inspect
from collections.abc import Callable, Mapping

import msgspec

from config.settings import Settings

DEFAULTS: dict[str, object] = {field.name: field.default for field in msgspec.structs.fields(Settings)}


def takes(*groups: Mapping[str, object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds an option for every setting of the groups (setting -> how typer shows it) to a command.

    The command gets them as `settings`. Its own parameters come first.
    """
    added = {name: annotation for group in groups for name, annotation in group.items()}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def run(**given: object) -> None:
            chosen = {name: given.pop(name) for name in added}
            command(**given, settings=msgspec.structs.replace(Settings(), **chosen))

        own = [one for one in inspect.signature(command).parameters.values() if one.name != "settings"]
        options = [_option(name, annotation) for name, annotation in added.items()]
        run.__doc__ = command.__doc__
        run.__annotations__ = {one.name: one.annotation for one in (*own, *options)}
        run.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]  # what typer reads
        return run

    return decorate


def _option(name: str, annotation: object) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=DEFAULTS[name], annotation=annotation
    )
