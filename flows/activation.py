"""Putting a model to use, and taking that back: entries of the namespace's history, which flows look at."""

import getpass
import os
import socket
from pathlib import Path

import msgspec

from config.compare import Difference, compare
from config.loading import model_file, read_model
from config.model import Model
from config.settings import Settings
from flows.exits import Problem
from flows.models import digest_of, in_use, title
from flows.replay.joint import joint
from state.clock import wall_clock
from state.store import Activation, Models


class Put(msgspec.Struct, frozen=True):
    """What an activation changes: differences to the model before, and the rules whose past is not known, in words.

    `namesake`: the model before has the same name and version, so that people cannot tell them apart; `again`: it is
    the very same. `lost`: the rules of the model before whose past ledgers do not know that were folded under this one.
    """

    entry: Activation
    differences: list[Difference]
    unknown: list[str]
    namesake: bool = False
    again: bool = False
    lost: list[str] = []


class _Report(msgspec.Struct):
    """What of a replay's report is kept: figures of the model, and those of the one before as `baseline.NAME`."""

    figures: dict[str, float]
    baseline: dict[str, float] = {}


def put_to_use(settings: Settings, store: Models, path: Path, why: str, report: Path | None) -> Put:
    """Have flows use a model from the end of their epoch on. Raises `ModelError`, `Problem`."""
    file = model_file(path)
    put = considered(settings, store, path, why, report)
    if put.again:
        raise Problem(
            f"{put.entry.model} of {path} is the active model already; `--rebuild LOG` would give it the past that the "
            "log has"
        )
    store.activate(put.entry, file)
    return put


def considered(settings: Settings, store: Models, path: Path, why: str, report: Path | None) -> Put:
    """What to put a model to use would change. Raises `ModelError`, `Problem`."""
    file = model_file(path)
    model, digest = read_model(file, path), digest_of(file)
    before = in_use(settings, store)
    figures = _figures(report) if report else {}
    return Put(
        _entry(why or model.model.note, digest, title(model), figures),
        compare(before.model, model),
        unheard(model, before.model),
        namesake=title(model) == title(before.model),
        again=bool(before.said) and before.digest == digest,
        lost=unheard(before.model, model),
    )


def unheard(model: Model, listening: Model) -> list[str]:
    """The rules of a model that ledgers do not know the past of while another one listens, in words."""
    return list(joint([model], joint([listening]).heard).unheard[0])


def roll_back(settings: Settings, store: Models, why: str) -> Put:
    """Go back to the model that was active before. Raises `Problem` when there is none before."""
    history = store.activations()
    now = _stands_for(history, len(history) - 1)
    if now < 0:
        raise Problem("there is nothing to roll back: no model was activated, or all of it was rolled back already")
    back_to = _stands_for(history, now - 1)
    before = in_use(settings, store)
    target = history[back_to] if back_to >= 0 else None
    entry = _entry(why, target.digest if target else "", target.model if target else "", {}, back_to)
    store.activate(entry, store.model_files()[target.digest] if target else b"")
    return Put(entry, compare(before.model, in_use(settings, store).model), [])


def _stands_for(history: list[Activation], place: int) -> int:
    """The entry that put the model of this one to use; a rollback stands for what it went back to."""
    back_to = history[place].back_to if place >= 0 else -1
    return place if back_to is None else back_to


def _entry(why: str, digest: str, model: str, report: dict[str, float], back_to: int | None = None) -> Activation:
    return Activation(at=wall_clock(), who=_who(), why=why, digest=digest, model=model, report=report, back_to=back_to)


def _who() -> str:
    """The user and the host; in a container the user may have no name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"


def _figures(path: Path) -> dict[str, float]:
    try:
        report = msgspec.json.decode(path.read_bytes(), type=_Report)
    except OSError as error:
        raise Problem(f"{path} cannot be read ({error.strerror}): name what `replay --json` wrote") from None
    except msgspec.MsgspecError:
        raise Problem(f"{path} is no report: name what `replay --json` wrote") from None
    return report.figures | {f"baseline.{name}": value for name, value in report.baseline.items()}
