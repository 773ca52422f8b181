"""Every metric that leadstream exports. Labels have few values each, and none that comes from an event."""

from typing import Literal, get_args

import msgspec

from operators.urgency import Urgency
from state.event import Reason
from state.measures import Histogram, Sample
from state.store import KINDS

PREFIX = "leadstream_"
Sort = Literal["counter", "gauge", "histogram"]
Over = Literal["sum", "max", "min"]
Cause = Literal["crash", "signal", "failure", "hang", "store"]
"""Why a flow was started again."""


class Metric(msgspec.Struct, frozen=True):
    """One metric. `over` says what a gauge of several processes is together; counters and histograms are sums."""

    name: str
    sort: Sort
    help: str
    labels: tuple[str, ...] = ()
    over: Over = "sum"

    def of(self, value: float | Histogram, *labels: str) -> Sample:
        """What it says now."""
        assert len(labels) == len(self.labels), f"{self.name} has the labels {self.labels}"
        return Sample(self.name, labels, value)


def _counter(name: str, text: str, *labels: str) -> Metric:
    return Metric(f"{PREFIX}{name}_total", "counter", text, labels)


def _gauge(name: str, text: str, *labels: str, over: Over = "sum") -> Metric:
    return Metric(f"{PREFIX}{name}", "gauge", text, labels, over)


def _histogram(name: str, text: str, *labels: str) -> Metric:
    return Metric(f"{PREFIX}{name}_seconds", "histogram", text, labels)


RECEIVED = _counter("received", "Lines read; received = used + ignored + dead.")
USED = _counter("used", "Lines that became events.")
IGNORED = _counter("ignored", "Lines that count for nobody: a crawler's; blank, or of an erased person.", "why")
DEAD = _counter("dead", "Lines that could not be used; they are among the dead letters.", "reason")
LAG_BYTES = _gauge("lag_bytes", "Bytes of a log not read yet; packed bytes of a compressed one.", "partition")
LAG_EVENTS = _gauge("lag_events", "Events of a Kafka partition not read yet.", "partition")
LAG_SECONDS = _gauge("lag_seconds", "Age of the newest event read while more waits; 0 when none does.", "partition")
EPOCH = _histogram("epoch", "From one proven epoch to the next.")
COMMIT = _histogram("commit", "Spent in an epoch on evaluating and writing what changed.")
PROGRESS_AT = _gauge(
    "progress_timestamp_seconds", "When it last got on: score proved an epoch, deliver looked for work.", over="min"
)
LOOKUPS = _counter("cache_lookups", "Records that batches asked for.", "kind")
MISSES = _counter("cache_misses", "Of these, records that had to be read from the store.", "kind")
TO_OUTBOX = _histogram("event_to_outbox", "Age of a subject's newest event when its change entered the outbox.")
REFUSED = _counter("identity_refusals", "Visitors whom a limit on identity made nobody's.", "limit")
WAITING = _gauge("outbox_waiting", "Subjects that wait to be written.", "kind", "priority", over="max")

RECORDS = _counter("crm_records", "Records by what became of them in a sink.", "sink", "outcome")
ERRORS = _counter("crm_errors", "Answers of a CRM that were no success.", "sink", "kind")
QUOTA = _gauge("crm_quota_left", "Calls that a CRM still allows, as it last said.", "sink", "window", over="min")
PAUSED = _gauge("crm_paused", "1 while a sink asked for patience.", over="max")
RESERVED = _gauge("crm_reserved", "1 while a CRM's last calls of a day are kept for changes of band.", over="max")
TO_CRM = _histogram("event_to_crm", "Age of a subject's newest event when a sink had taken its change.", "priority")

ARCHIVED = _counter("archived", "Messages that went into an archive; they count for good when their file is finished.")
ARCHIVE_FILES = _counter("archive_files", "Files of an archive that were finished.")

RESTARTS = _counter("restarts", "Times that the flow was started again.", "cause")
PROCESSES = _gauge("processes", "Processes of the flow that have reported since they started.")
READY = _gauge("ready", "1 while the flow is at work; the same as /ready.")
INFO = _gauge("info", "Always 1.", "flow", "version")

SCORE = (
    RECEIVED, USED, IGNORED, DEAD, LAG_BYTES, LAG_EVENTS, LAG_SECONDS, EPOCH, COMMIT, PROGRESS_AT, LOOKUPS, MISSES,
    TO_OUTBOX, REFUSED, WAITING,
)  # fmt: skip
DELIVER = (PROGRESS_AT, WAITING, RECORDS, ERRORS, QUOTA, PAUSED, RESERVED, TO_CRM)
ARCHIVE = (PROGRESS_AT, LAG_EVENTS, ARCHIVED, ARCHIVE_FILES)
LAUNCHER = (RESTARTS, PROCESSES, READY, INFO)
METRICS = {metric.name: metric for metric in (*SCORE, *DELIVER, *ARCHIVE, *LAUNCHER)}

REASONS: tuple[Reason, ...] = get_args(Reason)
SUBJECTS = KINDS[2:]
PRIORITIES = tuple(urgency.name.lower() for urgency in Urgency)
CAUSES: tuple[Cause, ...] = get_args(Cause)
