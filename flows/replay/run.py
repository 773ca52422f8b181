"""`leadstream replay`: from what was asked for to a report, printed, written and judged."""

import gc
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import msgspec
from rich.console import Console

from config.loading import standard_model_path
from config.model import Span
from flows.exits import FAILED, Problem, require_folder
from flows.replay.beside import Beside, Task
from flows.replay.build import Asked, Evaluation
from flows.replay.figures import OF_OUTCOMES
from flows.replay.gate import Gate, read_gate
from flows.replay.history import Past, of_ledgers, of_log, saved
from flows.replay.joint import Joint, joint
from flows.replay.ledgers_file import LedgersReader, LedgersWriter, saved_in
from flows.replay.logs import fixed_now
from flows.replay.outcomes import read_outcomes
from flows.replay.plan import Plan, load_models
from flows.replay.progress import ReplayProgress
from flows.replay.reader import frames_of_process
from flows.replay.report import Report
from flows.replay.report_text import print_report
from flows.replay.sides import Load
from operators.decode import AHEAD_MS
from operators.identify_shard import Limits
from sources.jsonl_files import find_logs
from sources.kafka_stretch import Wanted
from state.clock import wall_clock
from state.moment import milliseconds
from state.tombstones import Buried

PROPOSED = 1
"""The place of the proposed model, where there are two."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asked for. `proposed` and `current` are model files; with None there is nothing to compare with.

    With `wanted` that is replayed, and `log` is what it is called. Who is among the `erased` is left out.
    """

    log: Path
    wanted: Wanted | None = None
    proposed: Path | None = None
    current: Path | None = None
    outcomes: Path | None = None
    as_of: str = ""
    every: str = ""
    horizon: str = "30d"
    html: Path | None = None
    json: Path | None = None
    fail_if: tuple[str, ...] = ()
    ledgers: Path | None = None
    load: Load = Load()
    limits: Limits = Limits()
    trust_statements: bool = False
    erased: Buried | None = None


def run(request: Request, console: Console) -> int:
    """Replay, print, write, judge: the exit code. Raises `Problem`, `ModelError`, `LogError`."""
    gates = [read_gate(text) for text in request.fail_if]
    require_answerable(request, gates)
    return conclude(replay(request), request, gates, console)


def require_answerable(request: Request, gates: list[Gate]) -> None:
    """Say before the work what could not be judged or written after it. Raises `Problem`."""
    for gate in gates:
        if request.outcomes is None and (missing := OF_OUTCOMES & set(gate.named)):
            raise Problem(
                f'--fail-if "{gate.text}": {", ".join(sorted(missing))} can only be told with --outcomes FILE'
            )
    for flag, path in (("--html", request.html), ("--json", request.json), ("--ledgers", request.ledgers)):
        if path is not None:
            require_folder(path, flag)


def conclude(report: Report, request: Request, gates: list[Gate], console: Console) -> int:
    """Print, write and judge a report: the exit code. Raises `Problem`."""
    write(report, request)
    print_report(report, console)
    broken = [why for gate in gates if (why := gate.broken(report.figures, report.baseline))]
    for why in broken:
        console.print(f"[red]failed[/] {why}", highlight=False)
    return FAILED if broken else 0


def replay(request: Request) -> Report:
    """The report."""
    plan = plan_of(request)
    reader = saved_in(plan)
    if reader:
        _require_fitting(reader, request, plan)
    elif plan.kafka is None:
        find_logs(request.log)
    shared = joint(load_models(plan.models), reader.header.heard if reader else None)
    outcomes = read_outcomes(request.outcomes) if request.outcomes else None
    every = reader.header.every if reader else plan.every
    asked = Asked(
        log=request.log, every=every, outcomes=outcomes, horizon=_span(request.horizon, "--horizon"), load=request.load
    )
    with uncollected(), ReplayProgress() as progress, _second(plan, asked, reader) as second:
        evaluation = Evaluation(shared, asked, (PROPOSED,) if second else None)
        if reader:
            past = of_ledgers(reader, plan.until, evaluation.everyone)
        else:
            frames = frames_of_process(plan, second.frames if second else None)
            past = of_log(plan, shared, evaluation.everyone, frames, progress.told)
        evaluation.go_through(_saved(past, request, shared, every))
        if second:
            progress.phase("waiting for the current model, which is evaluated beside this one")
            evaluation.absorb(second.half())
        progress.phase("judging by outcomes, with resampling" if outcomes else "summing up")
        return evaluation.report(_notes(every, request.erased))


