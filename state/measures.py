"""What a process counts as it goes, for those who watch it. None of this is state: each start begins at nothing."""

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Upper ends of the buckets of every histogram, in seconds; one more bucket takes what is above them."""


class Histogram(msgspec.Struct, array_like=True):
    """How often something took how long.

    `counts` has one number per bucket, not summed up; `total` is the sum of all that was observed, in seconds.

    >>> waits = Histogram()
    >>> waits.observe(0.1)
    >>> waits.observe(7200.0)
    >>> waits.counts.index(1), waits.counts[-1], waits.total
    (3, 1, 7200.1)
    """

    counts: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        """Count one; a clock that went back makes it 0."""
        seconds = max(seconds, 0.0)
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.total += seconds

    def __add__(self, other: "Histogram") -> "Histogram":
        """Both together."""
        return Histogram([a + b for a, b in zip(self.counts, other.counts, strict=True)], self.total + other.total)


class Lookups(msgspec.Struct):
    """How many records were asked for, and how many of them had to be read from the store."""

    asked: int = 0
    read: int = 0


class Refusals(msgspec.Struct):
    """How often a limit on identity took effect: visitors who became shared devices, visitors past an id's limit."""

    shared_device: int = 0
    id_full: int = 0


class Probes(msgspec.Struct):
    """What the stages of a flow count as they go. `closing_s`: seconds spent on closing epochs."""

    lookups: dict[str, Lookups] = {}
    refusals: Refusals = msgspec.field(default_factory=Refusals)
    to_outbox: Histogram = msgspec.field(default_factory=Histogram)
    closing_s: float = 0.0

    def lookups_of(self, kind: str) -> Lookups:
        """One count for all shards of a kind."""
        return self.lookups.setdefault(kind, Lookups())


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """What a metric says now, under these values of its labels."""

    metric: str
    labels: tuple[str, ...]
    value: float | Histogram


class Measures(msgspec.Struct, frozen=True):
    """All that one process has to say of itself. `run` names this start of it: the next start begins at nothing."""

    run: str = ""
    process: int = 0
    samples: Sequence[Sample] = ()
