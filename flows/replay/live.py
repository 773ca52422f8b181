"""`leadstream replay --live`: two models over the ledgers in Redis, as of now, without a log."""

import msgspec
from rich.console import Console

from config.settings import Settings
from flows.exits import Problem
from flows.models import InUse, in_use
from flows.replay.build import Asked, Evaluation
from flows.replay.gate import read_gate
from flows.replay.history import Past, saved
from flows.replay.joint import Heard, joint
from flows.replay.ledgers_file import LedgersWriter
from flows.replay.plan import load_models
from flows.replay.report import Report
from flows.replay.run import Request, conclude, uncollected
from flows.replay.subjects import Everyone
from flows.stores import open_store
from state.clock import wall_clock
from state.codec import Decoder
from state.event import Counts
from state.store import Kind, Store
from state.subject import Subject
from state.tombstones import Buried

NOTE = "the ledgers in Redis tell of now only: bands through time, load and outcomes need a log"
KINDS: tuple[Kind, Kind] = ("contact", "account")


def run_live(request: Request, settings: Settings, console: Console) -> int:
    """Evaluate what is in the store; the exit code. Raises `Problem`, `ModelError`, `StoreUnavailable`."""
    gates = [read_gate(text) for text in request.fail_if]
    for flag, given in (("--every", request.every), ("--as-of", request.as_of), ("--outcomes", request.outcomes)):
        if given:
            raise Problem(f"{flag} needs a log: leave out --live, or {flag}")
    with open_store(settings) as store:
        used = in_use(msgspec.structs.replace(settings, model=request.current), store)
        report = live_report(request, used, store)
    return conclude(report, request, gates, console)


def buried(settings: Settings, *, live: bool) -> Buried:
    """Who was erased from the namespace, for a replay of a log. Raises `Problem`, `StoreUnavailable`."""
    if live:
        raise Problem("--without-erased is for logs: who was erased is in Redis no more; leave it out with --live")
    with open_store(settings) as store:
        return Buried(store.keys.key, store.tombstones())


def live_report(request: Request, used: InUse, store: Store) -> Report:
    """The report on a store, beside the model in use. What that does not listen for, the ledgers cannot tell."""
    proposed = load_models([request.proposed] if request.proposed else [])
    models = [used.model, *(model for model in proposed if model != used.model)]
    heard = {name: Heard(one.patterns, used.keep[name]) for name, one in joint([used.model]).heard.items()}
    shared = joint(models, heard)
    evaluation = Evaluation(shared, Asked(log=request.log, every=0, load=request.load))
    past = _now(store, evaluation.everyone)
    if request.ledgers:
        past = saved(past, LedgersWriter(request.ledgers, 0, shared.heard))
    with uncollected():
        evaluation.go_through(past)
    return evaluation.report([NOTE])


def _now(store: Store, everyone: Everyone) -> Past:
    """Everybody in the store, as one step."""
    decode = Decoder(Subject).decode
    for kind in KINDS:
        for record in store.scan(kind):
            subject = decode(record)
            everyone.put(subject)
            everyone.change(subject)
    step = everyone.step(store.clock() or wall_clock(), 0)
    if not step.changed:
        raise Problem("there is nobody in this namespace yet: run `leadstream score LOG` first, or replay a log")
    yield step, Counts()
