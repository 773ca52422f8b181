"""`leadstream fit`: from a log and its outcomes to a proposal."""

from pathlib import Path

import msgspec

from config.checking import mistakes, needed_keep
from config.compare import compare
from config.loading import load_model
from config.model import About, Model
from config.rewriting import CannotRewrite, rewritten
from flows.exits import Problem
from flows.fit.leaks import require_no_leaks
from flows.fit.points import fitted
from flows.fit.report import FitReport, judge, report_of
from flows.fit.rows import Rows, rows_of
from flows.fit.shapes import best_shape
from flows.replay.history import Past, of_ledgers, of_log
from flows.replay.joint import joint
from flows.replay.ledgers_file import LedgersReader, saved_in
from flows.replay.outcomes import read_outcomes
from flows.replay.panel import Panel
from flows.replay.plan import Plan, load_models
from flows.replay.progress import ReplayProgress
from flows.replay.reader import frames_of_process
from flows.replay.subjects import Everyone
from flows.weighing import on_all_cores
from operators.weigh import Each
from sources.logs import require_lines
from state.ledger import Keep


class Fitted(msgspec.Struct, frozen=True):
    """The proposal as a model file's text (None: nothing ranks better than the current one), and the report."""

    text: str | None
    report: FitReport


def fit(plan: Plan, outcomes: Path, horizon: int) -> Fitted:
    """Fit the plan's one model. Raises `Problem`, `ModelError`, `LogError`."""
    [path] = plan.models
    panel = Panel(read_outcomes(outcomes), (), horizon)
    rows = _rows(plan, panel)
    with on_all_cores() as each:
        return _proposed(path, rows, horizon, each)


def _rows(plan: Plan, panel: Panel) -> Rows:
    everyone = Everyone()
    with ReplayProgress() as progress:
        reader = saved_in(plan)
        shared = joint(load_models(plan.models), reader.header.heard if reader else None)
        if shared.unheard[0]:
            raise Problem(f"{plan.log} does not tell all that the model asks for: {'; '.join(shared.unheard[0])}")
        past: Past
        if reader:
            _require_steps(reader, plan.log)
            past = of_ledgers(reader, None, everyone)
        else:
            if plan.kafka is None:
                require_lines(plan.log)
            past = of_log(plan, shared, everyone, frames_of_process(plan), progress.told)
        model = shared.models[0]
        rows = rows_of(model, Keep(needed_keep(model)), panel, past, everyone)
    require_no_leaks(model, panel, everyone)
    return rows


def _require_steps(reader: LedgersReader, path: Path) -> None:
    if not reader.header.every:
        raise Problem(f"{path} holds one moment only, and nothing was known before an outcome: fold it --every 1d")


def _proposed(path: Path, rows: Rows, horizon: int, each: Each) -> Fitted:
    before = load_model(path)
    shape = best_shape(before, rows, each)
    points = fitted(before, shape, rows, each)
    judged = judge(rows, (before.contact, points.card), each)
    after = msgspec.structs.replace(before, contact=points.card)
    report = report_of(rows, horizon, judged, compare(before, after), points)
    if not report.differences:
        return Fitted(None, report)
    after = msgspec.structs.replace(after, model=_about(before.model, report))
    return Fitted(_text(path, before, after), report)


def _about(about: About, report: FitReport) -> About:
    gain, split = report.auc_gain, report.split[:10]
    note = (
        f"Fitted to {report.learning_converted} leads that converted within {report.horizon_days:g} days, seen before "
        f"{split}. On the leads reviewed from then on the AUC is {report.proposed.auc.value:.3f}, and "
        f"{report.current.auc.value:.3f} under version {about.version} (gain {gain.low:.3f} to {gain.high:.3f})."
    )
    return msgspec.structs.replace(about, version=f"{about.version}-fit", note=note)


def _text(path: Path, before: Model, after: Model) -> str:
    if problems := list(mistakes(after)):
        raise AssertionError(f"a fit proposed what no model may say: {problems}")
    try:
        return rewritten(path.read_text("utf-8-sig"), before, after)
    except CannotRewrite as error:
        raise Problem(f"{path}: {error}") from None
