"""From settings and the namespace's history to the model that counts, and to the parts that stages are built from."""

from hashlib import blake2b
from pathlib import Path

import msgspec

from config.checking import needed_keep
from config.loading import load_model, model_file, read_model, standard_model_path
from config.model import Model
from config.settings import Settings
from flows.notices import Notice, note
from flows.parts import Parts
from operators.evaluate import Scoring
from operators.identify_shard import Limits
from state.clock import Clock, WallClock
from state.ledger import Keep
from state.moment import iso
from state.retention import DAY_MS, Retention
from state.store import Activation, Models, Run, Store

LIMITS = "limits"


class InUse(msgspec.Struct, frozen=True):
    """The model that counts, ready for evaluation.

    `keep` is what ledgers keep: as many touches of a signal as any model in the history needs, so that a rollback
    finds what it had; the model itself counts no more than it needs alone. `number` is how long the history was;
    `said` tells whoever starts a flow, and is empty when no model was ever activated; `passed_over` says that the file
    of the settings does not count.
    """

    model: Model
    scoring: Scoring
    keep: Keep
    digest: str
    number: int = 0
    said: str = ""
    passed_over: str = ""


def model_of(settings: Settings) -> Model:
    """The model whose file the settings name, else the standard one. Raises `ModelError`."""
    return load_model(_path(settings))


def scoring_of(settings: Settings) -> Scoring:
    """That model, ready for evaluation."""
    model = model_of(settings)
    return Scoring(model, Keep(needed_keep(model)))


def in_use(settings: Settings, store: Models, number: int | None = None) -> InUse:
    """The model that flows use on a namespace: the one activated last (or as `number`th), else that of the settings."""
    history = store.activations()[:number]
    path = _path(settings)
    own = model_file(path)
    model, digest, said, passed_over = read_model(own, path), digest_of(own), "", ""
    keeps = [needed_keep(model)]
    if history:
        files = store.model_files()
        models = {digest: read_model(file, Path(f"model {digest}")) for digest, file in files.items()}
        keeps += [needed_keep(models[one.digest]) for one in history if one.digest]
        said = _said(history[-1], model)
        if history[-1].digest not in {"", digest}:
            passed_over = _passed_over(settings, model, history[-1])
            digest = history[-1].digest
            model = models[digest]
    keep = Keep({signal: max(keep.get(signal, 0) for keep in keeps) for keep in keeps for signal in keep})
    return InUse(model, Scoring(model, Keep(needed_keep(model))), keep, digest, len(history), said, passed_over)


def announce_model(doing: str, used: InUse) -> None:
    """Say which model counts, once one was activated, and which file does not."""
    if used.said:
        note(Notice("model", f"{doing} {used.said}", {"model": title(used.model), "digest": used.digest}))
    announce_passed_over(used)


def announce_passed_over(used: InUse) -> None:
    """Say that a file that was given does not count."""
    if used.passed_over:
        note(Notice("model_passed_over", used.passed_over))


def digest_of(file: bytes) -> str:
    """What names a model file, by its content."""
    return blake2b(file, digest_size=8).hexdigest()


def title(model: Model) -> str:
    """Name and version."""
    return f"{model.model.name} {model.model.version}"


def parts_of(settings: Settings, store: Store, clock: Clock, used: InUse | None = None) -> Parts:
    """What every stage of a flow is built from."""
    used = used or in_use(settings, store)
    finished = settings.until_end or not isinstance(clock, WallClock)
    return Parts(
        store,
        used.model,
        used.scoring,
        Retention(used.keep, settings.forget_after_days * DAY_MS, finished),
        clock,
        limits_of(settings),
        settings.trust_statements,
    )


def limits_of(settings: Settings) -> Limits:
    """The bounds on identity that a flow is started with."""
    return Limits(settings.contacts_per_visitor, settings.visitors_per_id)


def note_limits(store: Run, limits: Limits) -> None:
    """Have everybody who reads owners read them by the bounds that the flow has."""
    store.note(LIMITS, msgspec.msgpack.encode(limits))


def limits_in(store: Run) -> Limits:
    """The bounds on identity that the last flow had."""
    noted = store.noted(LIMITS)
    return msgspec.msgpack.decode(noted, type=Limits) if noted else Limits()


def _path(settings: Settings) -> Path:
    return settings.model or standard_model_path()


def _said(last: Activation, own: Model) -> str:
    when = f"since {iso(last.at)}, by {last.who}"
    if not last.digest:
        return (
            f"under {title(own)}, the file this was started with: the history was rolled back to its beginning {when}"
        )
    return f"under {last.model}, the active model {when}"


def _passed_over(settings: Settings, own: Model, last: Activation) -> str:
    if settings.model is None:
        return ""
    return (
        f"{settings.model} ({title(own)}) does not count: {last.model} is active; "
        f"`leadstream model activate {settings.model}` changes that"
    )
