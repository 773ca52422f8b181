"""A report as one page that needs nothing else: no network, no scripts."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from flows.replay import plots, sentences
from flows.replay.report import Report

LINES = 6
"""Lines of a receipt that are shown: those that differ most."""


def page(report: Report) -> str:
    """The page, in UTF-8."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"points": _points, "number": lambda value: f"{value:,.0f}", "share": _share}
    template = environment.get_template("report.html")
    return template.render(report=report, say=sentences, plots=_plots(report), lines=LINES, css=_css())


def _plots(report: Report) -> dict[str, str]:
    """Name -> SVG, of those that there are figures for."""
    found = {}
    if report.proposed.capacity:
        found["entering"] = plots.entering(report)
        found["contacts"] = plots.sizes(report.proposed.contacts, "contacts")
        found["accounts"] = plots.sizes(report.proposed.accounts, "accounts")
    if report.judged:
        found["converting"] = plots.converting(report)
        found["calibrating"] = plots.calibrating(report)
        found["ranking"] = plots.ranking(report)
    return found


def _css() -> str:
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def _points(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
