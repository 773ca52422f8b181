"""What a replay says, as values: a table, JSON and a page are made of nothing else.

Scores are points, shares lie between 0 and 1, days are UTC dates, and moments ISO 8601. What could not be worked out is
None, and `notes` say why.
"""

from typing import Literal

import msgspec

from flows.replay.course import Kind

Side = Literal["current", "proposed"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a report."""


class About(Part, frozen=True, kw_only=True):
    """A model that was replayed."""

    name: str
    version: str
    note: str


class Measure(Part, frozen=True, kw_only=True):
    """A figure with the middle 95 % of its resamples."""

    value: float | None
    low: float | None
    high: float | None


class DayRow(Part, frozen=True, kw_only=True):
    """A step, named by its day: events, and by band who entered it and who was in it at the end; CRM writes."""

    day: str
    events: int
    entered: tuple[int, ...]
    sizes: tuple[int, ...]
    writes: int


class Flow(Part, frozen=True, kw_only=True):
    """The bands of one kind through time, from the lowest band; `top` is the highest."""

    kind: Kind
    bands: tuple[str, ...]
    days: list[DayRow]


class Capacity(Part, frozen=True, kw_only=True):
    """Contacts that entered the highest band, for so many reps who can take up `capacity` a day each."""

    reps: int
    capacity: float
    per_day: float
    per_rep: float
    peak: int
    peak_day: str
    days_over: int
    days: int


class Writes(Part, frozen=True, kw_only=True):
    """CRM records written in a usual day and on the worst one; changes within one step are one write."""

    per_day: float
    peak: int
    peak_day: str
    peak_calls: int
    peak_seconds: float


class Switch(Part, frozen=True, kw_only=True):
    """What it takes to tell the CRM when the proposed model takes over: records, calls, seconds at the quota."""

    contacts: int
    accounts: int
    calls: int
    seconds: float


class ReceiptLine(Part, frozen=True, kw_only=True):
    """What a rule contributes under either model; None where a model has no such line."""

    rule: str
    words: str
    current: float | None
    proposed: float | None


class Mover(Part, frozen=True, kw_only=True):
    """Somebody whose score the proposed model changes, with both receipts side by side."""

    key: str
    current_score: float
    proposed_score: float
    current_band: str
    proposed_band: str
    lines: list[ReceiptLine]


class Moves(Part, frozen=True, kw_only=True):
    """Who moves between bands: a row per current band, a column per proposed one, both from the lowest."""

    kind: Kind
    current_bands: tuple[str, ...]
    proposed_bands: tuple[str, ...]
    matrix: list[list[int]]
    up: int
    down: int
    movers: list[Mover]


class BandQuality(Part, frozen=True, kw_only=True):
    """Of the rows in a band, how many converted; `lift` is that share beside the share of all rows."""

    band: str
    rows: int
    converted: int
    precision: float | None
    lift: float | None


class Decile(Part, frozen=True, kw_only=True):
    """A tenth of the rows, the highest scores first: mean score, share that converted."""

    rows: int
    score: float
    converted: float


class Review(Part, frozen=True, kw_only=True):
    """One review day: how many leads were judged, and how well they were ranked."""

    day: str
    rows: int
    converts: int
    auc: float | None


class Speed(Part, frozen=True, kw_only=True):
    """Leads that converted after they were first seen; how many had become high before, and how many days before."""

    converted: int
    high_before: int
    median_days: float | None
    quartiles: tuple[float, float] | None


class Quality(Part, frozen=True, kw_only=True):
    """How well one model tells who converts."""

    auc: Measure
    average_precision: Measure
    bands: list[BandQuality]
    deciles: list[Decile]
    reviews: list[Review]
    speed: Speed


class Judged(Part, frozen=True, kw_only=True):
    """Both models beside outcomes. A row is a lead on a review day on which it had not converted yet."""

    leads: int
    seen: int
    converted: int
    rows: int
    converts: int
    horizon_days: float
    known_until: str
    proposed: Quality
    current: Quality | None
    auc_gain: Measure | None
    resamples: int


class ModelSide(Part, frozen=True, kw_only=True):
    """What one model makes of the past."""

    about: About
    contacts: Flow
    accounts: Flow
    capacity: Capacity | None
    writes: Writes | None
    unheard: tuple[str, ...] = ()


class Report(Part, frozen=True, kw_only=True):
    """All of it. `figures` and `baseline` (the current model's) are what `--fail-if` can name."""

    log: str
    as_of: str
    begins: str
    step_days: float
    events: int
    dead: int
    contacts: int
    accounts: int
    proposed: ModelSide
    current: ModelSide | None
    moves: list[Moves]
    switch: Switch | None
    judged: Judged | None
    notes: list[str]
    figures: dict[str, float]
    baseline: dict[str, float]
