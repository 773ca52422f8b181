"""Each measurement as rows of the report. A flow that fails is a row that says so, not the end of the run."""

import os
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from statistics import quantiles

import msgspec

from benchmarks.baselines import decode_rate, plain_rate
from benchmarks.extremes import busy_visitor, extreme, many_devices
from benchmarks.idle import idle_share
from benchmarks.latency import log_to_outbox
from benchmarks.memory import bytes_per_contact, bytes_per_visitor, record_bytes
from benchmarks.native import DecodedEvent, NativeEvent
from benchmarks.report import Row, Rows
from benchmarks.score_flow import FlowFailed, FlowRun, check_counts, score
from benchmarks.server import dedicated_server
from benchmarks.stage_times import stage_times
from benchmarks.weighing import WEIGHTINGS, weigh

MB = 1_000_000


def machine_rows() -> Rows:
    """How busy the machine is already: others' work slows (b), all waiting, more than it slows (a) and (c)."""
    figures = {"cores": float(os.cpu_count() or 0), "load": os.getloadavg()[0]}
    return {"machine": Row("this machine, before", figures=figures)}


def baseline_rows(log: Path, sample: int) -> Rows:
    """(a), and (b) on the first `sample` events with a server like the flow's.

    The promise is measured against the quicker form of (a), `properties` and `traits` left as bytes.
    """
    with dedicated_server() as server, server.connect() as client:
        plain = plain_rate(log, client, sample)
    return {
        "decode": Row("(a) bare decode, properties as bytes", decode_rate(log, NativeEvent)),
        "decode_dicts": Row("bare decode, properties as dicts", decode_rate(log, DecodedEvent)),
        "plain": Row("(b) GET, compute, SET per event", plain, {"events": sample}),
    }


def flow_rows(log: Path, events: int, sample: int) -> Rows:
    """(c): the whole log, and what its rate is of (a) and (b), each the mean of before and after: machines vary."""
    label = "(c) the score flow"
    before = baseline_rows(log, sample)
    try:
        run, records = _flow(log, events)
    except FlowFailed as failed:
        return {**before, "flow": Row(label, failed=str(failed))}
    baselines = _means(before, baseline_rows(log, sample))
    figures = _figures(run) | {
        "share_of_decode": run.events_per_s / _rate(baselines["decode"]),
        "share_of_decode_dicts": run.events_per_s / _rate(baselines["decode_dicts"]),
        "times_plain": run.events_per_s / _rate(baselines["plain"]),
    }
    return {**baselines, "flow": Row(label, run.events_per_s, figures | records)}


def quarter_rows(log: Path, events: int, flow: Row) -> Rows:
    """The flow on a quarter of the log: how much more memory it takes for four times the events."""
    label = "the flow on a quarter of it"
    try:
        run, _ = _flow(log, events)
    except FlowFailed as failed:
        return {"flow_quarter": Row(label, failed=str(failed))}
    peak = flow.figures.get("peak_rss_mb")
    growth = {"rss_growth": peak * MB / run.peak_rss_bytes} if peak else {}
    return {"flow_quarter": Row(label, run.events_per_s, _figures(run) | growth)}


def memory_rows(subjects: int, now: datetime) -> Rows:
    """What a contact and a visitor cost in Redis, all told."""
    return {
        "memory_contact": _bytes_row("a contact, 20 touches", bytes_per_contact, subjects, now),
        "memory_visitor": _bytes_row("an anonymous visitor, 5 touches", bytes_per_visitor, subjects, now),
    }


def latency_rows(seconds: float, flow: Row) -> Rows:
    """From an event in the log to its contact in the outbox, at a tenth of the flow's rate."""
    label = "log to outbox, at a tenth of (c)"
    if flow.events_per_s is None:
        return {"latency": Row(label, failed="not measured: it needs the flow's rate")}
    try:
        rate, delays = log_to_outbox(flow.events_per_s / 10, seconds)
    except FlowFailed as failed:
        return {"latency": Row(label, failed=str(failed))}
    percentiles = quantiles(delays, n=100, method="inclusive")
    figures = {"latency_p50_ms": percentiles[49], "latency_p99_ms": percentiles[98], "probes": len(delays)}
    return {"latency": Row(label, rate, figures)}


def idle_rows() -> Rows:
    """A flow with nothing to read."""
    return {"idle": Row("the flow with nothing to read", figures={"idle_share": idle_share()})}


def stage_rows(log: Path) -> Rows:
    """What the stages take of the flow's processor time."""
    label = "processor time, by stage"
    try:
        times = stage_times(log)
    except FlowFailed as failed:
        return {"stages": Row(label, failed=str(failed))}
    figures = {f"{name}_us": seconds / times.events * 1e6 for name, seconds in times.stages.items()}
    return {"stages": Row(label, figures={"identify_share": times.identify_share, **figures})}


def extreme_rows(now: datetime) -> Rows:
    """What one identifier can do to the flow, and the largest records that it leaves."""
    return {
        "busy_visitor": _extreme_row("busy_visitor", "a visitor with 100,000 events", busy_visitor(now)),
        "many_devices": _extreme_row("many_devices", "a contact with 1,000 devices", many_devices(now)),
    }


def _extreme_row(name: str, label: str, events: Iterable[NativeEvent]) -> Row:
    try:
        run, largest = extreme(events)
    except FlowFailed as failed:
        return Row(label, failed=str(failed))
    sizes = {f"largest_{kind}_bytes": float(size) for kind, size in largest.items()}
    return Row(label, run.events_per_s, {f"{name}_bytes": max(sizes.values()), **sizes})


def weighing_rows(contacts: int, seed: int) -> Rows:
    """Many weightings of one model over many contacts, on all cores."""
    weighing = weigh(contacts, seed)
    figures = {
        "contacts": contacts,
        "seconds": weighing.weighed_s,
        "weigh_ns": weighing.ns_each,
        "features_s": weighing.features_s,
    }
    return {"weighing": Row(f"{WEIGHTINGS:,} weightings", figures=figures)}


def _bytes_row(label: str, measure: Callable[[int, datetime], float], subjects: int, now: datetime) -> Row:
    try:
        return Row(label, figures={measure.__name__: measure(subjects, now), "of": subjects})
    except FlowFailed as failed:
        return Row(label, failed=str(failed))


def _flow(log: Path, events: int) -> tuple[FlowRun, dict[str, float]]:
    """A run, and what the records that it left in Redis take."""
    with dedicated_server() as server, tempfile.TemporaryDirectory() as data:
        run = score(log, server, Path(data))
        check_counts(run, events)
        return run, record_bytes(server)


def _figures(run: FlowRun) -> dict[str, float]:
    return {
        "seconds": run.seconds,
        "wall_s": run.wall_s,
        "used": run.used,
        "ignored": run.ignored,
        "peak_rss_mb": run.peak_rss_bytes / MB,
    }


def _means(before: Rows, after: Rows) -> Rows:
    """Rows with the mean of two rates.

    >>> _means({"decode": Row("a", 1.0)}, {"decode": Row("a", 3.0)})["decode"].events_per_s
    2.0
    """
    return {
        name: msgspec.structs.replace(row, events_per_s=(_rate(row) + _rate(after[name])) / 2)
        for name, row in before.items()
    }


def _rate(row: Row) -> float:
    assert row.events_per_s is not None, "a baseline always has a rate"
    return row.events_per_s
