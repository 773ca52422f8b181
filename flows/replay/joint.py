"""Several models over one fold: the ledgers listen for the signals of all of them."""

from collections.abc import Mapping, Sequence

import msgspec

from config.checking import needed_keep
from config.model import AnyRule, Combo, Coverage, Exclusion, Frequency, Model, People, Points, Scorecard, Signal
from operators.evaluate import Scoring
from state.ledger import Keep
from state.stored import canonical

NOT_THE_SAME = "~"
"""After the name of a signal that is taken by something else."""


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """What ledgers listened for under a signal's name: its patterns, as bytes, and how many touches they keep."""

    patterns: bytes
    keep: int


class Joint(msgspec.Struct, frozen=True):
    """What to listen for (`listening`, whose scorecards mean nothing), what to keep, and each model's scoring.

    `unheard`: for each model what of it the ledgers cannot tell, in words.
    """

    listening: Model
    keep: Keep
    models: tuple[Model, ...]
    scorings: tuple[Scoring, ...]
    heard: Mapping[str, Heard]
    unheard: tuple[tuple[str, ...], ...]


def joint(models: Sequence[Model], listened: Mapping[str, Heard] | None = None) -> Joint:
    """Models that share one fold; with `listened`, one that was made before.

    A signal that two models define differently is listened for twice, the later model's under another name. Ledgers
    keep as many touches as the model that needs most; each scoring counts no more than it would keep alone.
    """
    heard = dict(listened or {})
    signals: dict[str, Signal] = {}
    scorings, unheard = [], []
    for model in models:
        renamed = _renamed(model, _names(model, heard))
        keep = Keep(needed_keep(renamed))
        unheard.append(_unheard(renamed, keep, heard) if listened is not None else ())
        signals |= renamed.signals
        heard |= {name: Heard(_patterns(signal, name), max(keep[name], heard[name].keep if name in heard else 0))
                  for name, signal in renamed.signals.items() if listened is None}  # fmt: skip
        scorings.append(Scoring(renamed, keep))
    listening = msgspec.structs.replace(models[0], signals=signals)
    keeps = Keep({name: one.keep for name, one in heard.items()})
    return Joint(listening, keeps, tuple(models), tuple(scorings), heard, tuple(unheard))


def _patterns(signal: Signal, name: str) -> bytes:
    return canonical(signal.patterns(name))


def _names(model: Model, heard: Mapping[str, Heard]) -> dict[str, str]:
    """What each of a model's signals is called in the ledgers."""
    names = {}
    for name, signal in model.signals.items():
        patterns, called = _patterns(signal, name), name
        while called in heard and heard[called].patterns != patterns:
            called += NOT_THE_SAME
        names[name] = called
    return names


def _unheard(model: Model, keep: Keep, heard: Mapping[str, Heard]) -> tuple[str, ...]:
    """The rules whose signals nobody listened for, and those that need more touches than were kept."""
    found = []
    for kind, card in (("contact", model.contact), ("account", model.account)):
        for rule in card.rules:
            for name in model.signals_of(rule):
                if name not in heard:
                    found.append(f"{kind} rule {rule.name}: nobody listened for {name.rstrip(NOT_THE_SAME)}")
                elif heard[name].keep < keep[name]:
                    kept = f"only {heard[name].keep} touches of {name.rstrip(NOT_THE_SAME)} are kept"
                    found.append(f"{kind} rule {rule.name}: {kept}, it needs {keep[name]}")
    return tuple(found)


def _renamed(model: Model, names: dict[str, str]) -> Model:
    """The model with its signals called so, and all its rules with them."""
    if all(name == called for name, called in names.items()):
        return model
    signals = {
        names[name]: msgspec.structs.replace(signal, event=signal.event or name)
        for name, signal in model.signals.items()
    }
    contact, account = (_renamed_card(card, names) for card in (model.contact, model.account))
    return msgspec.structs.replace(model, signals=signals, contact=contact, account=account)


def _renamed_card(card: Scorecard, names: dict[str, str]) -> Scorecard:
    return msgspec.structs.replace(card, rules=tuple(_renamed_rule(rule, names) for rule in card.rules))


def _renamed_rule(rule: AnyRule, names: dict[str, str]) -> AnyRule:
    match rule:
        case Points() | Frequency():
            return msgspec.structs.replace(rule, signal=names[rule.signal])
        case Exclusion():
            return msgspec.structs.replace(rule, signal=names.get(rule.signal, ""))
        case Combo() | People() | Coverage():
            return msgspec.structs.replace(rule, signals=tuple(names[name] for name in rule.signals))
        case _:
            return rule