def _require_fitting(reader: LedgersReader, request: Request, plan: Plan) -> None:
    """Raises `Problem` for what can only be done while a log is folded."""
    if request.every and plan.every != reader.header.every:
        raise Problem(f"--every {request.every}: the ledgers in {request.log} were saved in other steps; leave it out")
    if request.erased:
        raise Problem(f"--without-erased is for logs: {request.log} was folded before; fold the log so, with --ledgers")


def _second(plan: Plan, asked: Asked, reader: LedgersReader | None) -> AbstractContextManager[Beside | None]:
    """The process for the current model, where there are two."""
    told = msgspec.structs.replace(plan, kafka=None, erased=None)  # no secret goes where it is not needed
    return Beside(Task(told, asked, reader is not None)) if len(plan.models) > 1 else nullcontext()


def plan_of(request: Request) -> Plan:
    """The plan for whoever reads the log."""
    until = _moment(request.as_of)
    steps = request.every or ("" if request.as_of else "1d")
    return Plan(
        log=request.log,
        kafka=fixed_now(request.wanted),
        models=models_of(request),
        every=_span(steps, "--every") if steps else 0,
        until=until,
        latest=wall_clock() + AHEAD_MS,
        limits=request.limits,
        trust_statements=request.trust_statements,
        erased=request.erased,
    )


def models_of(request: Request) -> tuple[Path, ...]:
    """The current model's file and the proposed one's; one, when there is nothing to compare."""
    current = request.current or standard_model_path()
    if request.proposed is None or request.proposed.resolve() == current.resolve():
        return (current,)
    return (current, request.proposed)


def write(report: Report, request: Request) -> None:
    """The files that were asked for. Raises `Problem` for one that cannot be written."""
    if request.json:
        _write(request.json, msgspec.json.format(msgspec.json.encode(report)) + b"\n", "--json")
    if request.html:
        print(f"leadstream: drawing {request.html}", file=sys.stderr)
        from flows.replay.report_html import page  # noqa: PLC0415  plotting takes a second to load

        _write(request.html, page(report).encode(), "--html")


def _write(path: Path, content: bytes, flag: str) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Problem(f"{path} cannot be written ({error.strerror}): name another file with {flag}") from None


def _saved(past: Past, request: Request, shared: Joint, every: int) -> Past:
    return saved(past, LedgersWriter(request.ledgers, every, shared.heard)) if request.ledgers else past


def _notes(every: int, erased: Buried | None) -> list[str]:
    notes = []
    if not every:
        notes.append("evaluated at one moment: bands through time, writes and load need --every, such as --every 1d")
    if erased:
        notes.append(f"what names one of the {len(erased.digests):,} identifiers that were erased is left out")
    return notes


@contextmanager
def uncollected() -> Iterator[None]:
    """Records hold no cycles, and every look for some walks over all of them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _moment(text: str) -> int | None:
    try:
        return milliseconds(text) if text else None
    except (ValueError, OverflowError):
        raise Problem(f"--as-of {text}: give a time in ISO 8601, such as 2026-06-12T08:00:00Z") from None


def _span(text: str, flag: str) -> int:
    try:
        return int(Span.parse(text))
    except ValueError as error:
        raise Problem(f"{flag} {text}: {error}") from None
