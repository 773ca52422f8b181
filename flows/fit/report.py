"""What a fit found: both models on leads that were reviewed later than all that was learnt from."""

from collections.abc import Sequence

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from config.compare import Difference
from config.model import Scorecard
from flows.cli_model import print_differences
from flows.fit.points import Points
from flows.fit.rows import Mask, Rows
from flows.replay.quality import Ranking, interval, resampled
from operators.weigh import Each
from state.moment import iso


class Measured(msgspec.Struct, frozen=True):
    """A figure with the middle 95 % of its resamples."""

    value: float
    low: float
    high: float


class Fitness(msgspec.Struct, frozen=True):
    """How well a model ranks the later leads. `lift`: among the tenth with the highest scores, beside all."""

    auc: Measured
    average_precision: Measured
    lift: float


class FitReport(msgspec.Struct, frozen=True, kw_only=True):
    """The fit in figures. Leads are counted once, rows once per review; intervals are over leads."""

    split: str
    horizon_days: float
    learning_leads: int
    learning_converted: int
    later_rows: int
    later_converted: int
    base_rate: float
    current: Fitness
    proposed: Fitness
    auc_gain: Measured
    differences: list[Difference]
    notes: list[str]

    @property
    def better(self) -> bool:
        """Whether the proposal ranks the later leads better at all."""
        return self.auc_gain.value > 0


def judge(rows: Rows, cards: tuple[Scorecard, Scorecard], each: Each) -> tuple[Fitness, Fitness, Measured]:
    """The current and the proposed scorecard on the later part, and what is gained in AUC."""
    part = rows.later
    tenths = np.rint(rows.weigher.scores(cards, each)[part] * 10).astype(np.int64)
    rankings = [Ranking(tenths[:, place], rows.converts[part]) for place in (0, 1)]
    whole = [ranking.measure(np.ones(int(part.sum()))) for ranking in rankings]
    draws = resampled(rankings, rows.leads[part])
    current, proposed = (
        Fitness(
            _measure(whole[place][0], draws[:, place, 0]),
            _measure(whole[place][1], draws[:, place, 1]),
            _lift(tenths[:, place], rows.converts[part]),
        )
        for place in (0, 1)
    )
    return current, proposed, _measure(whole[1][0] - whole[0][0], draws[:, 1, 0] - draws[:, 0, 0])


def _measure(value: float, draws: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Measured:
    low, high = interval(draws)
    return Measured(value=value, low=low, high=high)


def _lift(tenths: "np.ndarray[tuple[int], np.dtype[np.int64]]", converts: Mask) -> float:
    """Rows with equal scores at the edge of the tenth count in part."""
    levels, level = np.unique(-tenths, return_inverse=True)
    counts, hits = np.bincount(level, minlength=len(levels)), np.bincount(level, converts, len(levels))
    taken = np.clip(len(tenths) / 10 - (np.cumsum(counts) - counts), 0, counts)
    return float((hits * taken / counts).sum() / taken.sum() / converts.mean())


def report_of(
    rows: Rows, horizon_ms: int, judged: tuple[Fitness, Fitness, Measured], found: list[Difference], points: Points
) -> FitReport:
    """All of it."""
    current, proposed, gain = judged
    learning, later = rows.learning, rows.later
    converted = rows.leads_in(learning, converting=True)
    return FitReport(
        split=iso(rows.split), horizon_days=horizon_ms / 86_400_000,
        learning_leads=len(np.unique(rows.leads[learning])), learning_converted=converted,
        later_rows=int(later.sum()), later_converted=rows.leads_in(later, converting=True),
        base_rate=float(rows.converts[later].mean()),
        current=current, proposed=proposed, auc_gain=gain, differences=found, notes=notes_of(points, gain),
    )  # fmt: skip


def notes_of(points: Points, gain: Measured) -> list[str]:
    """What a reviewer must know."""
    notes = []
    if gain.low <= 0:
        notes.append("the gain is within what chance alone can do: its interval reaches 0")
    if points.idle:
        notes.append(f"these tell nothing here; think about removing them: {_named(points.idle)}")
    if points.rare:
        notes.append(f"these count anything of too few leads to be fitted and kept their points: {_named(points.rare)}")
    return notes


def _named(rules: Sequence[str]) -> str:
    return ", ".join(rules)


def print_fit(console: Console, report: FitReport) -> None:
    """For people."""
    console.print(
        f"learnt from {report.learning_leads:,} leads reviewed before {report.split[:10]}, of which "
        f"{report.learning_converted:,} converted within {report.horizon_days:g} days; "
        f"judged by {report.later_rows:,} reviews from then on "
        f"({report.later_converted:,} leads that converted, {report.base_rate:.1%} of reviews)"
    )
    table = Table("on the later part", "current", "proposed", box=None)
    for label, key in (("AUC", "auc"), ("average precision", "average_precision")):
        table.add_row(label, *(_with_interval(getattr(side, key)) for side in (report.current, report.proposed)))
    table.add_row("lift of the top tenth", f"{report.current.lift:.2f}", f"{report.proposed.lift:.2f}")
    table.add_row("AUC gained", "", _with_interval(report.auc_gain))
    console.print(table)
    print_differences(console, report.differences)
    for note in report.notes:
        console.print(f"note: {note}", highlight=False, markup=False)


def _with_interval(measure: Measured) -> str:
    return f"{measure.value:.3f} ({measure.low:.3f} to {measure.high:.3f})"
