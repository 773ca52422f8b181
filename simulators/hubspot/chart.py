"""A score over time as a small drawing: coordinates only, the template draws."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from simulators.hubspot.history import Step
from simulators.hubspot.when import day

WIDTH, HEIGHT = 720, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 14, 16, 26
_FULL_SCALE = 100.0


class Run(msgspec.Struct, frozen=True):
    """A stretch in one band: its line, and the area under it, as SVG path data."""

    band: str
    line: str
    area: str


class Mark(msgspec.Struct, frozen=True):
    """The place where a band was entered."""

    x: float
    y: float
    band: str
    at: int
    score: float


class Tick(msgspec.Struct, frozen=True):
    """A label of an axis at a place along it."""

    place: float
    label: str
    anchor: str = "middle"


class Chart(msgspec.Struct, frozen=True):
    """Everything in view-box units."""

    runs: list[Run]
    marks: list[Mark]
    days: list[Tick]
    levels: list[Tick]
    floor: float = HEIGHT - _BOTTOM
    left: float = _LEFT
    right: float = WIDTH - _RIGHT


class _Scale(msgspec.Struct, frozen=True):
    start: int
    end: int
    top: float

    def x(self, at: int) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, score: float) -> float:
        return round(HEIGHT - _BOTTOM - score / self.top * (HEIGHT - _TOP - _BOTTOM), 1)


def chart(steps: Sequence[Step], now: int) -> Chart | None:
    """The score as it stood from each step to the next and on to `now`; None while there is no score."""
    points = sorted((each.at, each.score, each.band) for each in steps if each.score is not None)
    if not points:
        return None
    end = max(now, points[-1][0])
    start = min(points[0][0], end - 1)
    scale = _Scale(start, end, max(_FULL_SCALE, *(score for _, score, _ in points)))
    return Chart(
        runs=_runs(points, scale),
        marks=_marks(points, scale),
        days=_days(scale),
        levels=[Tick(scale.y(level), f"{level:.0f}") for level in (0.0, scale.top / 2, scale.top)],
    )


Point = tuple[int, float, str]


def _runs(points: Sequence[Point], scale: _Scale) -> list[Run]:
    stretches: list[list[Point]] = []
    for point in points:
        if not stretches or stretches[-1][-1][2] != point[2]:
            stretches.append([])
        stretches[-1].append(point)
    ends = [following[0] for following in stretches[1:]]
    last = (scale.end, points[-1][1], "")
    return [_run(stretch, end, scale) for stretch, end in zip(stretches, [*ends, last], strict=True)]


def _run(stretch: Sequence[Point], end: Point, scale: _Scale) -> Run:
    first = stretch[0]
    line = [f"M{scale.x(first[0])} {scale.y(first[1])}"]
    for before, after in pairwise([*stretch, end]):
        line.append(f"L{scale.x(after[0])} {scale.y(before[1])}L{scale.x(after[0])} {scale.y(after[1])}")
    drawn = "".join(line)
    floor = scale.y(0.0)
    return Run(first[2], drawn, f"{drawn}L{scale.x(end[0])} {floor}L{scale.x(first[0])} {floor}Z")


def _marks(points: Sequence[Point], scale: _Scale) -> list[Mark]:
    entered = [points[0], *(after for before, after in pairwise(points) if before[2] != after[2])]
    return [Mark(scale.x(at), scale.y(score), band, at, score) for at, score, band in entered]


def _days(scale: _Scale) -> list[Tick]:
    quarters = [scale.start + (scale.end - scale.start) * part // 4 for part in range(5)]
    labels = [day(each) for each in quarters]
    if len(set(labels)) < len(labels):
        quarters, labels = quarters[:1], labels[:1]
    anchors = ["start", "middle", "middle", "middle", "end"]
    return [Tick(scale.x(at), label, anchor) for at, label, anchor in zip(quarters, labels, anchors, strict=False)]
