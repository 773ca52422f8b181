"""From settings to a checked model, and to the parts that stages are built from."""

import msgspec

from config.checking import needed_keep
from config.loading import load_model, standard_model_path
from config.model import Model
from config.settings import Settings
from flows.parts import Parts
from operators.evaluate import Scoring
from operators.identify_shard import Limits
from state.clock import Clock, WallClock
from state.ledger import Keep
from state.store import Records, Run

DAY_MS = 86_400_000
LIMITS = "limits"


def model_of(settings: Settings) -> Model:
    """The model the settings name, else the standard one. Raises `ModelError`."""
    return load_model(settings.model or standard_model_path())


def scoring_of(settings: Settings) -> Scoring:
    """The model, ready for evaluation."""
    model = model_of(settings)
    return Scoring(model, Keep(needed_keep(model)))


def parts_of(settings: Settings, store: Records, clock: Clock) -> Parts:
    """What every stage of a flow is built from."""
    model = model_of(settings)
    keep = Keep(needed_keep(model))
    return Parts(
        store,
        model,
        Scoring(model, keep),
        keep,
        clock,
        limits_of(settings),
        settings.forget_after_days * DAY_MS,
        settings.trust_statements,
        live=isinstance(clock, WallClock) and not settings.until_end,
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
