"""How far a rebuild says it is, and when it has caught up."""

import io

import msgspec
import pytest

from flows.metrics.catalogue import LAG_BYTES, LAG_EVENTS, PROGRESS_AT, Metric
from flows.rebuild_progress import RebuildProgress
from flows.scoring_run import Report
from state.measures import Measures


def report(behind: int | None, process: int = 0, metric: Metric = LAG_BYTES, received: int = 1_000) -> bytes:
    """A process's line; None: it has not read for an epoch yet."""
    samples = [] if behind is None else [PROGRESS_AT.of(1.0), metric.of(behind, "a.jsonl")]
    measures = Measures("run", process, samples)
    return msgspec.json.encode(
        Report(received, received, 0, 0, "2026-06-12T08:00:00Z", 2.0, process=process, measures=measures)
    )


def told(*lines: bytes, workers: int = 1, every_s: float = 1.0) -> RebuildProgress:
    progress = RebuildProgress(workers, io.StringIO())
    for number, line in enumerate(lines):
        progress.report(line, number * every_s)
    return progress


@pytest.mark.parametrize(
    ("progress", "near"),
    [
        (told(report(None)), False),
        (told(report(0)), True),
        (told(report(0), workers=2), False),
        (told(report(0), report(0, 1), workers=2), True),
        (told(report(5_000_000)), False),
        (told(report(50_000_000), report(30_000_000)), True),
        (told(report(90_000_000), report(80_000_000)), False),
        (told(report(90_000), report(90_000)), True),
        (told(report(5_000_000), report(9_000_000)), False),
        (told(report(90_000, metric=LAG_EVENTS), report(90_000, metric=LAG_EVENTS)), False),
        (told(report(900, metric=LAG_EVENTS)), True),
    ],
)
def test_it_has_caught_up_when_the_rest_is_read_in_a_moment(progress: RebuildProgress, near: bool) -> None:
    assert progress.near == near


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (told(report(None)), "rebuilding: 1,000 events read, 500 events/s"),
        (told(report(9_000_000)), "rebuilding: 1,000 events read, 500 events/s; 9.0 MB behind"),
        (
            told(report(9_000_000), report(8_000_000)),
            "rebuilding: 1,000 events read, 500 events/s; 8.0 MB behind, about 8 s left",
        ),
        (told(report(8_000_000), report(9_000_000)), "rebuilding: 1,000 events read, 500 events/s; 9.0 MB behind"),
        (
            told(report(9_000_000), report(8_000_000), every_s=60.0),
            "rebuilding: 1,000 events read, 500 events/s; 8.0 MB behind, about 8 min left",
        ),
    ],
)
def test_it_says_how_far_it_is_and_how_long_the_rest_takes(progress: RebuildProgress, said: str) -> None:
    assert progress.sentence() == said
