"""The plots of a report's page, as SVG that needs nothing else."""

import io
import re
from collections.abc import Callable, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from flows.replay.report import Decile, Flow, ModelSide, Quality, Report, Review

CURRENT, PROPOSED = "#9aa5b1", "#0b6e99"
BANDS = ("#d9e2ec", "#f0b429", "#de4c2a", "#8d1f14")
STYLE = {
    "font.family": "sans-serif", "font.size": 10, "svg.fonttype": "none", "axes.spines.top": False,
    "axes.spines.right": False, "axes.edgecolor": "#627d98", "axes.labelcolor": "#334e68", "xtick.color": "#334e68",
    "ytick.color": "#334e68", "axes.grid": True, "grid.color": "#e4e9ef", "grid.linewidth": 0.8, "axes.axisbelow": True,
    "legend.frameon": False,
}  # fmt: skip
WIDE = (8.6, 2.7)
HALF = (4.2, 2.7)
Draw = Callable[[Axes], None]


def entering(report: Report) -> str:
    """Contacts that enter the highest band, a day, under either model, with what all reps can take up."""
    capacity = report.proposed.capacity
    assert capacity is not None

    def draw(axes: Axes) -> None:
        for side, colour, label in _sides(report):
            days = side.contacts.days
            axes.plot(range(len(days)), [day.entered[-1] for day in days], color=colour, label=label, linewidth=1.6)
        most = capacity.reps * capacity.capacity
        axes.axhline(most, color="#de4c2a", linestyle="--", linewidth=1.2, label=f"capacity: {most:g} a day")
        _days(axes, [day.day for day in report.proposed.contacts.days])
        axes.set_ylim(
            0, 1.25 * max([most, *(day.entered[-1] for side, _, _ in _sides(report) for day in side.contacts.days)])
        )
        axes.set_ylabel("contacts a day")
        axes.legend(loc="upper left", ncols=3)

    return _svg("entering", WIDE, draw)


def sizes(flow: Flow, name: str) -> str:
    """How many are in each band above the lowest, day by day."""

    def draw(axes: Axes) -> None:
        days = range(len(flow.days))
        rows = [[day.sizes[band] for day in flow.days] for band in range(1, len(flow.bands))]
        axes.stackplot(days, rows, labels=flow.bands[1:], colors=_shades(len(flow.bands))[1:])
        _days(axes, [day.day for day in flow.days])
        axes.set_ylabel(f"{flow.kind}s")
        axes.legend(loc="upper left")

    return _svg(f"sizes-{name}", HALF, draw)


def converting(report: Report) -> str:
    """The share that converts by band, under either model."""
    assert report.judged is not None
    sides = _qualities(report)

    def draw(axes: Axes) -> None:
        width = 0.8 / len(sides)
        for place, (quality, colour, label) in enumerate(sides):
            spots = [spot + width * (place - (len(sides) - 1) / 2) for spot in range(len(quality.bands))]
            bars = axes.bar(
                spots, [band.precision or 0 for band in quality.bands], width * 0.92, color=colour, label=label
            )
            axes.bar_label(bars, [f"{(band.precision or 0):.0%}" for band in quality.bands], padding=2, fontsize=9)
        judged = report.judged
        assert judged is not None
        axes.axhline(judged.converts / judged.rows, color="#627d98", linestyle=":", label="all leads")
        axes.set_xticks(range(len(sides[0][0].bands)), [band.band for band in sides[0][0].bands])
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_ylabel("convert in time")
        axes.margins(y=0.3)
        axes.legend(loc="upper left")

    return _svg("converting", HALF, draw)


def calibrating(report: Report) -> str:
    """The share that converts, by tenths of the ranking, the highest scores first."""
    sides = _qualities(report)

    def draw(axes: Axes) -> None:
        for quality, colour, label in sides:
            deciles: Sequence[Decile] = quality.deciles
            axes.plot(
                range(1, len(deciles) + 1),
                [one.converted for one in deciles],
                "o-",
                color=colour,
                label=label,
                markersize=4,
            )
        axes.set_xticks(range(1, 11))
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("tenth of the ranking, best scores first")
        axes.set_ylabel("convert in time")
        axes.legend(loc="upper right")

    return _svg("calibrating", HALF, draw)


def ranking(report: Report) -> str:
    """The AUC of each review day."""
    sides = _qualities(report)

    def draw(axes: Axes) -> None:
        for quality, colour, label in sides:
            known: list[Review] = [
                review for review in quality.reviews if review.auc is not None and review.converts > 4
            ]
            places = [quality.reviews.index(review) for review in known]
            axes.plot(places, [review.auc or 0 for review in known], "o-", color=colour, label=label, markersize=4)
        axes.axhline(0.5, color="#627d98", linestyle=":", label="chance")
        _days(axes, [review.day for review in sides[0][0].reviews])
        axes.set_ylim(0.35, 1)
        axes.set_ylabel("AUC of the day")
        axes.legend(loc="upper right", ncols=3)

    return _svg("ranking", WIDE, draw)


def _sides(report: Report) -> list[tuple[ModelSide, str, str]]:
    sides = [(report.proposed, PROPOSED, "proposed" if report.current else report.proposed.about.name)]
    return [(report.current, CURRENT, "current"), *sides] if report.current else sides


def _qualities(report: Report) -> list[tuple[Quality, str, str]]:
    judged = report.judged
    assert judged is not None
    sides = [(judged.proposed, PROPOSED, "proposed" if judged.current else report.proposed.about.name)]
    return [(judged.current, CURRENT, "current"), *sides] if judged.current else sides


def _shades(bands: int) -> list[str]:
    """A colour per band, the highest always the same."""
    return [BANDS[round(place * 2 / max(bands - 1, 1))] for place in range(bands)]


def _days(axes: Axes, days: Sequence[str]) -> None:
    """Days below: some of them, so that they can be read."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
    axes.set_xlim(0, max(len(days) - 1, 1))
    ticks = [int(tick) for tick in axes.get_xticks() if 0 <= tick < len(days)]
    axes.set_xticks(ticks, [days[tick][5:] for tick in ticks])


def _svg(name: str, size: tuple[float, float], draw: Draw) -> str:
    """A plot as an element of a page; its ids begin with its name, since a page holds several."""
    with mpl.rc_context({**STYLE, "svg.hashsalt": name}):  # type: ignore[dict-item]  # the stub wants literal names
        figure = Figure(size, layout="constrained")
        draw(figure.subplots())
        out = io.StringIO()
        figure.savefig(
            out, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None}, transparent=True
        )
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    return re.sub(r"<svg ", '<svg role="img" ', svg, count=1)
