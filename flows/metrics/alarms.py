"""What of all that is counted is worth a line of its own, said once and not with every report."""

import time
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from flows.metrics.catalogue import DEAD, ERRORS, RECEIVED, RECORDS, RESERVED, Metric
from flows.notices import Event, Notice
from state.measures import Histogram, Sample

LOOK_S = 1.0
WINDOW_S = 60.0
DEAD_SHARE = 0.05
FEWEST = 100
"""Of fewer lines a share says nothing."""
DEAD_LETTERS = "{share:.0%} of the last {received:,} lines cannot be used; dead-letters.jsonl has them, and why"
DEAD_LETTERS_OVER = "lines can be used again: {share:.0%} of the last {received:,} cannot"


class Rise(msgspec.Struct, frozen=True):
    """A counter (or a gauge) whose rise is worth a line, but no more often than every `quiet_s`."""

    event: Event
    metric: Metric
    labels: frozenset[str]
    text: str
    quiet_s: float


RISES = (
    Rise("crm_refused", RECORDS, frozenset({"refused"}), "{times:,} records were refused for good", 60.0),
    Rise("crm_quota_spent", ERRORS, frozenset({"daily_limit"}), "the CRM allows no more calls today", 3600.0),
    Rise(
        "crm_reserved",
        RESERVED,
        frozenset(),
        "a tenth of the CRM's calls of today is left, for changes of band; other updates wait until its day ends",
        6 * 3600.0,
    ),
    Rise(
        "crm_token",
        ERRORS,
        frozenset({"token"}),
        "the CRM refuses the token: write the current one into the file of --hubspot-token-file; what waits is kept",
        3600.0,
    ),
    Rise(
        "crm_failing",
        ERRORS,
        frozenset({"unavailable", "unreachable", "unreadable"}),
        "{times:,} calls to the CRM failed; what waits is kept and written later",
        300.0,
    ),
)


class Alarms:
    """Looks at a flow's samples now and then. `clock` gives seconds that only rise."""

    def __init__(self, samples: Callable[[], Sequence[Sample]], clock: Callable[[], float] = time.monotonic) -> None:
        self._samples = samples
        self._clock = clock
        self._looked = -LOOK_S
        self._seen: deque[tuple[float, float, float]] = deque([(clock(), 0.0, 0.0)])
        self._too_many_dead = False
        self._said: dict[Event, tuple[float, float]] = {}

    def look(self) -> list[Notice]:
        """What has to be said now."""
        now = self._clock()
        if now - self._looked < LOOK_S:
            return []
        self._looked = now
        samples = self._samples()
        rises = [notice for rise in RISES if (notice := self._rise(rise, samples, now))]
        return rises + self._dead_letters(samples, now)

    def _rise(self, rise: Rise, samples: Sequence[Sample], now: float) -> Notice | None:
        times = _sum(samples, rise.metric, rise.labels)
        said_at, said = self._said.get(rise.event, (-rise.quiet_s, 0.0))
        if times < said:
            self._said[rise.event] = said_at, times
        if times <= said or now - said_at < rise.quiet_s:
            return None
        self._said[rise.event] = now, times
        return Notice(rise.event, rise.text.format(times=int(times - said)), {"times": int(times - said)})

    def _dead_letters(self, samples: Sequence[Sample], now: float) -> list[Notice]:
        """Once when too many lines are dead, and once when no more than half as many are."""
        self._seen.append((now, _sum(samples, RECEIVED), _sum(samples, DEAD)))
        while now - self._seen[1][0] >= WINDOW_S:
            self._seen.popleft()
        (_, received_before, dead_before), (_, received_now, dead_now) = self._seen[0], self._seen[-1]
        received = int(received_now - received_before)
        share = (dead_now - dead_before) / received if received >= FEWEST else None
        if share is None or (share > DEAD_SHARE) == self._too_many_dead or DEAD_SHARE / 2 < share <= DEAD_SHARE:
            return []
        self._too_many_dead = not self._too_many_dead
        event: Event = "dead_letters" if self._too_many_dead else "dead_letters_over"
        text = DEAD_LETTERS if self._too_many_dead else DEAD_LETTERS_OVER
        return [Notice(event, text.format(share=share, received=received), {"share": round(share, 3)})]


def _sum(samples: Sequence[Sample], metric: Metric, labels: frozenset[str] = frozenset()) -> float:
    """Over all series of a counter that have one of the label values, or over all."""
    return sum(
        sample.value
        for sample in samples
        if sample.metric == metric.name
        and not isinstance(sample.value, Histogram)
        and (not labels or labels.intersection(sample.labels))
    )
